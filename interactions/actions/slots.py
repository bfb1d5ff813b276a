"""What ends by itself after a chat: the slot that it took, and segments that nobody marked done."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Q

from agents.models import Site
from interactions import events
from interactions.models import Interaction, Segment
from interactions.models.disposition import NOT_SET
from interactions.states import State

from . import closing, outcomes


@transaction.atomic(durable=True)
def release(segment_id, *, now: datetime) -> None:
    """The wrap-up limit or the tail is over: the slot is free. Emits segment.unclosed or segment.tail_over."""
    interaction, segment = _locked(segment_id)
    if segment.slot_until is None or segment.slot_until > now:
        transaction.set_rollback(True)
        return
    interaction.lock_agents(segment.agent_id)
    segment.set(slot_until=None)
    name = "segment.tail_over" if segment.done_at else "segment.unclosed"
    events.record(interaction, name, now=now, party=str(segment.party_id))


@transaction.atomic(durable=True)
def close_forgotten(segment_id, *, now: datetime) -> None:
    """An ended segment that nobody marked done closes by itself. Emits segment.closed."""
    interaction, segment = _locked(segment_id)
    if segment.done_at is not None:
        transaction.set_rollback(True)
        return
    closing.finish(interaction, segment, now=now, **outcomes.closed_by_system(interaction, segment))
    codes = {"codes": [NOT_SET]} if segment.not_set else {}
    events.record(interaction, "segment.closed", now=now, party=str(segment.party_id), **codes)


def helpers_left():
    """Segments that helpers have ended and not marked done."""
    return Segment.objects.filter(done_at=None, last_owner=False, left_at__isnull=False)


def forgotten(now: datetime):
    """Those of them that are to be closed."""
    return helpers_left().filter(left_at__lte=now - timedelta(seconds=Site.current().helper_close))


def left_by_owners():
    """Ended chats that their last owners have not marked done, where such close by themselves."""
    closes = Q(interaction__queue__owner_close__gt=0) | Q(Exists(Site.objects.filter(owner_close__gt=0)))
    over = {"done_at": None, "last_owner": True, "left_at__isnull": False, "interaction__state": State.ENDED}
    return Segment.objects.filter(closes, **over)


def forgotten_by_owners(now: datetime) -> list:
    """Ids of those of them that are to be closed."""
    site = Site.current()
    rows = left_by_owners().select_related("interaction__queue")
    closing_at = {row.id: row.closes_at(row.interaction, site) for row in rows}
    return [id for id, moment in closing_at.items() if moment is not None and moment <= now]


def _locked(segment_id) -> tuple[Interaction, Segment]:
    interaction = Interaction.lock(Segment.objects.values_list("interaction_id", flat=True).get(pk=segment_id))
    return interaction, interaction.segments.get(pk=segment_id)
