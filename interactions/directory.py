"""What the Team Communicator finds: internal targets, their presence, and what can be done with each."""

from datetime import datetime

from agents.models import Agent, Site
from agents.status import Status, words
from core import leases

from . import permissions
from .load import loads
from .models import Interaction
from .picture import Picture

LIMIT = 30


def search(agent: Agent, text: str, *, interaction_id=None, now: datetime) -> list[dict]:
    """Agents whose names hold every word, those who can be asked first. Raises NotFound for a foreign interaction."""
    chat = _Chat(interaction_id, agent) if interaction_id else None
    rows = Agent.objects.active().exclude(pk=agent.pk).search(text)
    found = list(rows.prefetch_related("channels__reason", "groups").order_by("name")[:LIMIT])
    live = leases.live([hit.holder for hit in found], now)
    site, busy = Site.current(), loads(hit.id for hit in found)
    hits = [_hit(hit, hit.holder in live, site, busy[hit.id], chat) for hit in found]
    return sorted(hits, key=lambda hit: hit["presence"]["status"] != Status.READY)


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


def _hit(agent: Agent, present: bool, site: Site, busy, chat: _Chat | None) -> dict:
    channel = next((c for c in agent.channels.all() if c.channel == "chat"), None)
    reached = permissions.can_be_invited(agent, channel=channel, present=present, site=site, used=busy.used)
    refusal = (chat and chat.refuse(agent)) or reached
    return {
        "type": "agent",
        "id": agent.id,
        "name": agent.name,
        "nickname": agent.nickname,
        "department": agent.department,
        "me": False,
        "presence": _presence(channel, present, max(0, agent.slots(site) - busy.used)),
        "actions": [
            {"verb": "conference", "label": "Instant Chat Conference", "can": permissions.can(refusal)},
        ]
        if chat
        else [],
    }


def _presence(channel, present: bool, free: int) -> dict:
    status = channel.status if channel else Status.LOGGED_OFF
    text = words(status, channel.reason.name if channel and channel.reason else None)
    if status == Status.READY:
        text = f"{text}, {free} free" if present else f"{text}, but not connected"
    return {"status": str(status), "text": text, "since": channel and channel.since, "free": free}
