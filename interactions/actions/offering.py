"""Waiting chats are offered to agents."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from agents.models import Agent, Site
from core import leases
from core.errors import Conflict
from interactions import events
from interactions.load import loads
from interactions.models import Interaction, Invitation, Party, Ring, RoutingDecision
from interactions.states import Invited, Rang
from routing import engine


def offer_all(now: datetime) -> int:
    """Offer every waiting chat that somebody can take, in the order of the line. Returns how many rang."""
    rang, exhausted = 0, set()
    for id, *pool in Invitation.objects.waiting_in_order().values_list("id", "queue_id", "group_id", "skill_id"):
        if tuple(pool) not in exhausted:
            asked, somebody = offer_next(id, now=now)
            rang += asked
            if not somebody:
                exhausted.add(tuple(pool))
    return rang


def offer_next(invitation_id, *, now: datetime) -> tuple[bool, bool]:
    """Ring a waiting invitation at the agent whom the strategy chooses.

    Returns (it rings, the pool has anybody who could be asked for another chat).
    """
    rows = Invitation.objects.select_related("queue", "group", "skill", "interaction", "inviter")
    invitation = rows.filter(pk=invitation_id).first()
    if invitation is None or invitation.state != Invited.WAITING:
        return False, True
    pool = candidates(invitation, now)
    chosen, verdicts = engine.choose(pool, now)
    others = [replace(candidate, party=False, invited=False, asks=False) for candidate in pool]
    somebody = any(engine.judge(candidate).fit for candidate in others)
    if chosen is None:
        _explain_waiting(invitation, verdicts, now)
        return False, somebody
    try:
        ring(invitation_id, chosen, verdicts, now=now)
    except Conflict:  # somebody else was quicker: the next sweep decides anew
        return False, True
    return True, True


@transaction.atomic(durable=True)
def ring(invitation_id, agent_id, verdicts, *, now: datetime) -> Ring:
    """Let a waiting invitation ring at one agent, once more checked under their lock.

    Raises Conflict `no_longer_available`. Emits invitation.ringing.
    """
    found = Invitation.objects.get(pk=invitation_id)
    interaction = Interaction.lock(found.interaction_id)
    (agent,) = interaction.lock_agents(agent_id)
    invitation = interaction.invitations.select_related("queue", "group", "skill", "inviter").get(pk=invitation_id)
    if not _still_fits(invitation, agent, now):
        raise Conflict("no_longer_available", "This agent can no longer be asked.")
    invitation.move(Invited.RINGING, now=now)
    made = start_ring(interaction, invitation, agent, now=now)
    record_decision(invitation, verdicts, agent, now)
    events.record(interaction, "invitation.ringing", now=now, agent=str(agent.id), kind=invitation.kind)
    return made


def start_ring(interaction, invitation, agent, *, now) -> Ring:
    """The row of one attempt; the agent must be locked."""
    return Ring.objects.create(
        invitation=invitation,
        agent=agent,
        routed=invitation.pool is not None,
        started_at=now,
        expires_at=now + timedelta(seconds=invitation.ring_seconds),
        version=interaction.version,
    )


def candidates(invitation: Invitation, now: datetime, *, agent_id=None) -> list[engine.Candidate]:
    """The pool's agents as routing sees them now."""
    rows = invitation.asked().prefetch_related("channels", "groups")
    agents = list(rows.filter(pk=agent_id) if agent_id else rows)
    site, busy = Site.current(), loads(agent.id for agent in agents)
    live = leases.live([agent.holder for agent in agents], now)
    asked = _asked(invitation)
    preferred = _preferred(invitation, now)
    inside = set(Party.objects.here().filter(interaction=invitation.interaction_id).values_list("agent_id", flat=True))
    invited = _invited_otherwise(invitation)
    return [
        engine.Candidate(
            id=agent.id,
            ready=any(c.channel == "chat" and c.status == "ready" for c in agent.channels.all()),
            present=agent.holder in live,
            load=busy[agent.id].used,
            slots=agent.slots(site),
            unclosed=busy[agent.id].unclosed,
            unclosed_limit=site.unclosed_limit,
            route_ringing=busy[agent.id].route_ringing,
            idle_since=agent.idle_since,
            asked_at=asked.get(agent.id),
            party=agent.id in inside,
            invited=agent.id in invited,
            asks=invitation.inviter is not None and invitation.inviter.agent_id == agent.id,
            leaving=bool(agent.after_last),
            preferred=agent.id == preferred,
        )
        for agent in agents
    ]


def _preferred(invitation: Invitation, now):
    """The agent of the contact's last chat, as long as the queue keeps it for them."""
    seconds = invitation.queue.last_agent_seconds if invitation.queue else 0
    kept = now - invitation.created_at < timedelta(seconds=seconds)
    return invitation.preferred_id if kept else None


def _asked(invitation: Invitation) -> dict:
    """When this invitation's last ring ended at each agent; one that was withdrawn asked nobody."""
    rings = invitation.rings.exclude(ended_at=None).exclude(outcome=Rang.WITHDRAWN).order_by("ended_at")
    return dict(rings.values_list("agent_id", "ended_at"))


def _invited_otherwise(invitation: Invitation) -> set:
    """At whom another invitation of the same chat rings: nobody can join twice."""
    rings = Ring.objects.open().filter(invitation__interaction=invitation.interaction_id)
    return set(rings.exclude(invitation=invitation).values_list("agent_id", flat=True))


def _still_fits(invitation: Invitation, agent, now) -> bool:
    pool = candidates(invitation, now, agent_id=agent.id)
    return any(engine.judge(candidate).fit for candidate in pool)


def record_decision(invitation: Invitation, verdicts, agent, now) -> None:
    """Whom routing looked at, and why each was or was not chosen."""
    names = dict(Agent.objects.filter(pk__in=[verdict.id for verdict in verdicts]).values_list("id", "nickname"))
    rows = [
        {"agent": str(v.id), "name": names[v.id], "chosen": bool(agent and v.id == agent.id), "reason": v.reason}
        for v in verdicts
    ]
    RoutingDecision.objects.create(
        invitation=invitation, pool=invitation.pool.name, chosen=agent, candidates=rows, at=now
    )


def _explain_waiting(invitation: Invitation, verdicts, now) -> None:
    """Once per wait: why nobody could be asked."""
    last = invitation.decisions.order_by("at", "id").last()
    if last is None or last.chosen_id is not None:
        record_decision(invitation, verdicts, None, now)
