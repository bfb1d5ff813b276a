"""An invitation is accepted, rejected, cancelled, or nobody answers."""

from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from agents.actions.status import change
from agents.models import Agent, Reason, Site
from agents.status import Status
from core.errors import Conflict, NotFound
from interactions import events, permissions
from interactions.auto_answer import Presence
from interactions.models import Interaction, Invitation, Ring
from interactions.states import Invited, Kind, Rang, State
from interactions.texts import REQUESTS

from .joining import tell
from .rings import agents_of, stop_ring, withdraw
from .taking import take, whom_it_moves

LATE = timedelta(seconds=5)


def accept(invitation_id, *, by: Agent, automatic: Presence | None = None, now: datetime) -> Interaction:
    """The agent takes what rings at them: joins the chat, takes it over, or is consulted on it.

    `automatic`: their workspace does, without a click.

    Raises NotFound for what never rang there, Conflict `no_longer_available`, `ended` or `not_automatic`. A click that
    came just too late is refused too, but it was an answer: no miss is counted. Emits invitation.accepted.
    """
    if automatic:
        return _accept(invitation_id, by=by, automatic=automatic, now=now)
    with _answering(invitation_id, by, now):
        return _accept(invitation_id, by=by, automatic=None, now=now)


@contextmanager
def _answering(invitation_id, agent: Agent, now):
    try:
        yield
    except Conflict:
        if Ring.objects.filter(invitation=invitation_id, agent=agent, outcome=Rang.EXPIRED).latest_within(LATE, now):
            _forgive(agent.id, now)
        raise


@transaction.atomic(durable=True)
def _accept(invitation_id, *, by: Agent, automatic: Presence | None, now: datetime) -> Interaction:
    interaction, invitation = _locked(invitation_id, by)
    ring = _must_ring(interaction, invitation, by)
    if automatic:
        permissions.require(permissions.can_answer_itself(ring, by, automatic, now))
    agent, *_ = interaction.lock_agents(by.id, *whom_it_moves(interaction, invitation))
    permissions.require(permissions.can_join(agent))
    invitation.move(Invited.ACCEPTED, now=now)
    stop_ring(interaction, invitation, Rang.ACCEPTED, now=now)
    agent.missed = 0
    agent.save(update_fields=["missed"])
    party = take(interaction, invitation, agent, through=ring.queue, now=now)
    about = {"kind": invitation.kind, "party": str(party.id), **({"cause": "auto"} if automatic else {})}
    events.record(interaction, "invitation.accepted", now=now, by=f"agent:{by.id}", **about)
    return interaction


def reject(invitation_id, *, by: Agent, now: datetime) -> None:
    """The agent declines what rings at them: a routed chat goes back to its place, a direct request ends.

    Raises NotFound, Conflict `no_longer_available`, NotAllowed. Just too late is no miss, as with `accept`.
    Emits invitation.rejected.
    """
    with _answering(invitation_id, by, now):
        _reject(invitation_id, by=by, now=now)


@transaction.atomic(durable=True)
def _reject(invitation_id, *, by: Agent, now: datetime) -> None:
    interaction, invitation = _locked(invitation_id, by)
    _must_ring(interaction, invitation, by)
    (agent,) = interaction.lock_agents(by.id)
    permissions.require(permissions.can_reject(agent))
    _unanswered(interaction, invitation, Rang.REJECTED, now)
    events.record(interaction, "invitation.rejected", now=now, by=f"agent:{by.id}", kind=invitation.kind)


