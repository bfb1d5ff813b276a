"""Waiting chats are offered to agents."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from agents.models import Agent
from core.errors import Conflict
from interactions import events
from interactions.models import Interaction, Invitation, Ring, RoutingDecision
from interactions.models.lane import PUBLIC
from interactions.states import Invited
from routing import engine
from routing.models import Queue
from routing.widening import Plan

from .candidates import candidates, pool
from .line import Line, Seats, heads
from .plans import Plans

OTHERS = "had no room or was not Ready"


def offer_all(now: datetime) -> int:
    """Offer every waiting chat that somebody can take, in the order of the line. Returns how many rang."""
    rang, line = 0, Line(now)
    for invitation, plan in line:
        agent, somebody = offer_next(invitation.id, now=now, plan=plan, seats=line.seats)
        rang += agent is not None
        line.done(invitation, plan, agent, somebody)
    _explain_heads(heads().values() if rang else line.not_looked_at(), line.plans, now)
    return rang


def offer_next(invitation_id, *, now: datetime, plan: Plan, seats: Seats | None = None) -> tuple[UUID | None, bool]:
    """Ring a waiting invitation at the agent whom the strategy chooses. `seats`: who has room, where that is known.

    Returns (at whom it rings, the pool has anybody who could be asked for another chat).
    """
    invitation = _asked().filter(pk=invitation_id).first()
    if invitation is None or invitation.state != Invited.WAITING:
        return None, True
    found = candidates(invitation, now, plan, among=seats and seats.queues)
    chosen, verdicts = engine.choose(found, now, invitation.strategy)
    others = [replace(candidate, party=False, invited=False, asks=False) for candidate in found]
    somebody = any(engine.judge(candidate).fit for candidate in others)
    if chosen is None:
        _explain_waiting(invitation, verdicts, plan, now)
        return None, somebody
    try:
        ring(invitation_id, chosen, verdicts, plan=plan, now=now)
    except Conflict:  # somebody else was quicker: the next sweep decides anew
        return None, True
    return chosen, True


def _asked() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("queue", "group", "skill", "interaction", "inviter")


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
    found = candidates(invitation, now, plan, agent_id=agent.id)
    return next((candidate for candidate in found if engine.judge(candidate).fit), None)


def record_decision(invitation: Invitation, verdicts, agent, plan: Plan, now) -> None:
    """Whom routing looked at, and why each was or was not chosen."""
    names = dict(Agent.objects.filter(pk__in=[verdict.id for verdict in verdicts]).values_list("id", "nickname"))
    rows = [
        {"agent": str(v.id), "name": names[v.id], "chosen": bool(agent and v.id == agent.id), "reason": v.reason}
        for v in verdicts
    ]
    notes = [*_notes(invitation, plan), *_others(invitation, plan, len(rows))]
    RoutingDecision.objects.create(
        invitation=invitation, pool=invitation.pool.name, chosen=agent, candidates=rows, notes=notes, at=now
    )


def _notes(invitation: Invitation, plan: Plan) -> list[str]:
    """Why it is this queue, what the chat needs, and where else it is offered."""
    return [*filter(None, [invitation.because]), *plan.notes]


def _others(invitation: Invitation, plan: Plan, looked_at: int) -> list[str]:
    """Of a large pool, how many were not looked at one by one."""
    others = pool(invitation, plan).count() - looked_at
    return [f"each of {others} more agents {OTHERS}"] if others > 0 else []


def _explain_waiting(invitation: Invitation, verdicts, plan: Plan, now) -> None:
    """Once per wait, and again when a step has come: why nobody could be asked."""
    if _explained(invitation, plan):
        return
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)  # other engines look at the same line
        if not _explained(invitation, plan):
            record_decision(invitation, verdicts, None, plan, now)


def _explain_heads(ids: Collection, plans: Plans, now) -> None:
    """Of lines whose agents have no room the first chat says so."""
    if not ids:
        return
    last = {row.invitation_id: row for row in RoutingDecision.objects.filter(invitation__in=ids).order_by("at", "id")}
    for invitation in _asked().filter(pk__in=ids):
        plan = plans.of(invitation)
        if not _says(last.get(invitation.id), invitation, plan):
            found = candidates(invitation, now, plan, among=())
            _explain_waiting(invitation, engine.choose(found, now, invitation.strategy)[1], plan, now)


def _explained(invitation: Invitation, plan: Plan) -> bool:
    return _says(invitation.decisions.order_by("at", "id").last(), invitation, plan)


def _says(last: RoutingDecision | None, invitation: Invitation, plan: Plan) -> bool:
    if last is None or last.chosen_id is not None:
        return False
    return [note for note in last.notes if not note.endswith(OTHERS)] == _notes(invitation, plan)
