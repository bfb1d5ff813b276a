"""The agents of a pool as routing sees them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from agents.models import Agent, AgentSkill, ChannelStatus, Site
from agents.status import Status
from core import leases
from interactions import permissions
from interactions.load import loads
from interactions.models import Invitation, Party, Ring
from interactions.states import Kind, Rang
from routing import engine, widening
from routing.models import Queue
from routing.widening import Plan

WHOLE = 200


class Look(NamedTuple):
    """What one look at an invitation found. `others`: how many more the pool has, who were not looked at one by one."""

    candidates: list[engine.Candidate]
    agents: dict
    others: int


def look(invitation: Invitation, plan: Plan, site: Site, now: datetime, *, among: Collection | None = None) -> Look:
    """The pool's agents, and those whom overflow adds, as they are now.

    `among`: all who have room. Of a pool of more than `WHOLE` agents only those are looked at, and the preferred one.
    """
    rows = _pool(invitation, plan)
    size = rows.order_by().count()
    if among is not None and size > WHOLE and invitation.kind != Kind.CONSULT:
        rows = rows.filter(pk__in={*among, invitation.preferred_id} - {None})
    agents = list(_standing(rows, invitation, now).only(*LIMITS))
    Agent.read_groups(agents)
    return Look(
        _candidates(invitation, plan, site, now, agents), {agent.id: agent for agent in agents}, size - len(agents)
    )


def look_at(invitation: Invitation, plan: Plan, site: Site, now: datetime, agent: Agent) -> list[engine.Candidate]:
    """This one of the pool alone, whom the action has locked; nobody if they are not of it any more.

    Of when they were asked nothing is said: that is about who comes first, not about who may be asked.
    """
    row = _pool(invitation, plan).filter(pk=agent.pk).order_by()
    for standing in _standing(row, invitation, now).values(*STANDING):
        vars(agent).update(standing, asked_at=None, turn_at=None)
        return _candidates(invitation, plan, site, now, [agent])
    return []


def _pool(invitation: Invitation, plan: Plan) -> QuerySet[Agent]:
    """Everybody who can be asked, overflow included."""
    if len(plan.queues) > 1:
        return Agent.objects.active().filter(queues__in=plan.queues).distinct()
    return invitation.asked()


LIMITS = ("name", "nickname", "idle_since", "after_last", "capacity", "consultation_limit", "unclosed_limit")
STANDING = ("is_ready", "is_present", "is_inside", "is_invited")


def _standing(agents: QuerySet[Agent], invitation: Invitation, now: datetime) -> QuerySet[Agent]:
    """With what may change at any moment: of each agent, and of each with this chat."""
    ready = ChannelStatus.objects.filter(agent=OuterRef("pk"), channel=ChannelStatus.CHAT, status=Status.READY)
    return agents.annotate(
        is_ready=Exists(ready),
        is_present=leases.lives("agent", "pk", now),
        is_inside=_one_of(_inside(invitation)),
        is_invited=_one_of(_invited_otherwise(invitation)),
        asked_at=Subquery(_asked(invitation).filter(agent=OuterRef("pk")).order_by("-ended_at").values("ended_at")[:1]),
        turn_at=_turn() if invitation.strategy == engine.ROUND_ROBIN else Value(None, output_field=DateTimeField()),
    )


def _one_of(rows: QuerySet) -> ExpressionWrapper:
    """Is the agent one of those of these rows?"""
    return ExpressionWrapper(Q(pk__in=rows.exclude(agent=None).order_by().values("agent")), BooleanField())


def _inside(invitation: Invitation) -> QuerySet[Party]:
    """Who cannot be asked because they are in the chat, or for a consultation, are consulted on it already."""
    here = Party.objects.here().filter(interaction=invitation.interaction_id)
    return here if invitation.kind == Kind.CONSULT else here.agents()


def _invited_otherwise(invitation: Invitation) -> QuerySet[Ring]:
    """Another invitation of the same chat rings at them: nobody can join twice."""
    rings = Ring.objects.open().filter(invitation__interaction=invitation.interaction_id)
    return rings.exclude(invitation=invitation.pk)


def _asked(invitation: Invitation) -> QuerySet[Ring]:
    """This invitation's rings that are over; one that was withdrawn asked nobody."""
    return Ring.objects.filter(invitation=invitation.pk).exclude(ended_at=None).exclude(outcome=Rang.WITHDRAWN)


def _turn() -> Subquery:
    """When a routed chat last rang there."""
    rang = Ring.objects.filter(agent=OuterRef("pk"), routed=True).order_by("-started_at")
    return Subquery(rang.values("started_at")[:1])


def _candidates(
    invitation: Invitation, plan: Plan, site: Site, now: datetime, agents: list[Agent]
) -> list[engine.Candidate]:
    ids = [agent.id for agent in agents]
    busy, levels, through = loads(ids), _levels(ids, _compared(invitation, plan)), _through(ids, plan)
    Agent.read_roles(agents)
    consult = invitation.kind == Kind.CONSULT
    asker = invitation.inviter and invitation.inviter.agent_id
    preferred = _preferred(invitation, site, now)
    return [
        engine.Candidate(
            id=agent.id,
            ready=agent.is_ready,
            present=agent.is_present,
            load=busy[agent.id].consulted if consult else busy[agent.id].used,
            slots=agent.option("consultation_limit" if consult else "capacity", site).value,
            unclosed=0 if consult else busy[agent.id].unclosed,
            unclosed_limit=agent.option("unclosed_limit", site).value,
            route_ringing=busy[agent.id].route_ringing,
            idle_since=agent.idle_since,
            asked_at=agent.asked_at or (invitation.created_at if agent.id == asker else None),
            party=agent.is_inside,
            invited=agent.is_invited,
            asks=invitation.kind != Kind.ROUTE and agent.id == asker,
            leaving=bool(agent.after_last),
            allowed=permissions.can_use_chat(agent) is None,
            preferred=agent.id == preferred,
            lacks=widening.lacks(plan.needs, levels.get(agent.id, {})),
            level=sum(levels.get(agent.id, {}).values()),
            tier=plan.queues.index(through[agent.id]) if through else 0,
            through=through.get(agent.id),
            turn_at=agent.turn_at,
        )
        for agent in agents
    ]


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


def _preferred(invitation: Invitation, site: Site, now):
    """The agent of the contact's last chat, as long as the queue keeps it for them."""
    seconds = invitation.queue.option("last_agent_seconds", site).value if invitation.queue else 0
    kept = now - invitation.created_at < timedelta(seconds=seconds)
    return invitation.preferred_id if kept else None
