"""What ends by itself after a chat: the slot that it took, and helpers' segments that nobody marked done."""

from datetime import datetime, timedelta

from django.db import transaction

from agents.models import Site
from interactions import events
from interactions.models import Interaction, Segment
from interactions.models.disposition import NOT_SET

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
def close_helper(segment_id, *, now: datetime) -> None:
    """A helper's ended segment that nobody marked done closes by itself. Emits segment.closed."""
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


def _locked(segment_id) -> tuple[Interaction, Segment]:
    interaction = Interaction.lock(Segment.objects.values_list("interaction_id", flat=True).get(pk=segment_id))
    return interaction, interaction.segments.get(pk=segment_id)
