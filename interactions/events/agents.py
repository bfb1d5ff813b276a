"""What agents see of themselves: status, load, notice."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from agents.models import Agent, ChannelStatus, Reason, Site
from core.written import Written
from interactions.frames import AgentView, ChannelView, Named, Settings, Tail
from interactions.load import loads
from interactions.models import Segment
from interactions.permissions import can_use_chat

CHANNELS = Written(lambda ids: ChannelStatus.objects.filter(agent__in=ids).select_related("reason"))


def agent_state(agent: Agent) -> AgentView:
    return agent_states([agent], Site.current())[agent.id]


def agent_states(agents: Iterable[Agent], site: Site, channels: dict | None = None) -> dict:
    """{agent id: AgentView}. The same few queries, however many agents. `channels`: theirs, where they are known."""
    agents = list(agents)
    channels = channels_of(agents) if channels is None else channels
    Agent.read_groups(agents)
    Agent.read_roles(agents)
    busy = loads(agent.id for agent in agents)
    tails = _tails([agent for agent in agents if busy[agent.id].tails])
    return {agent.id: _state(agent, site, busy[agent.id], channels[agent.id], tails[agent.id]) for agent in agents}


def _state(agent: Agent, site: Site, busy, channels: list, tails: list[Tail]) -> AgentView:
    return AgentView(
        id=agent.id,
        version=agent.version,
        name=agent.name,
        nickname=agent.nickname,
        department=agent.department,
        supervisor=agent.supervisor,
        channels=[_channel(channel) for channel in channels if _offered(agent, channel)],
        load=busy.used,
        capacity=agent.slots(site),
        unclosed=busy.unclosed,
        missed=agent.missed,
        notice=_notice(agent, site, busy, channels),
        after_last=agent.after_last or None,
        tails=tails,
        logged_in_at=agent.logged_in_at,
        settings=msgspec.convert(agent.settings, Settings),
    )


def channels_of(agents: Iterable[Agent]) -> dict:
    """{agent id: [ChannelStatus]}, as they are now."""
    found = defaultdict(list)
    for channel in CHANNELS.about(agent.id for agent in agents):
        found[channel.agent_id].append(channel)
    return found


def _tails(agents: list[Agent]) -> dict:
    found = defaultdict(list)
    if not agents:
        return found
    rows = Segment.objects.filter(agent__in=agents).exclude(done_at=None).exclude(slot_until=None)
    for row in rows.select_related("interaction__contact"):
        found[row.agent_id].append(Tail(row.interaction_id, row.interaction.contact.label, row.slot_until))
    return found


def _offered(agent: Agent, channel) -> bool:
    return channel.channel != ChannelStatus.CHAT or can_use_chat(agent) is None


def _channel(channel) -> ChannelView:
    reason = channel.reason and Named(channel.reason_id, channel.reason.name)
    return ChannelView(channel.channel, channel.status, reason, channel.since)


def _notice(agent: Agent, site: Site, busy, channels: list) -> str | None:
    """The banner that stays: why nothing is offered although the agent may think otherwise."""
    if refusal := can_use_chat(agent):
        return refusal.message
    reasons = {channel.reason.name for channel in channels if channel.reason}
    if Reason.LOCKED in reasons:
        return "Your workspace was locked, so you were set Not Ready."
    if Reason.NOT_RESPONDING in reasons:
        return f"You missed {agent.missed} invitations in a row and were set Not Ready."
    if busy.unclosed >= agent.option("unclosed_limit", site).value:
        return f"{busy.unclosed} chats wait for Mark Done. No new chat is offered until some are closed."
    return None
