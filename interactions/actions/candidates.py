"""The agents of a pool as routing sees them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from agents.models import Agent, AgentSkill, Site
from core import leases
from interactions import permissions
from interactions.load import loads
from interactions.models import Invitation, Party, Ring
from interactions.states import Kind, Rang
from routing import engine, widening
from routing.models import Queue
from routing.widening import Plan

from .plans import Plans

WHOLE = 200


def candidates(
    invitation: Invitation, now: datetime, plan: Plan | None = None, *, agent_id=None, among: Collection | None = None
) -> list[engine.Candidate]:
    """The pool's agents, and those whom overflow adds, as they are now.

    `among`: all who have room. Of a pool of more than `WHOLE` agents only those are looked at, and the preferred one.
    """
    plan = plan or Plans(now).of(invitation)
    agents = _agents(invitation, plan, agent_id, among)
    ids = [agent.id for agent in agents]
    site, busy, levels = Site.current(), loads(ids), _levels(ids, _compared(invitation, plan))
    through = _through(ids, plan)
    live = leases.live([agent.holder for agent in agents], now)
    Agent.read_roles(agents)
    asked = _asked(invitation)
    preferred = _preferred(invitation, now)
    inside, consult = _inside(invitation), invitation.kind == Kind.CONSULT
    invited = _invited_otherwise(invitation)
    return [
        engine.Candidate(
            id=agent.id,
            ready=any(c.channel == "chat" and c.status == "ready" for c in agent.channels.all()),
            present=agent.holder in live,
            load=busy[agent.id].consulted if consult else busy[agent.id].used,
            slots=agent.option("consultation_limit" if consult else "capacity", site).value,
            unclosed=0 if consult else busy[agent.id].unclosed,
            unclosed_limit=agent.option("unclosed_limit", site).value,
            route_ringing=busy[agent.id].route_ringing,
            idle_since=agent.idle_since,
            asked_at=asked.get(agent.id),
            party=agent.id in inside,
            invited=agent.id in invited,
            asks=invitation.kind != Kind.ROUTE and invitation.inviter.agent_id == agent.id,
            leaving=bool(agent.after_last),
            allowed=permissions.can_use_chat(agent) is None,
            preferred=agent.id == preferred,
            lacks=widening.lacks(plan.needs, levels.get(agent.id, {})),
            level=sum(levels.get(agent.id, {}).values()),
            tier=plan.queues.index(through[agent.id]) if through else 0,
            through=through.get(agent.id),
            turn_at=getattr(agent, "turn_at", None),
        )
        for agent in agents
    ]


def pool(invitation: Invitation, plan: Plan) -> QuerySet[Agent]:
    """Everybody who can be asked, overflow included."""
    if len(plan.queues) > 1:
        return Agent.objects.active().filter(queues__in=plan.queues).distinct()
    return invitation.asked()


def _agents(invitation: Invitation, plan: Plan, agent_id, among: Collection | None) -> list[Agent]:
    rows = pool(invitation, plan)
    if agent_id:
        rows = rows.filter(pk=agent_id)
    elif among is not None and invitation.kind != Kind.CONSULT and rows.order_by()[: WHOLE + 1].count() > WHOLE:
        rows = rows.filter(pk__in={*among, invitation.preferred_id} - {None})
    if invitation.strategy == engine.ROUND_ROBIN:
        rang = Ring.objects.filter(agent=OuterRef("pk"), routed=True).order_by("-started_at")
        rows = rows.annotate(turn_at=Subquery(rang.values("started_at")[:1]))
    return list(rows.prefetch_related("channels", "groups"))


def _through(ids: list, plan: Plan) -> dict:
    """{agent: the first queue of the plan whose agent they are}; empty for groups and skills."""
    if len(plan.queues) == 1:
        return dict.fromkeys(ids, plan.queues[0])
    found: dict = {}
    seats = Queue.agents.through.objects.filter(agent__in=ids, queue__in=plan.queues)
    for agent, queue in sorted(seats.values_list("agent_id", "queue_id"), key=lambda seat: plan.queues.index(seat[1])):
        found.setdefault(agent, queue)
    return found


def _compared(invitation: Invitation, plan: Plan) -> tuple:
    """The skills whose levels matter here."""
    return (invitation.skill_id,) if invitation.skill_id else plan.skills


def _levels(ids: list, skills: tuple) -> dict:
    """{agent: {skill: level}} of these skills."""
    found: dict = {}
    rows = AgentSkill.objects.filter(agent__in=ids, skill__in=skills) if skills else []
    for row in rows:
        found.setdefault(row.agent_id, {})[row.skill_id] = row.level
    return found


def _preferred(invitation: Invitation, now):
    """The agent of the contact's last chat, as long as the queue keeps it for them."""
    seconds = invitation.queue.option("last_agent_seconds").value if invitation.queue else 0
    kept = now - invitation.created_at < timedelta(seconds=seconds)
    return invitation.preferred_id if kept else None


def _inside(invitation: Invitation) -> set:
    """Who cannot be asked because they are in the chat, or for a consultation, are consulted on it already."""
    here = Party.objects.here().filter(interaction=invitation.interaction_id)
    here = here if invitation.kind == Kind.CONSULT else here.agents()
    return set(here.values_list("agent_id", flat=True))


def _asked(invitation: Invitation) -> dict:
    """When this invitation's last ring ended at each agent; one that was withdrawn asked nobody.

    Whoever transferred the chat to the queue had it last, so others come first.
    """
    rings = invitation.rings.exclude(ended_at=None).exclude(outcome=Rang.WITHDRAWN).order_by("ended_at")
    had = {invitation.inviter.agent_id: invitation.created_at} if invitation.inviter else {}
    return had | dict(rings.values_list("agent_id", "ended_at"))


def _invited_otherwise(invitation: Invitation) -> set:
    """At whom another invitation of the same chat rings: nobody can join twice."""
    rings = Ring.objects.open().filter(invitation__interaction=invitation.interaction_id)
    return set(rings.exclude(invitation=invitation).values_list("agent_id", flat=True))
