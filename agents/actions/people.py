"""Who works here: agents come, their sign-in changes, and they hear of what was changed for them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from agents.models import Agent, AgentGroup, AgentSkill, ChannelStatus, DeskSession, Site, Skill, StatusPeriod
from agents.status import Status
from core import many, realtime
from core.models import Event
from core.realtime import Post

SOME = 400  # rows that one statement changes, each to something else


@transaction.atomic
def enroll(
    user,
    *,
    name: str,
    nickname: str,
    department: str = "",
    supervisor: bool = False,
    groups: Iterable[AgentGroup] = (),
    now: datetime,
    **options,
) -> Agent:
    """This user is an agent from now on, logged off. `options`: those that cascade. Emits agent.enrolled."""
    named = {"name": name, "nickname": nickname, "department": department, "supervisor": supervisor}
    agent = Agent(user=user, **named, **options)
    enroll_all([agent], now=now)
    agent.groups.set(groups)
    return agent


def enroll_all(agents: list[Agent], *, now: datetime) -> None:
    """Part of a larger change: these, whose users are there, work here from now on. Emits agent.enrolled of each."""
    many.insert(agents)
    off = {"status": Status.LOGGED_OFF, "since": now}
    places = [{"agent": agent, "channel": channel} for agent in agents for channel, _ in ChannelStatus.CHANNELS]
    many.insert([ChannelStatus(**place, **off) for place in places])
    many.insert([StatusPeriod(**place, **off) for place in places])
    record_all(agents, "agent.enrolled", now=now, by="admin")


@transaction.atomic
def revise(agent: Agent, *, fields: Iterable[str], now: datetime) -> None:
    """Store these fields of the agent as they stand, and no others: status and versions move meanwhile.

    Emits agent.revised; open workspaces look whether their sign-in still holds.
    """
    (locked,) = Agent.lock([agent.id])
    agent.version = locked.version
    agent.save(update_fields=list(fields))
    _reckon(Agent.objects.filter(pk=agent.pk))
    record(agent, "agent.revised", now=now, by="admin")


def revise_all(agents: list[Agent], *, fields: Iterable[str], now: datetime) -> None:
    """The same of many, as part of a larger change that everybody hears of. Emits agent.revised of each.

    Everybody is locked at once: the rest of the change locks them too, and two passes would not be in one order.
    """
    if not agents:
        return
    Agent.lock_all(Agent.objects.all())
    versions = dict(Agent.objects.order_by().values_list("pk", "version"))
    for agent in agents:
        agent.version = versions[agent.pk]
    many.update(agents, fields)
    record_all(agents, "agent.revised", now=now, by="admin")


@transaction.atomic
def let_in(agent_id, allowed: bool, *, now: datetime) -> None:
    """Give the sign-in, or take it away: then their open workspaces close. Emits agent.let_in, agent.shut_out.

    Who shares a chat with them may, or may no longer, write to them: the engine tells these desks.
    """
    (agent,) = Agent.lock([agent_id])
    agent.user.is_active = allowed
    agent.user.save(update_fields=["is_active"])
    other_privileges(Agent.objects.filter(pk=agent.pk))
    record(agent, "agent.let_in" if allowed else "agent.shut_out", now=now, by="admin")


def give_level(skill: Skill, agents: Iterable[Agent], level: int) -> None:
    """Part of a larger change: these agents have the skill at this level from now on; 0: not at all."""
    rows = [AgentSkill(agent=agent, skill=skill, level=level) for agent in agents]
    if level == 0:
        skill.levels.filter(agent__in=[row.agent_id for row in rows]).delete()
        return
    at_once = {"update_conflicts": True, "unique_fields": ["agent", "skill"], "update_fields": ["level"]}
    AgentSkill.objects.bulk_create(rows, **at_once)


def tell(agents: QuerySet[Agent]) -> None:
    """Part of a larger change: these desks show something new; open workspaces fetch it with the next beat."""
    Agent.lock_all(agents)
    _reckon(agents)


def other_privileges(agents: QuerySet[Agent]) -> None:
    """Part of a larger change: these agents may do other things now, or be reached otherwise.

    The engine follows it up.
    """
    Agent.objects.filter(pk__in=agents.values("pk")).update(outdated=True)
    transaction.on_commit(lambda: realtime.wake("engine"), robust=True)


def _reckon(agents: QuerySet[Agent]) -> None:
    """When they lock may be another time now."""
    desks, site = list(DeskSession.objects.open().filter(agent__in=agents).select_related("agent")), Site.current()
    Agent.read_groups([desk.agent for desk in desks])
    due = {desk: DeskSession.due(desk.agent, desk.input_at, site) for desk in desks}
    other = [desk for desk in desks if desk.lock_at != due[desk]]
    for desk in other:
        desk.lock_at = due[desk]
    DeskSession.objects.bulk_update(other, ["lock_at"], batch_size=SOME)


def record(agent: Agent, name: str, *, now: datetime, by: str = "system", **data) -> None:
    """Last line of an action after which a desk shows something else: open workspaces look soon, and fetch."""
    record_all([agent], name, now=now, by=by, **data)


def record_all(agents: list[Agent], name: str, *, now: datetime, by: str = "system", **data) -> None:
    """The same of many agents."""
    said = {"name": name, "actor": by, "at": now, "data": data}
    many.insert([Event(subject=agent.id, version=agent.version, **said) for agent in agents])
    posts = [Post((agent.holder,), control="recheck") for agent in agents]
    transaction.on_commit(lambda: realtime.publish(posts), robust=True)
