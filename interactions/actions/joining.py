"""How parties come into a chat and go; parts of larger actions, never a transaction of their own."""

from datetime import timedelta

from agents.actions.status import last_chat_over
from agents.models import Site
from interactions import texts
from interactions.models import Lane, Party, Reader, Segment
from interactions.models.lane import INTERNAL, PUBLIC
from interactions.states import Cause, Invited, Rang
from interactions.transcript import system_line

from .outcomes import closed_by_system


def join(interaction, agent, *, now, invited_by=None, line="joined") -> Party:
    """Seat a locked agent: party, segment, readers. They read every public line, internal ones from now on.

    A part of theirs that was still to be marked done closes: from now on they see the new one only.
    """
    for older in interaction.segments.filter(agent=agent, done_at=None):
        older.set(done_at=now, slot_until=None, **closed_by_system(interaction, older))
    party = Party.objects.create(
        interaction=interaction,
        kind=Party.AGENT,
        agent=agent,
        nickname=agent.nickname,
        department=agent.department,
        invited_by=invited_by,
        joined_at=now,
    )
    Segment.objects.create(party=party, interaction=interaction, agent=agent, joined_at=now)
    agent.idle_since = now
    agent.save(update_fields=["idle_since"])
    lanes = Lane.lock(interaction)
    Reader.objects.create(party=party, lane=lanes[PUBLIC], start=1)
    Reader.objects.create(party=party, lane=lanes[INTERNAL], start=lanes[INTERNAL].head + 1)
    say(interaction, line, party, now)
    return party


def leave(interaction, party: Party, cause: Cause, *, now) -> Segment:
    """Unseat a party whose agent is locked: they read up to here; the slot is held for the wrap-up limit."""
    party.set(left_at=now, cause=cause, away_since=None)
    lanes = Lane.lock(interaction)
    for reader in party.readers.filter(until=None):
        reader.until = next(lane.head for lane in lanes.values() if lane.id == reader.lane_id)
        reader.save(update_fields=["until"])
    return party.agent_id and _end_segment(interaction, party, now)


def _end_segment(interaction, party: Party, now) -> Segment:
    segment = party.segment
    queue = interaction.queue
    limit = queue.wrap_up_limit if queue else 120
    segment.set(left_at=now, queue=queue, slot_until=now + timedelta(seconds=limit))
    agent = interaction.locked_agents[party.agent_id]
    agent.idle_since = now
    agent.save(update_fields=["idle_since"])
    if not Party.objects.here().filter(agent=agent).exists():
        last_chat_over(agent, auto_after_call_work=Site.current().auto_after_call_work, now=now)
    return segment


def close(interaction, cause: Cause, *, by: Party, now) -> None:
    """End the chat for everybody; `by` is whose cause it is.

    The agents here and those it rings at must be locked: see `concerned`.
    """
    owner = interaction.owner
    withdraw_all(interaction, now=now)
    interaction.move("ended", owner=None, owner_version=interaction.version, ended_at=now, end_cause=cause)
    for party in list(interaction.parties.here()):
        leave(interaction, party, cause if party.id == by.id else Cause.OVER, now=now)
    interaction.lanes.update(unanswered_since=None, quiet_since=None, warned_at=None)
    if owner is not None:
        interaction.segments.filter(party=owner).update(last_owner=True)
    if not interaction.segments.filter(last_owner=True, done_at=None).exists():
        interaction.set(completed_at=now)


def concerned(interaction) -> list:
    """Ids of the agents whose desks change when the chat ends: those here and those it rings at."""
    here = interaction.parties.here().agents().values_list("agent_id", flat=True)
    return [*here, *ringing_at(interaction)]


def ringing_at(interaction) -> list:
    """Ids of the agents at whom an invitation of this chat rings."""
    rings = interaction.invitations.pending().filter(rings__outcome="")
    return list(rings.values_list("rings__agent_id", flat=True))


def withdraw_all(interaction, *, now, kind: str | None = None) -> None:
    """Revoke the open invitations (of one kind). The agents they ring at must be locked."""
    pending = interaction.invitations.pending()
    for invitation in pending.of_kind(kind) if kind else pending:
        stop_ring(interaction, invitation, Rang.WITHDRAWN, now=now)
        invitation.move(Invited.REVOKED, now=now)


def stop_ring(interaction, invitation, outcome: Rang, *, now):
    """End the ring of this invitation, if it rings."""
    ring = invitation.rings.open().first()
    if ring is not None:
        ring.finish(outcome, now=now, version=interaction.version)
    return ring


def say(interaction, key: str, party: Party, now, **names) -> None:
    """A public system line about this party, in the words and the language of the contact."""
    about = {"contact": party.nickname}
    if party.agent_id:
        about = {"agent": party.nickname, "department": party.department, "introduction": party.introduced}
    system_line(interaction, PUBLIC, interaction.wording.say(key, **about, **names), party, now)


def tell(interaction, key: str, party: Party | None, now, **names) -> None:
    """A system line for the chat's agents only."""
    system_line(interaction, INTERNAL, texts.internal(key, **names), party, now)
