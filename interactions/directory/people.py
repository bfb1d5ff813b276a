"""Agents as targets."""

from collections.abc import Collection
from datetime import datetime

from agents.models import Agent, Site
from agents.status import Status, words
from core import leases
from interactions import permissions
from interactions.load import loads

from .chat import Chat
from .hit import NO_CHAT, Hit, Key, Presence, conference, message


def hits(me: Agent, ids: Collection, chat: Chat | None, now: datetime) -> dict[Key, Hit]:
    """The agents with their presence. The number of queries does not depend on how many they are."""
    if not ids:
        return {}
    rows = (
        Agent.objects.active().exclude(pk=me.pk).select_related("user").prefetch_related("channels__reason", "groups")
    )
    found = list(rows.filter(pk__in=ids).order_by())
    live = leases.live([agent.holder for agent in found], now)
    Agent.read_roles(found)
    site, busy = Site.current(), loads(agent.id for agent in found)
    return {
        ("agent", agent.id): _hit(me, agent, agent.holder in live, site, busy[agent.id].used, chat) for agent in found
    }


def _hit(me: Agent, agent: Agent, present: bool, site: Site, used: int, chat: Chat | None) -> Hit:
    channel = next((c for c in agent.channels.all() if c.channel == "chat"), None)
    refusal = permissions.can_be_invited(agent, channel=channel, present=present, site=site, used=used)
    return Hit(
        type="agent",
        id=agent.id,
        name=agent.name,
        nickname=agent.nickname,
        department=agent.department,
        presence=_presence(agent, channel, present, max(0, agent.slots(site) - used)),
        actions=[conference(_refuse(chat, agent) or refusal), message(permissions.can_message(me, agent))],
    )


def _refuse(chat: Chat | None, agent: Agent) -> permissions.Refusal:
    if chat is None:
        return NO_CHAT
    return chat.refusal("agent") or permissions.can_be_added(agent, inside=chat.inside, invited=chat.invited)


def _presence(agent: Agent, channel, present: bool, free: int) -> Presence:
    status = channel.status if channel else Status.LOGGED_OFF
    text = words(status, channel.reason.name if channel and channel.reason else None)
    if status == Status.READY:
        text = f"{text}, {_room(agent, free)}" if present else f"{text}, but not connected"
        status = Status.READY if present and not agent.after_last else Status.NOT_READY
    elif status != Status.LOGGED_OFF and not present:
        text = f"{text}, not connected"
    return Presence(str(status), text, channel and channel.since, free)


def _room(agent: Agent, free: int) -> str:
    if agent.after_last:
        return "leaves after the last chat"
    return f"{free} free" if free else "at capacity"
