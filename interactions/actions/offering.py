"""Waiting chats are offered to agents."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from agents.models import Site
from core.errors import Conflict
from interactions import events
from interactions.models import Interaction, Invitation, Ring, RoutingDecision
from interactions.picture import Picture
from interactions.states import Invited
from routing import engine
from routing.models import Queue
from routing.widening import Plan

from .candidates import Look, look, look_at
from .deciding import Decision, decide, keep, says
from .line import Line, Seats, heads
from .plans import Plans


def offer_all(now: datetime) -> int:
    """Offer every waiting chat that somebody can take, in the order of the line. Returns how many rang."""
    rang, line = 0, Line(now)
    for invitation, plan in line:
        agent, somebody = offer_next(invitation.id, plan=plan, site=line.plans.site, seats=line.seats, now=now)
        rang += agent is not None
        line.done(invitation, plan, agent, somebody)
    _explain_heads(heads().values() if rang else line.not_looked_at(), line.plans, now)
    return rang


def offer_next(
    invitation_id, *, plan: Plan, site: Site, seats: Seats | None = None, now: datetime
) -> tuple[UUID | None, bool]:
    """Ring a waiting invitation at the agent whom the strategy chooses. `seats`: who has room, where that is known.

    Returns (at whom it rings, the pool has anybody who could be asked for another chat).
    """
    invitation = _asked().filter(pk=invitation_id).first()
    if invitation is None or invitation.state != Invited.WAITING:
        return None, True
    found = look(invitation, plan, site, now, among=seats and seats.queues)
    decision = decide(invitation, plan, found, now)
    if decision.chosen is None:
        _explain_waiting(invitation, decision, now)
        return None, _somebody(found)
    try:
        ring(invitation, decision, now=now)
    except Conflict:  # somebody else was quicker: the next sweep decides anew
        return None, True
    return decision.chosen, True


def _asked() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("queue", "interaction")


def _somebody(found: Look) -> bool:
    """Could any of them be asked for another chat?"""
    others = [replace(candidate, party=False, invited=False, asks=False) for candidate in found.candidates]
    return any(engine.judge(candidate).fit for candidate in others)


@transaction.atomic(durable=True)
def ring(seen: Invitation, decision: Decision, *, now: datetime) -> Ring:
    """Let a waiting invitation ring at the agent who was chosen, once more checked under their lock.

    Of what was `seen` before the lock nothing counts but which one it is. Raises Conflict `no_longer_available`.
    Emits invitation.ringing.
    """
    interaction = Interaction.lock(seen.interaction_id)
    (agent,) = interaction.lock_agents(decision.chosen)
    invitation = interaction.invitation(seen.pk)
    plan = decision.plan or Plans(now).of(invitation)
    found = look_at(invitation, plan, interaction.site, now, agent)
    fitting = next((candidate for candidate in found if engine.judge(candidate).fit), None)
    if fitting is None:
        raise Conflict("no_longer_available", "This agent can no longer be asked.")
    invitation.move(Invited.RINGING, now=now)
    picture = Picture(interaction)
    made = start_ring(picture, invitation, agent, through=fitting.through, now=now)
    keep(decision, invitation, plan, now)
    about = {"agent": str(agent.id), "kind": invitation.kind}
    events.record(interaction, "invitation.ringing", now=now, rows=picture.rows.after_asking(now), **about)
    return made


def start_ring(picture: Picture, invitation, agent, *, through=None, now) -> Ring:
    """The row of one attempt; the agent must be locked. `through`: the queue whose agent they are."""
    interaction = picture.interaction
    queue = invitation.queue if through == invitation.queue_id else Queue.objects.get(pk=through)
    own = queue or invitation.queue or interaction.queue
    seconds = own.option("ring_time", interaction.site).value if own else interaction.site.ring_time
    return Ring.objects.create(
        invitation=invitation,
        agent=agent,
        queue=queue,
        routed=invitation.pool is not None,
        started_at=now,
        expires_at=now + timedelta(seconds=seconds),
        version=interaction.version,
        heard=picture.public.head,
    )


def _explain_waiting(invitation: Invitation, decision: Decision, now) -> None:
    """Once per wait, and again when a step has come: why nobody could be asked."""
    if _explained(invitation, decision.plan):
        return
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)  # other engines look at the same line
        if not _explained(invitation, decision.plan):
            keep(decision, invitation, decision.plan, now)


def _explain_heads(ids: Collection, plans: Plans, now) -> None:
    """Of lines whose agents have no room the first chat says so."""
    if not ids:
        return
    last = {row.invitation_id: row for row in RoutingDecision.objects.filter(invitation__in=ids).order_by("at", "id")}
    for invitation in _asked().filter(pk__in=ids):
        plan = plans.of(invitation)
        if not says(last.get(invitation.id), invitation, plan):
            found = look(invitation, plan, plans.site, now, among=())
            _explain_waiting(invitation, decide(invitation, plan, found, now), now)


def _explained(invitation: Invitation, plan: Plan) -> bool:
    return says(invitation.decisions.order_by("at", "id").last(), invitation, plan)
