"""Who works here: agents come, their sign-in changes, and they hear of what was changed for them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from agents.models import Agent, AgentGroup, ChannelStatus, DeskSession
from agents.status import Status
from core import realtime
from core.models import Event
from core.realtime import Post

from .status import change


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
    agent = Agent.objects.create(user=user, **named, **options)
    agent.groups.set(groups)
    for channel, _ in ChannelStatus.CHANNELS:
        change(agent, Status.LOGGED_OFF, None, channel=channel, now=now)
    record(agent, "agent.enrolled", now=now, by="admin")
    return agent


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


def tell(agents: QuerySet[Agent]) -> None:
    """Part of a larger change: these desks show something new; open workspaces fetch it with the next beat."""
    Agent.lock(agents.values_list("pk", flat=True))
    _reckon(agents)


def other_privileges(agents: QuerySet[Agent]) -> None:
    """Part of a larger change: these agents may do other things now, or be reached otherwise.

    The engine follows it up.
    """
    Agent.objects.filter(pk__in=agents.values("pk")).update(outdated=True)
    transaction.on_commit(lambda: realtime.wake("engine"), robust=True)


def _reckon(agents: QuerySet[Agent]) -> None:
    """When they lock may be another time now."""
    for desk in DeskSession.objects.open().filter(agent__in=agents).select_related("agent"):
        desk.lock_at = DeskSession.due(desk.agent, desk.input_at)
        desk.save(update_fields=["lock_at"])


def record(agent: Agent, name: str, *, now: datetime, by: str = "system", **data) -> None:
    """Last line of an action after which a desk shows something else: open workspaces look soon, and fetch."""
    Event.objects.create(subject=agent.id, version=agent.version, name=name, actor=by, at=now, data=data)
    transaction.on_commit(lambda: realtime.publish([Post((agent.holder,), control="recheck")]), robust=True)
