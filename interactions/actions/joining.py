"""How parties come into a chat and go; parts of larger actions, never a transaction of their own."""

from datetime import timedelta

from agents.actions.status import last_chat_over
from interactions import texts
from interactions.models import Party, Segment
from interactions.models.lane import INTERNAL, PUBLIC
from interactions.states import Cause, Kind
from interactions.transcript import system_line

from .consulting import end_all, end_of_consultant, end_with
from .outcomes import closed_by_system
from .readers import start_reading, stop_reading
from .rings import ringing_at, withdraw_all

FAREWELLS = {Cause.LOST: "lost_stays", Cause.PASSED: "passed", Cause.TRANSFER: "transferred"}


def join(interaction, agent, *, now, invited_by=None, line="joined", cause=Cause.CONFERENCE) -> Party:
    """Seat a locked agent: party, segment, readers. They read every public line, internal ones from now on.

    A part of theirs that was still to be marked done closes: from now on they see the new one only. Nobody consults
    them on this chat any more; `cause`: why that ended.
    """
    end_of_consultant(interaction, agent, cause, now=now)
    close_older(interaction, agent, now=now)
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
    start_reading(interaction, party)
    say(interaction, line, party, now)
    return party


def close_older(interaction, agent, *, now) -> None:
    """A part of this agent's that was still to be marked done closes: they come again."""
    for older in interaction.segments.filter(agent=agent, done_at=None).select_related("party"):
        older.set(done_at=now, slot_until=None, **closed_by_system(interaction, older))


def leave(interaction, party: Party, cause: Cause, *, now) -> Segment:
    """Unseat a party: they read up to here; the slot is held for the wrap-up limit.

    The agents in `falls_with` must be locked: whom they consulted, and asked for themselves, is told.
    """
    if party.agent_id:
        end_with(interaction, party, now=now)
    party.set(left_at=now, cause=cause, away_since=None)
    stop_reading(interaction, party)
    return party.agent_id and _end_segment(interaction, party, now)


def _end_segment(interaction, party: Party, now) -> Segment:
    segment = party.segment
    limit = timedelta(seconds=interaction.option("wrap_up_limit"))
    segment.set(left_at=now, queue=interaction.queue, slot_until=now + limit)
    agent = interaction.locked_agents[party.agent_id]
    agent.idle_since = now
    agent.save(update_fields=["idle_since"])
    if not Party.objects.here().filter(agent=agent).exists():
        after_call_work = agent.option("auto_after_call_work", interaction.site).value
        last_chat_over(agent, auto_after_call_work=after_call_work, now=now)
    return segment


def unseat(interaction, party: Party, cause: Cause, *, now) -> None:
    """Tell the contact who goes and who stays."""
    say(interaction, FAREWELLS.get(cause, "left"), party, now, colleague=stays(interaction, party))


def stays(interaction, party: Party) -> str:
    """Who stays with the contact, as they read it: the owner."""
    owner = interaction.owner
    return owner.nickname if owner and owner.id != party.id else interaction.wording.page["a_colleague"]


def hand_over(interaction, heir: Party) -> None:
    """The heir is the owner from now on. What the former owner transferred to a pool still finds the next owner."""
    passed_on = interaction.invitations.pending().of_kind(Kind.TRANSFER).filter(inviter=interaction.owner_id)
    passed_on.update(as_owner=True)
    interaction.give_to(heir)


def close(interaction, cause: Cause, *, by: Party, now) -> None:
    """End the chat for everybody; `by` is whose cause it is.

    The agents here and those it rings at must be locked: see `concerned`.
    """
    owner = interaction.owner
    withdraw_all(interaction, now=now)
    end_all(interaction, Cause.OVER, now=now)
    interaction.move("ended", owner=None, owner_version=interaction.version, ended_at=now, end_cause=cause)
    for party in list(interaction.parties.here()):
        leave(interaction, party, cause if party.id == by.id else Cause.OVER, now=now)
    interaction.lanes.update(unanswered_since=None, quiet_since=None, warned_at=None)
    if last := owner.id if owner else _gave_it_away(interaction):
        interaction.segments.filter(party=last).update(last_owner=True)
    if not interaction.segments.filter(last_owner=True, done_at=None).exists():
        interaction.set(completed_at=now)


def _gave_it_away(interaction):
    """Who had a chat last that ends in a queue: whoever transferred it there. Who was lost is marked already."""
    if interaction.segments.filter(last_owner=True).exists():
        return None
    place = interaction.invitations.of_kind(Kind.ROUTE).order_by("created_at", "id").last()
    return place and place.inviter_id


def concerned(interaction) -> list:
    """Ids of the agents whose desks change when the chat ends: those here, consultants too, and those it rings at."""
    here = interaction.parties.here().exclude(agent=None).values_list("agent_id", flat=True)
    return [*here, *ringing_at(interaction)]


def say(interaction, key: str, party: Party, now, **names) -> None:
    """A public system line about this party, in the words and the language of the contact."""
    about = {"contact": party.nickname}
    if party.agent_id:
        about = {"agent": party.nickname, "department": party.department, "introduction": party.introduced}
    system_line(interaction, PUBLIC, interaction.wording.say(key, **about, **names), party, now)


def tell(interaction, key: str, party: Party | None, now, **names) -> None:
    """A system line for the chat's agents only."""
    system_line(interaction, INTERNAL, texts.internal(key, **names), party, now)
