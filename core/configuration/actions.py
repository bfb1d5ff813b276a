"""Plan, apply, go back, revert: what a document changes is decided, shown, done and written down the same way."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, OperationalError, connection, transaction

from core import many, mistakes
from core.db import gave_way
from core.models import Change, Event, KeptState

from . import document
from .applying import carry_out
from .document import Document, NoFile, Refused
from .known import Known, look
from .preparing import prepare
from .seen import going
from .state import Step, as_data, difference, fingerprint, state, wanted
from .tables import table
from .work import Prepared

SITE = uuid.uuid5(uuid.NAMESPACE_URL, "parley:configuration")
LOCK = SITE.int % 2**31
KEPT = 20  # whole states to go back to
TIMES = 5  # that everything is read again, because somebody else changed it


Doubts = set[str]  # words of what is doubtful in the configuration


@dataclass(frozen=True)
class Found:
    """What is to be done, and what else was found out when that was."""

    steps: list[Step]
    aside: str = ""


@dataclass(frozen=True)
class Plan:
    """What would be done, what is doubtful then, and for which state that was found out."""

    steps: list[Step]
    doubts: list[mistakes.Mistake]
    basis: str


def export() -> str:
    """All of the configuration. Passwords and work are no part of it."""
    return document.write(as_data(state(Known())))


def plan(text: str, *, now: datetime) -> Plan:
    """What this file would change: done and taken back, so what is refused is refused now. Raises Refused."""
    given = document.read(text)

    def find(known: Known) -> Found:
        before = state(known)
        return Found(difference(before, wanted(given)), fingerprint(before))

    def tried(prepared: Prepared, found: Found, before: Doubts) -> list[mistakes.Mistake]:
        doubts = _carried_out(prepared, found, given, now, before)
        transaction.set_rollback(True)
        return doubts

    found, doubts = _alone_with(find, given, now, tried)
    return Plan(found.steps, doubts or [], found.aside)


def apply(text: str, *, who: str, now: datetime, basis: str = "", way: str = Change.FILE, by=None) -> list[Step]:
    """Make the configuration what the file says, in one transaction; the state before is kept.

    `basis`: of the plan that was looked at. `by`: a user who stays an administrator. Raises Refused, also where
    something changed since. Emits configuration.applied.
    """
    given = document.read(text)

    def find(known: Known) -> Found:
        before = state(known)
        if basis and basis != fingerprint(before):
            raise Refused("The configuration has changed since this plan was made. Look at the new plan first.")
        steps = difference(before, wanted(given))
        return Found(steps, document.write(as_data(before)) if steps else "")

    def done(prepared: Prepared, found: Found, before: Doubts) -> None:
        _keep(found.aside, who, now)
        _carried_out(prepared, found, given, now, before)
        _write_down(found.steps, who, way, now)
        _stays(by)

    return _alone_with(find, given, now, done)[0].steps


def back(*, who: str, now: datetime, kept: KeptState | None = None) -> list[Step]:
    """Make it what it was before the last file, or before a kept one; one can go back from that too. Raises Refused."""
    kept = kept or KeptState.objects.first()
    if kept is None:
        raise Refused("No file was applied yet, so there is nothing to go back to.")
    return apply(kept.text, who=who, now=now, way=Change.BACK)


def revert(change: Change, *, who: str, now: datetime, basis: str = "", by=None) -> list[Step]:
    """Make one row what it was before this change, whatever it has become since.

    `basis`: of the step that was looked at. Raises Refused, also where the row changed since.
    """

    def find(known: Known) -> Found:
        step = step_back(change, known)
        if basis and basis != basis_of(step):
            raise Refused("This row has changed since you looked. Look again at what would be reverted.")
        return Found([step] if step.before != step.after or step.was else [])

    def done(prepared: Prepared, found: Found, before: Doubts) -> None:
        _carried_out(prepared, found, NoFile(), now, before)
        _write_down(found.steps, who, Change.REVERT, now)
        _stays(by)

    return _alone_with(find, NoFile(), now, done)[0].steps


def _alone_with(find, given: Document, now: datetime, do) -> tuple[Found, Any]:
    """What `find` says is made ready while everybody works, and only what `do` writes is done while they wait.

    All of it begins anew if somebody changed the configuration in between, if what goes came into use when it went
    (which the database says at the end), or if this gave way to others who work. Raises Refused.
    """
    for _ in range(TIMES):
        seen, known = look(), Known(given.missing)
        found = find(known)
        if not found.steps:
            return found, None
        prepared, before = prepare(found.steps, given, known), {each.words for each in mistakes.find(now)}
        try:
            with transaction.atomic():
                alone()
                if look() == seen:
                    return found, do(prepared, found, before)
        except (IntegrityError, OperationalError) as error:
            if isinstance(error, OperationalError) and not gave_way(error):
                raise
    raise Refused("The configuration is being changed by others at this moment. Try it again.")


def alone() -> None:
    """One change of the configuration at a time: the next one sees what this one made. SQLite has one writer anyway.

    Part of a transaction.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def step_back(change: Change, known: Known | None = None) -> Step:
    """What reverting would do now: to the row that it was, under the name that it has by now."""
    of = table(change.section)
    if of is None:
        raise Refused(f"There is no section “{change.section}” any more.")
    rows = state(known or Known(), [of.name])[of.name]
    by_now = _name_now(change)
    name = change.former or by_now
    was = by_now if by_now != name and by_now in rows else ""
    return Step(of, name, rows.get(was or name), change.before, was, (of.name, name))


