"""The outcome of a part of a chat, the codes that are offered, and what open desks hear when those change."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from agents.models import Agent
from core import realtime
from core.errors import Conflict, Invalid
from interactions import events, permissions
from interactions.models import (
    DispositionCode,
    DispositionFolder,
    DispositionRule,
    DispositionSet,
    Interaction,
    Segment,
)
from interactions.models.disposition import labels

STEP, LAST_POSITION = 10, 32_767


@transaction.atomic(durable=True)
def set_disposition(interaction_id, codes: list, *, by: Agent, now: datetime) -> Interaction:
    """Choose the outcome of the agent's own segment: all codes anew, none takes it back.

    Raises Conflict `done`, `no_outcomes`, `too_early`, `retired_code`; Invalid `unknown_code`, `folder_chosen`,
    `too_many_codes`. Emits disposition.set.
    """
    interaction = Interaction.lock(interaction_id)
    segment = permissions.segment_of(interaction, by)
    rule = DispositionRule.objects.for_segment(interaction, segment)
    permissions.require(permissions.can_choose(segment, rule))
    chosen = _offered(rule, segment, set(codes))
    segment.codes.set(chosen)
    events.record(interaction, "disposition.set", now=now, by=f"agent:{by.id}", codes=list(labels(chosen).values()))
    return interaction


def _offered(rule: DispositionRule, segment: Segment, wanted: set) -> list[DispositionCode]:
    """These codes of the rule's set. What the segment has already may stay, whatever has changed meanwhile."""
    found = list(rule.set.codes.filter(id__in=wanted))
    held = {code.id for code in segment.chosen(rule)}
    if len(found) < len(wanted):
        raise _not_a_code(wanted - {code.id for code in found})
    for code in found:
        if not code.active and code.id not in held:
            raise Conflict("retired_code", f"“{code}” is no longer offered. Choose another.")
    if len(wanted) > rule.max_codes and not wanted <= held:
        most = "one disposition" if rule.max_codes == 1 else f"{rule.max_codes} dispositions"
        raise Invalid("too_many_codes", f"At most {most} can be chosen here.", max=rule.max_codes)
    return found


def _not_a_code(ids: set) -> Invalid:
    folder = DispositionFolder.objects.filter(id__in=ids).first()
    if folder is not None:
        return Invalid("folder_chosen", f"“{folder}” is a folder. Choose one of its codes.")
    return Invalid("unknown_code", "This is none of the dispositions that are offered for this chat.")


def closed_by_system(interaction: Interaction, segment: Segment) -> dict:
    """Fields of a segment that the system closes: without the code that was asked for it is "not set"."""
    rule = DispositionRule.objects.for_segment(interaction, segment)
    missing = rule is not None and rule.asks(segment) and not segment.chosen(rule)
    return {"closed_by_system": True, "not_set": missing}


# --- administration -----------------------------------------------------------------------------


@transaction.atomic
def add_codes(chosen: DispositionSet, paths: list[list[str]]) -> int:
    """Part of a larger change: codes by their paths, folders made as they are needed. How many are new.

    New ones come after what is in their folder already, in the order in which they are written.
    """
    folders = {(row.parent_id, row.name): row.pk for row in chosen.folders.all()}
    codes = {(row.folder_id, row.name) for row in chosen.codes.all()}
    last = _last_positions(chosen)
    made = 0
    for *names, name in paths:
        place = None
        for folder in names:
            place = folders.get((place, folder)) or _new_folder(chosen, folders, place, folder, last)
        if (place, name) not in codes:
            codes.add((place, name))
            chosen.codes.create(folder_id=place, name=name, position=_next(last, place))
            made += 1
    return made


def _last_positions(chosen: DispositionSet) -> dict:
    """{folder or None: the highest position in it}."""
    last: dict = defaultdict(int)
    rows = [*chosen.folders.values_list("parent_id", "position"), *chosen.codes.values_list("folder_id", "position")]
    for place, position in rows:
        last[place] = max(last[place], position)
    return last


def _next(last: dict, place) -> int:
    last[place] = min(last[place] + STEP, LAST_POSITION)
    return last[place]


def _new_folder(chosen: DispositionSet, folders: dict, parent, name: str, last: dict):
    made = chosen.folders.create(parent_id=parent, name=name, position=_next(last, parent))
    folders[parent, name] = made.pk
    return made.pk


def revised(chosen: DispositionSet) -> None:
    """Part of a larger change: what this set offers is different now; desks that show it will hear of it."""
    DispositionSet.objects.filter(pk=chosen.pk).update(revision=F("revision") + 1)
    rules = DispositionRule.objects.filter(set=chosen).select_related("queue", "routing_point")
    rules_changed([reach(rule) for rule in rules])


def reach(rule: DispositionRule) -> Q:
    """The chats that a rule can decide about; one for the site about all."""
    if rule.queue_id:
        return Q(queue=rule.queue_id) | Q(segments__queue=rule.queue_id)
    return Q(routing_point=rule.routing_point_id) if rule.routing_point_id else Q()


def rules_changed(reaches: list[Q]) -> None:
    """Part of a larger change: once it is committed the engine tells the desks that have such chats, some at a time."""
    if not reaches:
        return
    concerned = reaches[0]
    for other in reaches[1:]:
        concerned = concerned | other if concerned and other else Q()
    transaction.on_commit(lambda: _mark(concerned), robust=True)


def _mark(concerned: Q) -> None:
    open_parts = Segment.objects.filter(done_at=None).values("interaction")
    chats = Interaction.objects.filter(concerned, pk__in=open_parts).values("pk")
    Interaction.objects.filter(pk__in=chats).update(outdated=True)
    realtime.wake("engine")


@transaction.atomic(durable=True)
def refresh(interaction_id, *, now: datetime) -> None:
    """Rules that the chat's desks show have changed: they get it as it is now. Emits rules.changed."""
    interaction = Interaction.lock(interaction_id)
    if not interaction.outdated:
        transaction.set_rollback(True)
        return
    interaction.set(outdated=False)
    events.record(interaction, "rules.changed", now=now)