@transaction.atomic(durable=True)
def cancel(invitation_id, *, by: Agent, now: datetime) -> None:
    """Whoever invited, or the owner, takes the request back. Raises NotFound, NotAllowed, Conflict.

    Emits invitation.cancelled.
    """
    found = Invitation.objects.filter(pk=invitation_id).exclude(kind=Kind.ROUTE).first()
    if found is None or not found.interaction.segments.filter(agent=by).exists():
        raise NotFound(message="There is no such invitation.")
    interaction = Interaction.lock(found.interaction_id)
    invitation = _of(interaction, invitation_id)
    party = permissions.segment_of(interaction, by).party
    if not invitation.open:
        raise _gone(interaction, invitation)
    permissions.require(permissions.can_cancel(interaction, invitation, party))
    interaction.lock_agents(*agents_of([invitation]))
    withdraw(interaction, [invitation], now=now, state=Invited.CANCELLED)
    _tell(interaction, "cancelled", invitation, party, now, by=party.nickname)
    events.record(interaction, "invitation.cancelled", now=now, by=f"agent:{by.id}", kind=invitation.kind)


def _tell(interaction, key: str, invitation: Invitation, about, now, **names) -> None:
    """What became of a request, for the chat's agents."""
    what = REQUESTS[invitation.kind]
    tell(interaction, key, about, now, who=invitation.target_name, what=what, **names)


@transaction.atomic(durable=True)
def expire(ring_id, *, now: datetime, missed=True) -> None:
    """A ring's time is over. A routed one counts as missed; too many in a row set the agent Not Ready.

    `missed`: not if an outage kept them from answering.
    Raises Conflict when it was answered meanwhile. Emits invitation.expired.
    """
    interaction, invitation, ring = _locked_by_ring(ring_id)
    (agent,) = interaction.lock_agents(ring.agent_id)
    _unanswered(interaction, invitation, Rang.EXPIRED, now)
    if ring.routed and missed:
        _missed(agent, now)
    events.record(interaction, "invitation.expired", now=now, agent=str(agent.id), kind=invitation.kind)


def _missed(agent: Agent, now) -> None:
    agent.missed += 1
    agent.save(update_fields=["missed"])
    limit = agent.option("missed_limit").value
    if limit and agent.missed >= limit and agent.chat().status == Status.READY:
        change(agent, Status.NOT_READY, Reason.of_system(Reason.NOT_RESPONDING), now=now)


@transaction.atomic(durable=True)
def _forgive(agent_id, now) -> None:
    """The agent did answer, a moment too late. Emits agent.answered_late."""
    (agent,) = Agent.lock([agent_id])
    if not agent.missed:
        transaction.set_rollback(True)
        return
    agent.missed = 0
    agent.save(update_fields=["missed"])
    channel = agent.chat()
    if channel.reason and channel.reason.name == Reason.NOT_RESPONDING and not permissions.can_use_chat(agent):
        change(agent, Status.READY, None, now=now)
    events.record_agent(agent, "agent.answered_late", now=now, by=f"agent:{agent.id}")


@transaction.atomic(durable=True)
def take_back(ring_id, *, why: str, now: datetime) -> None:
    """The ring ends without an answer and without a miss: its agent is gone or no longer Ready.

    A routed chat returns to its place; a direct request is withdrawn and its inviter told.
    Emits invitation.withdrawn.
    """
    interaction, invitation, ring = _locked_by_ring(ring_id)
    interaction.lock_agents(ring.agent_id)
    _unanswered(interaction, invitation, Rang.WITHDRAWN, now, why)
    events.record(interaction, "invitation.withdrawn", now=now, agent=str(ring.agent_id), why=why)


def _unanswered(interaction, invitation, outcome: Rang, now, why: str = "") -> None:
    """A ring ended without an accept: what was asked of a pool waits for its next agent, a direct request is over.

    `why` it was withdrawn: "logged_off" or "absent".
    """
    stop_ring(interaction, invitation, outcome, now=now)
    if invitation.pool is not None:
        invitation.move(Invited.WAITING, now=now)
        if _has_had_its_chances(invitation, now):
            _nobody(interaction, invitation, now)
        return
    line, state = {
        Rang.REJECTED: ("rejected", Invited.REJECTED),
        Rang.EXPIRED: ("expired", Invited.EXPIRED),
        Rang.WITHDRAWN: (why, Invited.REVOKED),
    }[outcome]
    invitation.move(state, now=now)
    _tell(interaction, line, invitation, invitation.inviter, now)