def basis_of(step: Step) -> str:
    """What somebody looked at who wants this done."""
    return fingerprint({"is": {step.was or step.name: step.before}, "becomes": {step.name: step.after}})


def _name_now(change: Change) -> str:
    """Later changes may have given the row another name."""
    name, renamed = change.row, Change.objects.filter(section=change.section, at__gte=change.at).exclude(former="")
    for later in renamed.exclude(pk=change.pk).order_by("at"):
        name = later.row if later.former == name else name
    return name


def record(steps: list[Step], *, who: str, way: str, now: datetime) -> None:
    """Part of the transaction that changed these rows."""
    many.insert([_change(step, who, way, now) for step in steps])


def _change(step: Step, who: str, way: str, now: datetime) -> Change:
    row = {"section": step.table.name, "row": step.name, "former": step.was}
    return Change(at=now, who=who, way=way, before=step.before, after=step.after, **row)


def _carried_out(
    prepared: Prepared, found: Found, given: Document, now: datetime, before: Doubts
) -> list[mistakes.Mistake]:
    """What is doubtful now and was not before; what went along is among the steps now.

    What cannot work at all is no configuration. Raises Refused.
    """
    told = {(each.step.table.name, each.row.pk) for each in (*prepared.ready, *prepared.going)}
    with going([each.row for each in prepared.going], told) as along:
        carry_out(prepared, given, now)
    found.steps.extend(along)
    doubts = [each for each in mistakes.find(now) if each.words not in before]
    if wrong := [f"{each.words} {each.hint}".strip() for each in doubts if each.level == mistakes.ERROR]:
        raise Refused(*wrong)
    return doubts


def _write_down(steps: list[Step], who: str, way: str, now: datetime) -> None:
    record(steps, who=who, way=way, now=now)
    counted = {kind: sum(step.kind == kind for step in steps) for kind in ("add", "change", "remove")}
    last = Event.objects.filter(subject=SITE).count()
    Event.objects.create(subject=SITE, version=last + 1, name="configuration.applied", actor=who, at=now, data=counted)


def _stays(by) -> None:
    if by is not None and not get_user_model().objects.filter(pk=by.pk, is_active=True, is_superuser=True).exists():
        raise Refused("This would take your own sign-in or administrator's right. Another administrator can do that.")


def _keep(text: str, who: str, now: datetime) -> None:
    KeptState.objects.create(at=now, who=who, text=text)
    old = KeptState.objects.values_list("pk", flat=True)[KEPT:]
    KeptState.objects.filter(pk__in=list(old)).delete()
