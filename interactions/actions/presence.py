"""Who is connected: parties go away, come back, or are lost."""

from datetime import datetime

from django.db import transaction

from core import leases
from core.errors import Conflict
from interactions import events, permissions
from interactions.models import Interaction, Party, Segment
from interactions.states import Cause, Kind, State

from .arrival import end_by_contact, wait_in
from .closing import connected_others
from .consulting import falls_with
from .joining import concerned, hand_over, join, leave, say, unseat
from .rings import ringing_at, withdraw_all

LOST_AFTER = 60


def agent_appeared(agent_id, now: datetime) -> None:
    """A socket or a poll of this agent is here: parties who were away are back, lost chats that nobody took too."""
    for party in list(Party.objects.here().filter(agent=agent_id).exclude(away_since=None)):
        came_back(party.id, now=now)
    for id in _lost_and_waiting(agent_id):
        try:
            take_up_again(id, agent_id, now=now)
        except Conflict:  # somebody accepted it at the same moment
            continue


def contact_appeared(interaction_id, now: datetime) -> None:
    """The contact's page is here again."""
    party = Party.objects.here().filter(interaction=interaction_id, kind=Party.CONTACT).exclude(away_since=None).first()
    if party is not None:
        came_back(party.id, now=now)


@transaction.atomic(durable=True)
def went_away(party_id, *, since: datetime, now: datetime) -> None:
    """The party's connection is gone since then. Emits party.away."""
    _set_away(party_id, since, "party.away", now)


@transaction.atomic(durable=True)
def came_back(party_id, *, now: datetime) -> None:
    """The party is connected again. Emits party.back."""
    _set_away(party_id, None, "party.back", now)


def _set_away(party_id, since, name: str, now) -> None:
    interaction = Interaction.lock(Party.objects.values_list("interaction_id", flat=True).get(pk=party_id))
    changes = {"away_since": since, **({} if since else {"back_at": now})}
    changed = Party.objects.here().filter(pk=party_id, away_since__isnull=since is not None).update(**changes)
    if not changed:
        transaction.set_rollback(True)
        return
    events.record(interaction, name, now=now, party=str(party_id))


@transaction.atomic(durable=True)
def agent_lost(party_id, *, now: datetime) -> None:
    """An agent is gone for good: another takes over, or the chat returns to the head of its queue.

    Emits party.lost.
    """
    found = Party.objects.get(pk=party_id)
    interaction = Interaction.lock(found.interaction_id)
    party = interaction.parties.select_related("agent").get(pk=party_id)
    if party.left_at is not None or _is_here_after_all(party, now):
        transaction.set_rollback(True)
        return
    others = connected_others(interaction, party, now)
    if party.id != interaction.owner_id:
        interaction.lock_agents(*falls_with(interaction, party))
        _lose(interaction, party, now)
    elif others:
        interaction.lock_agents(*falls_with(interaction, party))
        hand_over(interaction, others[0])
        _lose(interaction, party, now)
    else:
        _requeue(interaction, party, now)
    events.record(interaction, "party.lost", now=now, party=str(party.id))


def _is_here_after_all(party: Party, now) -> bool:
    """They came back, or their connection is there again and the mark follows."""
    return party.away_since is None or bool(leases.live([party.group], now))


def _lose(interaction, party: Party, now) -> None:
    unseat(interaction, party, Cause.LOST, now=now)
    leave(interaction, party, Cause.LOST, now=now)


def _requeue(interaction, owner: Party, now) -> None:
    """Nobody is left: back to its queue with its priority and waiting time."""
    interaction.lock_agents(*concerned(interaction))
    withdraw_all(interaction, now=now)
    say(interaction, "lost", owner, now)
    for party in interaction.parties.here().agents():
        leave(interaction, party, Cause.LOST, now=now)
    interaction.segments.filter(party=owner).update(last_owner=True)
    interaction.move(State.WAITING, owner=None, owner_version=interaction.version)
    wait_in(interaction.queue, interaction, priority=_had(interaction), now=now)


def _had(interaction) -> int:
    """The priority that the chat had when it last waited in this queue; what the queue gives now, if that is more."""
    places = interaction.invitations.of_kind(Kind.ROUTE).filter(queue=interaction.queue)
    had = places.order_by("-created_at").values_list("priority", flat=True)[:1]
    return max([interaction.queue.priority, *had])


def _lost_and_waiting(agent_id) -> list:
    return list(lost_and_waiting().filter(agent=agent_id).values_list("interaction_id", flat=True))


def lost_and_waiting():
    """The owners' segments of chats that were lost and still wait."""
    rows = Segment.objects.filter(last_owner=True, done_at=None, party__cause=Cause.LOST)
    return rows.filter(interaction__state=State.WAITING)


@transaction.atomic(durable=True)
def take_up_again(interaction_id, agent_id, *, now: datetime) -> None:
    """Back before anybody accepted: the chat is theirs again. Emits party.returned."""
    interaction = Interaction.lock(interaction_id)
    mine = interaction.segments.filter(agent=agent_id, last_owner=True, done_at=None).first()
    if interaction.state != State.WAITING or mine is None:
        raise Conflict("no_longer_available", "Somebody else has the chat.")
    agents = interaction.lock_agents(agent_id, *ringing_at(interaction))
    permissions.require(permissions.can_join(agents[0]))
    withdraw_all(interaction, now=now, kind=Kind.ROUTE)
    mine.set(last_owner=False)
    party = join(interaction, agents[0], now=now, line="back")
    interaction.move(State.ACTIVE, owner=party, owner_version=interaction.version)
    events.record(interaction, "party.returned", now=now, party=str(party.id))


@transaction.atomic(durable=True)
def grace_over(interaction_id, *, now: datetime) -> None:
    """The contact did not come back in time: the chat is over. Emits contact.gone."""
    interaction = Interaction.lock(interaction_id)
    party = interaction.parties.get(kind=Party.CONTACT)
    if not interaction.live or interaction.offline or _is_here_after_all(party, now):
        transaction.set_rollback(True)
        return
    end_by_contact(interaction, Cause.GRACE, "contact_gone", now=now)
    events.record(interaction, "contact.gone", now=now)
