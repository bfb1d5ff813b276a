"""Agents as targets."""

from collections.abc import Collection
from datetime import datetime

from agents.models import Agent, Site
from agents.status import Status, words
from core import leases
from core.errors import Conflict
from interactions import permissions
from interactions.load import Load, loads
from interactions.models import Call
from interactions.states import Kind, Medium

from .chat import Chat
from .hit import NO_CHAT, Action, Hit, Key, Presence, action, consults

NO_MAIL = Conflict("no_chat", "Open a chat to write a mail about it.")


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
    site, busy, phone = Site.current(), loads(agent.id for agent in found), Phone(me, found)
    return {
        ("agent", agent.id): _hit(me, agent, agent.holder in live, site, busy[agent.id], chat, phone) for agent in found
    }


class Phone:
    """Who can be called by whoever asks."""

    def __init__(self, me: Agent, others: Collection[Agent]):
        self.busy = Call.objects.busy([me, *others])
        self.refusal = permissions.can_call(me, channel=me.channel("voice"), busy=me.pk in self.busy)

    def refuse(self, agent: Agent, present: bool) -> permissions.Refusal:
        return self.refusal or self.refuse_to_speak(agent, present)

    def refuse_to_speak(self, agent: Agent, present: bool) -> permissions.Refusal:
        """As far as the other side goes."""
        theirs = {"channel": agent.channel("voice"), "present": present, "busy": agent.pk in self.busy}
        return permissions.can_be_called(agent, **theirs)


def _hit(me: Agent, agent: Agent, present: bool, site: Site, load: Load, chat: Chat | None, phone: Phone) -> Hit:
    channel = agent.chat()
    there = {"channel": channel, "present": present, "site": site, "load": load}
    return Hit(
        type="agent",
        id=agent.id,
        name=agent.name,
        nickname=agent.nickname,
        department=agent.department,
        presence=_presence(agent, channel, present, max(0, agent.slots(site) - load.used)),
        actions=[
            *_about_chat(agent, chat, there, phone.refuse_to_speak(agent, present)),
            action("call", phone.refuse(agent, present)),
            action("message", permissions.can_message(me, agent)),
            action("mail", chat.refuse_mail(agent) if chat else NO_MAIL),
        ],
    )


def _about_chat(agent: Agent, chat: Chat | None, there: dict, voice: permissions.Refusal) -> list[Action]:
    consulted = chat and chat.consultation_with(agent)
    in_voice = {Medium.VOICE: voice}
    consult = consults(lambda m: _refuse(Kind.CONSULT, chat, agent, there, m) or in_voice.get(m))
    if consulted:
        ask = permissions.can_ask_consultant(consulted, chat.party, chat.picture)
        join, take = (ask or chat.refuse(kind, "agent") for kind in (Kind.CONFERENCE, Kind.TRANSFER))
        return [action("conference", join, consulted.id), *consult, action("transfer", take, consulted.id)]
    join, take = (_refuse(kind, chat, agent, there) for kind in (Kind.CONFERENCE, Kind.TRANSFER))
    return [action("conference", join), *consult, action("transfer", take)]


def _refuse(kind: Kind, chat: Chat | None, agent: Agent, there: dict, medium=Medium.CHAT) -> permissions.Refusal:
    if chat is None:
        return NO_CHAT
    refusal = chat.refuse(kind, "agent", medium) or permissions.can_be_added(agent, kind, chat.picture)
    return refusal or permissions.can_be_invited(agent, kind, **there)


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
