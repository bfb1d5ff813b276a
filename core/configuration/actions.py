"""Plan, apply, go back, revert: what a document changes is decided, shown, done and written down the same way."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from core import mistakes
from core.models import Change, Event, KeptState

from . import document
from .applying import carry_out
from .document import Document, Refused
from .state import Step, as_data, difference, fingerprint, state, wanted
from .tables import table

SITE = uuid.uuid5(uuid.NAMESPACE_URL, "parley:configuration")
LOCK = SITE.int % 2**31
KEPT = 20  # whole states to go back to


@dataclass(frozen=True)
class Plan:
    """What would be done, what is doubtful then, and for which state that was found out."""

    steps: list[Step]
    doubts: list[mistakes.Mistake]
    basis: str


def export() -> str:
    """All of the configuration. Passwords and work are no part of it."""
    return document.write(as_data(state()))


def plan(text: str, *, now: datetime) -> Plan:
    """What this file would change: done and taken back, so what is refused is refused now. Raises Refused."""
    given = document.read(text)
    steps, basis = _steps(given)
    return Plan(steps, _tried(steps, given, now), basis)


def apply(text: str, *, who: str, now: datetime, basis: str = "", way: str = Change.FILE, by=None) -> list[Step]:
    """Make the configuration what the file says, in one transaction; the state before is kept.

    `basis`: of the plan that was looked at. `by`: a user who stays an administrator. Raises Refused, also where
    something changed since. Emits configuration.applied.
    """
    given = document.read(text)
    with transaction.atomic():
        kept = KeptState.objects.create(at=now, who=who, text="")
        _alone()
        before = state()
        if basis and basis != fingerprint(before):
            raise Refused("The configuration has changed since this plan was made. Look at the new plan first.")
        steps = difference(before, wanted(given))
        if not steps:
            kept.delete()
            return []
        _keep(kept, before)
        _do(steps, given, who, way, now)
        _stays(by)
    return steps


def back(*, who: str, now: datetime, kept: KeptState | None = None) -> list[Step]:
    """Make it what it was before the last file, or before a kept one; one can go back from that too. Raises Refused."""
    kept = kept or KeptState.objects.first()
    if kept is None:
        raise Refused("No file was applied yet, so there is nothing to go back to.")
    return apply(kept.text, who=who, now=now, way=Change.BACK)


def revert(change: Change, *, who: str, now: datetime, by=None) -> list[Step]:
    """Make one row what it was before this change, whatever it has become since. Raises Refused."""
    with transaction.atomic():
        _alone()
        step = step_back(change)
        if step.before == step.after and not step.was:
            return []
        _do([step], Document(), who, Change.REVERT, now)
        _stays(by)
    return [step]


def _alone() -> None:
    """One application at a time: the next one sees what this one made. On SQLite the first write does that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def step_back(change: Change) -> Step:
    """What reverting would do now."""
    of = table(change.section)
    if of is None:
        raise Refused(f"There is no section “{change.section}” any more.")
    rows = state([of.name])[of.name]
    name = change.former or change.row
    was = change.row if change.former and change.row in rows else ""
    return Step(of, name, rows.get(was or name), change.before, was, (of.name, name))


def record(step: Step, *, who: str, way: str, now: datetime) -> None:
    """Part of the transaction that changed the row."""
    Change.objects.create(
        at=now,
        who=who,
        way=way,
        section=step.table.name,
        row=step.name,
        former=step.was,
        before=step.before,
        after=step.after,
    )


def _steps(given: Document) -> tuple[list[Step], str]:
    before, asked = state(), wanted(given)
    return difference(before, asked), fingerprint(before)


def _tried(steps: list[Step], given: Document, now: datetime) -> list:
    if not steps:
        return []
    with transaction.atomic():
        known = {each.words for each in mistakes.find(now)}
        carry_out(steps, given, now)
        found = [each for each in mistakes.find(now) if each.words not in known]
        transaction.set_rollback(True)
    _refuse(found)
    return found


def _do(steps: list[Step], given: Document, who: str, way: str, now: datetime) -> None:
    known = {each.words for each in mistakes.find(now)}
    carry_out(steps, given, now)
    _refuse([each for each in mistakes.find(now) if each.words not in known])
    for step in steps:
        record(step, who=who, way=way, now=now)
    counted = {kind: sum(step.kind == kind for step in steps) for kind in ("add", "change", "remove")}
    last = Event.objects.filter(subject=SITE).count()
    Event.objects.create(subject=SITE, version=last + 1, name="configuration.applied", actor=who, at=now, data=counted)


def _stays(by) -> None:
    if by is not None and not get_user_model().objects.filter(pk=by.pk, is_active=True, is_superuser=True).exists():
        raise Refused("This would take your own sign-in or administrator's right. Another administrator can do that.")


def _refuse(found: list) -> None:
    """What cannot work at all is no configuration."""
    if wrong := [f"{each.words} {each.hint}".strip() for each in found if each.level == mistakes.ERROR]:
        raise Refused(*wrong)


def _keep(kept: KeptState, before) -> None:
    kept.text = document.write(as_data(before))
    kept.save(update_fields=["text"])
    old = KeptState.objects.values_list("pk", flat=True)[KEPT:]
    KeptState.objects.filter(pk__in=list(old)).delete()
