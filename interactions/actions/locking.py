"""Workspaces lock: by hand, or when nobody touched them for a while; the password opens them again.

The lock is of a session, so all tabs of a browser share it, over reload and restart. When an agent's last open
workspace locks, nobody is there: `agent.locked_at`, and Not Ready where the site wants it.
"""

import hashlib
from datetime import datetime

from django.db import transaction

from agents.actions.status import change
from agents.models import Agent, DeskSession, Reason
from agents.status import Status
from core import rates, realtime
from core.errors import NotAllowed, TooMany
from core.realtime import Post
from interactions import events

from .status import take_back_rings

TRIES, TRIES_SECONDS = 10, 300
LOCKED = "The workspace is locked. Give your password first."


def sit_down(agent: Agent, session: str, *, now: datetime) -> DeskSession:
    """The desk of this session, opened when first asked for. Emits agent.unlocked if all others were locked."""
    defaults = {"agent": agent, "input_at": now, "lock_at": lambda: DeskSession.due(agent, now)}
    desk, new = DeskSession.objects.get_or_create(session_id=session, defaults=defaults)
    if new and Agent.objects.filter(pk=agent.pk).exclude(locked_at=None).exists():
        _unlock(agent.id, session, now)
    return desk


def is_locked(session: str) -> bool:
    return DeskSession.objects.locked().filter(pk=session).exists()


def touched(session: str, *, now: datetime) -> None:
    """There was input at an open workspace: its clock starts anew. A locked one stays locked."""
    desk = DeskSession.objects.select_related("agent").filter(pk=session).first()
    if desk is not None:
        due = DeskSession.due(desk.agent, now)
        DeskSession.objects.open().filter(pk=session).update(input_at=now, lock_at=due)


def lock(agent_id, *, now: datetime) -> None:
    """The agent goes away: all their workspaces lock. Again is harmless. Emits agent.locked."""
    agent = _lock(agent_id, {}, "by_hand", now)
    _leave_the_line(agent, now)


def lock_idle(session: str, *, now: datetime) -> None:
    """Nobody touched this workspace for its time. Emits agent.locked."""
    desk = DeskSession.objects.filter(pk=session).first()
    agent = desk and _lock(desk.agent_id, {"pk": session, "lock_at__lte": now}, "inactivity", now)
    _leave_the_line(agent, now)


def unlock(agent: Agent, session: str, *, password: str, now: datetime) -> None:
    """The password opens this session's workspace. Ready stays the agent's own choice.

    Raises NotAllowed `wrong_password`, TooMany after ten of them. Emits agent.unlocked.
    """
    key = f"unlock:{agent.id.hex}:{hashlib.sha256(session.encode()).hexdigest()[:32]}"
    if rates.tried(key) >= TRIES:
        raise TooMany(TRIES_SECONDS, "Too many wrong passwords. Wait five minutes, then try again.")
    if not agent.user.check_password(password):
        rates.count(key, TRIES_SECONDS)
        raise NotAllowed("wrong_password", "That is not your password.")
    rates.forget(key)
    _unlock(agent.id, session, now)


@transaction.atomic(durable=True)
def _lock(agent_id, which: dict, cause: str, now) -> Agent | None:
    (agent,) = Agent.lock([agent_id])
    if not agent.desks.open().filter(**which).update(locked_at=now):
        transaction.set_rollback(True)
        return None
    everywhere = not agent.desks.open().living(now).exists()
    if everywhere:
        agent.locked_at = now
        agent.save(update_fields=["locked_at"])
        if agent.option("lock_not_ready").value:
            _not_ready(agent, now)
    by = f"agent:{agent.id}" if cause == "by_hand" else "system"
    events.record_agent(agent, "agent.locked", now=now, by=by, cause=cause, everywhere=everywhere)
    _look_again(agent)
    return agent


def _not_ready(agent: Agent, now) -> None:
    """On each channel that is Ready."""
    for channel in agent.channels.filter(status=Status.READY):
        locked = Reason.of_system(Reason.LOCKED)
        change(agent, Status.NOT_READY, locked, channel=channel.channel, now=now)


@transaction.atomic(durable=True)
def _unlock(agent_id, session: str, now) -> None:
    (agent,) = Agent.lock([agent_id])
    opened = agent.desks.locked().filter(pk=session)
    changed = opened.update(locked_at=None, input_at=now, lock_at=DeskSession.due(agent, now))
    if not changed and agent.locked_at is None:
        transaction.set_rollback(True)
        return
    agent.locked_at = None
    agent.save(update_fields=["locked_at"])
    events.record_agent(agent, "agent.unlocked", now=now, by=f"agent:{agent.id}")
    _look_again(agent)


def _leave_the_line(agent: Agent | None, now) -> None:
    """What rings where nobody is goes on to others, without a miss."""
    if agent is not None and agent.locked_at is not None and agent.chat().status != Status.READY:
        take_back_rings(agent, Status.NOT_READY, now)


def _look_again(agent: Agent) -> None:
    """Open sockets find out that what they may show has changed."""
    transaction.on_commit(lambda: realtime.publish([Post((agent.holder,), control="recheck")]), robust=True)
