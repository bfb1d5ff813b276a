"""What the Team Communicator finds: internal targets, their presence, and what can be done with each."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Exists, OuterRef
from msgspec import Struct

from agents.models import Agent, ChannelStatus, Site
from agents.status import Status, words
from core import leases

from . import permissions
from .frames import Can
from .load import loads
from .models import Interaction
from .picture import Picture

LIMIT = 30


class Presence(Struct):
    """`text` is the status as people read it; `free`: chats that the agent could take now."""

    status: str
    text: str
    since: datetime | None
    free: int


class Action(Struct):
    """One thing that can be done with a target. `can`: true, or the reason why not."""

    verb: Literal["conference"]
    label: str
    can: Can


class Hit(Struct):
    """An internal target. `actions` is empty where no interaction was named."""

    id: UUID
    name: str
    nickname: str
    department: str
    presence: Presence
    actions: list[Action]
    type: Literal["agent"] = "agent"
    me: bool = False


def search(agent: Agent, text: str, *, interaction_id=None, now: datetime) -> list[Hit]:
    """Agents whose names hold every word, those who can be asked first. Raises NotFound for a foreign interaction."""
    chat = _Chat(interaction_id, agent) if interaction_id else None
    ready = ChannelStatus.objects.filter(agent=OuterRef("pk"), channel=ChannelStatus.CHAT, status=Status.READY)
    rows = Agent.objects.active().exclude(pk=agent.pk).search(text).order_by(Exists(ready).desc(), "name")
    found = list(rows.prefetch_related("channels__reason", "groups")[:LIMIT])
    live = leases.live([hit.holder for hit in found], now)
    site, busy = Site.current(), loads(hit.id for hit in found)
    return [_hit(hit, hit.holder in live, site, busy[hit.id], chat) for hit in found]


class _Chat:
    """The chat that a target would be invited to, seen by whoever invites."""

    def __init__(self, id, agent: Agent):
        self.interaction = Interaction.objects.filter(pk=id).first()
        if self.interaction is None:
            raise permissions.NotFound(message="There is no such interaction.")
        party = permissions.segment_of(self.interaction, agent).party
        picture = Picture(self.interaction)
        self.refusal = permissions.can_conference(self.interaction, party, picture.seats)
        self.inside = {party.agent_id for party in picture.here}
        self.invited = {invitation.agent_id for invitation in picture.pending}

    def refuse(self, agent: Agent) -> permissions.Refusal:
        if self.refusal:
            return self.refusal
        return permissions.can_be_added(agent, inside=self.inside, invited=self.invited)


def _hit(agent: Agent, present: bool, site: Site, busy, chat: _Chat | None) -> Hit:
    channel = next((c for c in agent.channels.all() if c.channel == "chat"), None)
    reached = permissions.can_be_invited(agent, channel=channel, present=present, site=site, used=busy.used)
    return Hit(
        id=agent.id,
        name=agent.name,
        nickname=agent.nickname,
        department=agent.department,
        presence=_presence(channel, present, max(0, agent.slots(site) - busy.used)),
        actions=[_conference(chat.refuse(agent) or reached)] if chat else [],
    )


def _conference(refusal: permissions.Refusal) -> Action:
    return Action("conference", "Instant Chat Conference", permissions.can(refusal))


def _presence(channel, present: bool, free: int) -> Presence:
    status = channel.status if channel else Status.LOGGED_OFF
    text = words(status, channel.reason.name if channel and channel.reason else None)
    if status == Status.READY:
        text = f"{text}, {free} free" if present else f"{text}, but not connected"
    return Presence(str(status), text, channel and channel.since, free)
