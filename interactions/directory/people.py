"""Agents as targets."""

from django.db.models import Exists, OuterRef

from agents.models import Agent, ChannelStatus, Site
from agents.status import Status, words
from core import leases
from interactions import permissions
from interactions.load import loads

from .chat import Chat
from .hit import Hit, Presence, conference


def find(me: Agent, text: str, *, ids, limit: int, chat: Chat | None, now) -> list[Hit]:
    """Agents whose names hold every word, those who can be asked first. `ids`: only these (None: all)."""
    ready = ChannelStatus.objects.filter(agent=OuterRef("pk"), channel=ChannelStatus.CHAT, status=Status.READY)
    rows = Agent.objects.active().exclude(pk=me.pk).search(text).order_by(Exists(ready).desc(), "name")
    rows = rows if ids is None else rows.filter(pk__in=ids)
    found = list(rows.prefetch_related("channels__reason", "groups")[:limit])
    live = leases.live([agent.holder for agent in found], now)
    site, busy = Site.current(), loads(agent.id for agent in found)
    return [_hit(agent, agent.holder in live, site, busy[agent.id], chat) for agent in found]


def _hit(agent: Agent, present: bool, site: Site, busy, chat: Chat | None) -> Hit:
    channel = next((c for c in agent.channels.all() if c.channel == "chat"), None)
    reached = permissions.can_be_invited(agent, channel=channel, present=present, site=site, used=busy.used)
    return Hit(
        type="agent",
        id=agent.id,
        name=agent.name,
        nickname=agent.nickname,
        department=agent.department,
        presence=_presence(channel, present, max(0, agent.slots(site) - busy.used)),
        actions=[conference(_refuse(chat, agent) or reached)] if chat else [],
    )


def _refuse(chat: Chat, agent: Agent) -> permissions.Refusal:
    return chat.refusal or permissions.can_be_added(agent, inside=chat.inside, invited=chat.invited)


def _presence(channel, present: bool, free: int) -> Presence:
    status = channel.status if channel else Status.LOGGED_OFF
    text = words(status, channel.reason.name if channel and channel.reason else None)
    if status == Status.READY:
        text = f"{text}, {free} free" if present else f"{text}, but not connected"
        status = Status.READY if present else Status.NOT_READY
    return Presence(str(status), text, channel and channel.since, free)
