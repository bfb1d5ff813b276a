"""Waiting chats are offered to agents."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from agents.models import Agent
from core.errors import Conflict
from interactions import events
from interactions.models import Interaction, Invitation, Ring, RoutingDecision
from interactions.models.lane import PUBLIC
from interactions.states import Invited
from routing import engine
from routing.models import Queue
from routing.widening import Plan

from .candidates import candidates
from .plans import Plans


def offer_all(now: datetime) -> int:
    """Offer every waiting chat that somebody can take, in the order of the line. Returns how many rang."""
    rang, exhausted, plans = 0, set(), Plans(now)
    for invitation in Invitation.objects.waiting_in_order().select_related("interaction"):
        plan = plans.of(invitation)
        asks = (invitation.pool_key, plan.queues, plan.needs)
        if asks not in exhausted:
            asked, somebody = offer_next(invitation.id, now=now, plan=plan)
            rang += asked
            if not somebody:
                exhausted.add(asks)
    return rang


def offer_next(invitation_id, *, now: datetime, plan: Plan) -> tuple[bool, bool]:
    """Ring a waiting invitation at the agent whom the strategy chooses.

    Returns (it rings, the pool has anybody who could be asked for another chat).
    """
    rows = Invitation.objects.select_related("queue", "group", "skill", "interaction", "inviter")
    invitation = rows.filter(pk=invitation_id).first()
    if invitation is None or invitation.state != Invited.WAITING:
        return False, True
    pool = candidates(invitation, now, plan)
    chosen, verdicts = engine.choose(pool, now, invitation.strategy)
    others = [replace(candidate, party=False, invited=False, asks=False) for candidate in pool]
    somebody = any(engine.judge(candidate).fit for candidate in others)
    if chosen is None:
        _explain_waiting(invitation, verdicts, plan, now)
        return False, somebody
    try:
        ring(invitation_id, chosen, verdicts, plan=plan, now=now)
    except Conflict:  # somebody else was quicker: the next sweep decides anew
        return False, True
    return True, True


@transaction.atomic(durable=True)
def ring(invitation_id, agent_id, verdicts, *, plan: Plan | None = None, now: datetime) -> Ring:
    """Let a waiting invitation ring at one agent, once more checked under their lock.

    `plan`: what was in force when the agent was chosen; None: look now. Raises Conflict `no_longer_available`.
    Emits invitation.ringing.
    """
    found = Invitation.objects.get(pk=invitation_id)
    interaction = Interaction.lock(found.interaction_id)
    (agent,) = interaction.lock_agents(agent_id)
    rows = interaction.invitations.select_related("queue", "group", "skill", "inviter", "interaction")
    invitation = rows.get(pk=invitation_id)
    plan = plan or Plans(now).of(invitation)
    fitting = _still_fits(invitation, agent, plan, now)
    if fitting is None:
        raise Conflict("no_longer_available", "This agent can no longer be asked.")
    invitation.move(Invited.RINGING, now=now)
    made = start_ring(interaction, invitation, agent, through=fitting.through, now=now)
    record_decision(invitation, verdicts, agent, plan, now)
    events.record(interaction, "invitation.ringing", now=now, agent=str(agent.id), kind=invitation.kind)
    return made


def start_ring(interaction, invitation, agent, *, through=None, now) -> Ring:
    """The row of one attempt; the agent must be locked. `through`: the queue whose agent they are."""
    queue = through and Queue.objects.get(pk=through)
    seconds = queue.option("ring_time").value if queue else invitation.ring_seconds
    return Ring.objects.create(
        invitation=invitation,
        agent=agent,
        queue=queue,
        routed=invitation.pool is not None,
        started_at=now,
        expires_at=now + timedelta(seconds=seconds),
        version=interaction.version,
        heard=interaction.lanes.get(name=PUBLIC).head,
    )


def _still_fits(invitation: Invitation, agent, plan: Plan, now) -> engine.Candidate | None:
    pool = candidates(invitation, now, plan, agent_id=agent.id)
    return next((candidate for candidate in pool if engine.judge(candidate).fit), None)


def record_decision(invitation: Invitation, verdicts, agent, plan: Plan, now) -> None:
    """Whom routing looked at, and why each was or was not chosen."""
    names = dict(Agent.objects.filter(pk__in=[verdict.id for verdict in verdicts]).values_list("id", "nickname"))
    rows = [
        {"agent": str(v.id), "name": names[v.id], "chosen": bool(agent and v.id == agent.id), "reason": v.reason}
        for v in verdicts
    ]
    notes = _notes(invitation, plan)
    RoutingDecision.objects.create(
        invitation=invitation, pool=invitation.pool.name, chosen=agent, candidates=rows, notes=notes, at=now
    )


def _notes(invitation: Invitation, plan: Plan) -> list[str]:
    """Why it is this queue, what the chat needs, and where else it is offered."""
    return [*filter(None, [invitation.because]), *plan.notes]


def _explain_waiting(invitation: Invitation, verdicts, plan: Plan, now) -> None:
    """Once per wait, and again when a step has come: why nobody could be asked."""
    if _explained(invitation, plan):
        return
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)  # other engines look at the same line
        if not _explained(invitation, plan):
            record_decision(invitation, verdicts, None, plan, now)


def _explained(invitation: Invitation, plan: Plan) -> bool:
    last = invitation.decisions.order_by("at", "id").last()
    return last is not None and last.chosen_id is None and last.notes == _notes(invitation, plan)
