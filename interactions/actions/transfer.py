"""Transfer: somebody else takes the place of who transfers, or the chat goes to a queue."""

from datetime import datetime

from django.db import transaction

from agents.models import Agent
from core.errors import NotFound
from interactions import events, permissions
from interactions.models import Interaction, Invitation, Party
from interactions.picture import Picture
from interactions.staffing import is_staffed
from interactions.states import Cause, Kind, State

from .arrival import wait_in
from .closing import connected_others
from .consulting import falls_with
from .inviting import ask_agent, ask_consultant, ask_pool, asking, pool_of, wait_for_pool
from .joining import concerned, hand_over, leave, say, tell, unseat
from .rings import withdraw_all


@transaction.atomic(durable=True)
def to_agent(interaction_id, agent_id, *, by: Agent, version: int, note: str = "", now: datetime) -> Invitation:
    """Ask an agent to take the chat, or from a conference agent the seat. Nothing changes until they accept.

    Raises NotFound, Conflict (`not_party`, `ended`, `stale`, `transfer_pending`, and as an invitation to a conference).
    Emits invitation.ringing.
    """
    return ask_agent(*_transferring(interaction_id, by, version), agent_id, Kind.TRANSFER, note=note, now=now)


@transaction.atomic(durable=True)
def to_pool(interaction_id, type: str, id, *, by: Agent, version: int, note: str = "", now: datetime) -> Invitation:
    """Ask the agents of a group or skill, one after the other, to take it. Nothing changes until one accepts.

    Raises NotFound, Conflict as `to_agent`, and `unstaffed`. Emits invitation.waiting.
    """
    return ask_pool(*_transferring(interaction_id, by, version), type, id, Kind.TRANSFER, note=note, now=now)


@transaction.atomic(durable=True)
def to_consultant(
    interaction_id, consultation_id, *, by: Agent, version: int, note: str = "", now: datetime
) -> Invitation:
    """Ask whom one consults to take it. The consultation ends when they do, and goes on if they decline.

    Raises NotFound, NotAllowed, Conflict as `to_agent`. Emits invitation.ringing or invitation.accepted.
    """
    asked = _transferring(interaction_id, by, version)
    return ask_consultant(*asked, consultation_id, Kind.TRANSFER, note=note, now=now)


@transaction.atomic(durable=True)
def to_queue(
    interaction_id, type: str, id, *, by: Agent, version: int, note: str = "", as_message=False, now: datetime
) -> Interaction:
    """To a queue, or through a routing point: the agent leaves at once.

    Where another agent is connected the contact stays with them, as owner if the owner left, and the queue's agents are
    asked to come. Where nobody is, the contact waits in that queue by the time of their first arrival.
    `as_message`: the contact agreed that it becomes a message there; for queues that are closed or without anybody.
    What is a message already stays one.

    Raises NotFound, NotAllowed, Conflict (`not_party`, `ended`, `stale`, `transfer_pending`, `invitation_pending`,
    `already_invited`, `closed`, `unstaffed`, `staffed`, `not_alone`). Emits interaction.transferred.
    """
    interaction, mine, picture = _transferring(interaction_id, by, version)
    queue, through = pool_of(interaction, type, id, now)
    permissions.require(permissions.may_ask(mine.agent, Kind.TRANSFER, type))
    others = connected_others(interaction, mine, now)
    staffed = is_staffed(queue, now, except_for=by)
    alone = mine.id == interaction.owner_id and not others
    asked = {"staffed": staffed, "alone": alone, "as_message": as_message}
    permissions.require(permissions.can_send_to(queue, picture, now=now, **asked))
    if not alone:
        _leave_to(interaction, mine, others, queue, through, note, now)
    else:
        _requeue(interaction, mine, queue, through, note, as_message, now)
    about = {"queue": str(queue.id), "party": str(mine.id), "as_message": as_message}
    events.record(interaction, "interaction.transferred", now=now, by=f"agent:{by.id}", **about)
    return interaction


@transaction.atomic(durable=True)
def make_transfer(invitation_id, *, by: Agent, version: int, now: datetime) -> Interaction:
    """An invitation to a conference that is still open becomes a transfer: who accepts takes the inviter's place.

    Raises NotFound, NotAllowed, Conflict (`no_longer_available`, `stale`, `transfer_pending`).
    Emits invitation.changed.
    """
    found = Invitation.objects.of_kind(Kind.CONFERENCE).filter(pk=invitation_id).first()
    if found is None or not found.interaction.segments.filter(agent=by).exists():
        raise NotFound(message="There is no such invitation.")
    interaction, mine, _ = _transferring(found.interaction_id, by, version)
    invitation = interaction.invitations.with_targets().get(pk=invitation_id)
    permissions.require(permissions.can_make_transfer(invitation, mine))
    rings = invitation.rings.open()
    interaction.lock_agents(*rings.values_list("agent_id", flat=True))
    interaction.invitations.filter(pk=invitation_id).update(kind=Kind.TRANSFER)
    rings.update(version=interaction.version)
    about = {"invitation": str(invitation_id), "kind": Kind.TRANSFER}
    events.record(interaction, "invitation.changed", now=now, by=f"agent:{by.id}", **about)
    return interaction


def _transferring(interaction_id, by: Agent, version: int) -> tuple[Interaction, Party, Picture]:
    interaction, mine, picture = asking(interaction_id, by)
    permissions.require(permissions.can_transfer(interaction, mine, picture))
    permissions.require(permissions.is_current(interaction, version))
    return interaction, mine, picture


def _leave_to(interaction, mine: Party, others: list[Party], queue, through, note: str, now) -> None:
    """Others stay with the contact; whoever takes it comes to them."""
    interaction.lock_agents(*falls_with(interaction, mine))
    passes = mine.id == interaction.owner_id
    wait_for_pool(interaction, mine, queue, through, note=note, now=now)
    if passes:
        hand_over(interaction, others[0])
    unseat(interaction, mine, Cause.PASSED if passes else Cause.END, now=now)
    leave(interaction, mine, Cause.TRANSFER, now=now)
    if note.strip():
        tell(interaction, "passed_note", mine, now, by=mine.nickname, note=note.strip())


def _requeue(interaction, owner: Party, queue, through, note: str, as_message: bool, now) -> None:
    """Nobody stays: a place in the queue, with the note for whoever takes it."""
    interaction.lock_agents(*concerned(interaction))
    withdraw_all(interaction, now=now)
    offline = interaction.offline or as_message
    say(interaction, "passing_message" if offline else "passing", owner, now)
    for party in interaction.parties.here().agents():
        leave(interaction, party, Cause.TRANSFER if party.id == owner.id else Cause.LOST, now=now)
    version = interaction.version
    interaction.move(State.WAITING, owner=None, owner_version=version, queue=queue, offline=offline)
    wait_in(queue, interaction, route=through and through.route, inviter=owner, note=note.strip(), now=now)
