"""End, the note, Mark Done."""

from datetime import datetime, timedelta

from django.db import transaction

from agents.models import Agent
from core import leases
from core.errors import Conflict, Invalid, ParleyError
from interactions import ending, events, permissions
from interactions.models import DispositionRule, Interaction, Party, Segment
from interactions.picture import Picture
from interactions.states import Cause, Kind

from .consulting import falls_with
from .joining import close, concerned, hand_over, leave, say, unseat

NOTE_LIMIT = 5000


@transaction.atomic(durable=True)
def end(interaction_id, *, by: Agent, expect: str, version: int, pass_to=None, now: datetime) -> Interaction:
    """The agent's End: pass the chat on, leave, or close it, as their button said (`expect`).

    Refused with what End would do now in `detail` when that is no longer true: Conflict `last_agent`,
    `parties_changed`, `stale`, `invitation_pending`; NotAllowed. Ending twice changes nothing.
    Emits party.left or interaction.ended.
    """
    interaction = Interaction.lock(interaction_id)
    party = permissions.segment_of(interaction, by).party
    if party.left_at is not None:
        return interaction.untouched()
    permissions.require(permissions.can_end(interaction, party))
    offer, others = _offer(interaction, party, now)
    _as_shown(interaction, offer, expect, pass_to, others, version)
    if offer.expect == "close":
        _close(interaction, party, now)
        events.record(interaction, "interaction.ended", now=now, by=f"agent:{by.id}")
        return interaction
    interaction.lock_agents(*falls_with(interaction, party))
    heir = _heir(offer, others, pass_to)
    _go(interaction, party, heir, Cause.PASSED if heir else Cause.END, now=now)
    events.record(
        interaction, "party.left", now=now, by=f"agent:{by.id}", party=str(party.id), heir=heir and str(heir.id)
    )
    return interaction


def _offer(interaction, party: Party, now):
    """What End does now: by live leases, not by what a screen showed."""
    others = connected_others(interaction, party, now)
    return ending.offer(party, interaction.owner, others, interaction.contact.label), others


def _heir(offer, others: list[Party], pass_to) -> Party | None:
    """Only the owner's End gives the chat away."""
    chosen = (pass_to or offer.pass_to) if offer.expect == "pass" else None
    return next((other for other in others if other.id == chosen), None)


def connected_others(interaction, party: Party, now) -> list[Party]:
    """The other agents here whose lease is live, longest first."""
    others = [other for other in Picture(interaction).here if other.id != party.id]
    live = leases.live([other.agent.holder for other in others], now)
    return [other for other in others if other.agent.holder in live]


def _as_shown(interaction, offer, expect: str, pass_to, others, version: int) -> None:
    refusal = None
    if offer.expect != expect:
        refusal = _changed(offer, interaction)
    elif expect == "pass" and pass_to and pass_to not in [other.id for other in others]:
        refusal = Conflict("parties_changed", "They are no longer in the chat.")
    elif version < interaction.owner_version:
        refusal = permissions.is_current(interaction, version)
    elif expect == "close" and interaction.invitations.pending().exclude(kind=Kind.CONSULT).exists():
        words = "An invitation is still open. Cancel it and end, make it a transfer, or stay."
        refusal = Conflict("invitation_pending", words)
    if refusal:
        refusal.detail["end"] = events.plain(offer)
        raise refusal


def _changed(offer, interaction) -> ParleyError:
    if offer.expect == "close":
        name = interaction.contact.label
        return Conflict("last_agent", f"You are the last: End would close the chat for {name}.")
    return Conflict("parties_changed", f"The parties have changed. End now means: {offer.face}.")


def _close(interaction, party: Party, now) -> None:
    interaction.lock_agents(*concerned(interaction))
    say(interaction, "closing", party, now)
    close(interaction, Cause.END, by=party, now=now)


def _go(interaction, party: Party, heir: Party | None, cause: Cause, *, now) -> None:
    """One agent leaves and somebody stays; with an heir the chat is theirs from now on."""
    if heir is not None:
        hand_over(interaction, heir)
    unseat(interaction, party, cause, now=now)
    leave(interaction, party, cause, now=now)


@transaction.atomic(durable=True)
def set_note(interaction_id, text: str, *, by: Agent, now: datetime) -> Interaction:
    """Keep the agent's note on their segment. Raises Conflict `done`, Invalid. Emits note.set."""
    if len(text) > NOTE_LIMIT:
        raise Invalid(message=f"A note has at most {NOTE_LIMIT} characters.")
    interaction, segment = _own(interaction_id, by)
    permissions.require(permissions.can_edit(segment))
    segment.set(note=text)
    events.record(interaction, "note.set", now=now, by=f"agent:{by.id}")
    return interaction


@transaction.atomic(durable=True)
def mark_done(interaction_id, *, by: Agent, now: datetime) -> None:
    """Mark Done: the segment freezes and leaves the desk. Doing it twice changes nothing.

    Raises Conflict `not_ended`, `disposition_required`. Emits segment.done.
    """
    interaction, segment = _own(interaction_id, by)
    if segment.done_at is not None:
        transaction.set_rollback(True)
        return
    rule = DispositionRule.objects.for_segment(interaction, segment)
    permissions.require(permissions.can_finish(segment, rule, len(segment.chosen(rule))))
    finish(interaction, segment, now=now)
    events.record(interaction, "segment.done", now=now, by=f"agent:{by.id}", party=str(segment.party_id))


def finish(interaction, segment: Segment, *, now, **fields) -> None:
    """Part of an action: freeze the segment; the last owner's completes an interaction that is over."""
    (agent,) = interaction.lock_agents(segment.agent_id)
    segment.set(done_at=now, slot_until=_tail(segment, now), **fields)
    interaction.left_desks.append(agent)
    if segment.last_owner and not interaction.live:
        interaction.set(completed_at=now)


def _tail(segment: Segment, now) -> datetime | None:
    """Until when after-call work holds the slot. What the system closes has none."""
    seconds = segment.queue.option("after_call_tail").value if segment.queue and segment.slot_until else 0
    return now + timedelta(seconds=seconds) if seconds else None


@transaction.atomic(durable=True)
def set_tail(interaction_id, seconds: int, *, by: Agent, now: datetime) -> None:
    """Extend the after-call work of a chat marked done, or with 0 end it. Emits segment.tail_set.

    Raises NotFound, Conflict `no_longer_available` when it is over.
    """
    interaction, segment = _own(interaction_id, by)
    if segment.done_at is None or segment.slot_until is None:
        raise Conflict("no_longer_available", "This after-call work is over.")
    interaction.lock_agents(by.id)
    segment.set(slot_until=segment.slot_until + timedelta(seconds=seconds) if seconds else None)
    events.record(interaction, "segment.tail_set", now=now, by=f"agent:{by.id}", seconds=seconds)


def _own(interaction_id, agent: Agent) -> tuple[Interaction, Segment]:
    interaction = Interaction.lock(interaction_id)
    return interaction, permissions.segment_of(interaction, agent)