def _has_had_its_chances(invitation, now) -> bool:
    """A request to a pool ends after its time or so many rings; a contact's place in line never does."""
    if invitation.kind == Kind.ROUTE:
        return False
    return invitation.expires_at <= now or invitation.rings.count() >= Site.current().pool_rings


def _nobody(interaction, invitation, now) -> None:
    invitation.move(Invited.EXPIRED, now=now)
    _tell(interaction, "nobody", invitation, invitation.inviter, now)


@transaction.atomic(durable=True)
def give_up(invitation_id, *, now: datetime) -> None:
    """Nobody of the pool took it in time, or is in it. Raises Conflict when it rings. Emits invitation.expired."""
    interaction = Interaction.lock(Invitation.objects.values_list("interaction_id", flat=True).get(pk=invitation_id))
    invitation = _of(interaction, invitation_id)
    abandoned = Invitation.objects.abandoned().filter(pk=invitation_id).exists()
    if invitation.state != Invited.WAITING or not (abandoned or _has_had_its_chances(invitation, now)):
        raise Conflict("no_longer_available", "It was answered meanwhile.")
    _nobody(interaction, invitation, now)
    events.record(interaction, "invitation.expired", now=now, kind=invitation.kind)


@transaction.atomic(durable=True)
def disallow(invitation_id, *, now: datetime) -> None:
    """Whoever asked may no longer ask such targets: what still waits for an agent ends, and the chat's agents read why.

    Raises Conflict when it rings, which goes on, or was answered. Emits invitation.withdrawn.
    """
    interaction = Interaction.lock(Invitation.objects.values_list("interaction_id", flat=True).get(pk=invitation_id))
    invitation = _of(interaction, invitation_id)
    if invitation.state != Invited.WAITING or permissions.can_go_on(invitation) is None:
        raise Conflict("no_longer_available", "It rings, or was answered meanwhile.")
    invitation.move(Invited.REVOKED, now=now)
    by = invitation.inviter
    _tell(interaction, "not_allowed", invitation, by, now, by=by.nickname)
    events.record(interaction, "invitation.withdrawn", now=now, why="not_allowed")


def _locked(invitation_id, agent: Agent) -> tuple[Interaction, Invitation]:
    """What rang at this agent at any time; anything else does not exist for them."""
    found = Invitation.objects.filter(pk=invitation_id, rings__agent=agent).first()
    if found is None:
        raise NotFound(message="There is no such invitation.")
    interaction = Interaction.lock(found.interaction_id)
    return interaction, _of(interaction, invitation_id)


def _locked_by_ring(ring_id):
    found = Ring.objects.select_related("invitation").get(pk=ring_id)
    interaction = Interaction.lock(found.invitation.interaction_id)
    ring = Ring.objects.get(pk=ring_id)
    if ring.outcome:
        raise Conflict("no_longer_available", "This ring was answered meanwhile.")
    return interaction, _of(interaction, ring.invitation_id), ring


def _of(interaction, invitation_id) -> Invitation:
    return interaction.invitations.with_targets().get(pk=invitation_id)


def _must_ring(interaction, invitation: Invitation, agent: Agent) -> Ring:
    ring = invitation.rings.open().filter(agent=agent).select_related("invitation__queue").first()
    if ring is None:
        raise _gone(interaction, invitation)
    return ring


def _gone(interaction, invitation: Invitation) -> Conflict:
    """Why it can no longer be answered, in words."""
    if interaction.state == State.ENDED:
        left = interaction.end_cause in ("left", "grace")
        return Conflict("ended", "The contact has left." if left else "The chat has ended.")
    words = {
        Invited.ACCEPTED: "It was accepted already.",
        Invited.CANCELLED: "It was cancelled.",
        Invited.EXPIRED: "Its time was over.",
    }.get(invitation.state, "It no longer rings here.")
    return Conflict("no_longer_available", words)
