"""What the two agents of a call see of it."""

from collections.abc import Collection

from agents.models import Agent
from core.written import Written
from interactions.frames import CallView, Colleague, Named
from interactions.models import Call, Segment


def call_view(call: Call, agent: Agent, *, cls=CallView) -> CallView:
    """The call from this agent's side."""
    return _view(call, agent, _knowing([call]), cls)


LIVE = Written(lambda agents: Call.objects.live().of(*agents).with_people())


def live_calls(agents: Collection[Agent]) -> dict:
    """{agent id: CallView} of those who are in a call. Two queries, however many."""
    calls = LIVE.about(agent.id for agent in agents)
    knowing = _knowing(calls)
    pairs = [(call, agent) for call in calls for agent in agents if agent in call.agents]
    return {agent.id: _view(call, agent, knowing, CallView) for call, agent in pairs}


def _knowing(calls: list[Call]) -> set:
    """(interaction, agent) of those who were ever in the chat that a call is about: others do not hear of it."""
    chats = {call.interaction_id for call in calls if call.interaction_id}
    return (
        set(Segment.objects.filter(interaction__in=chats).values_list("interaction_id", "agent_id")) if chats else set()
    )


def _view(call: Call, agent: Agent, knowing: set, cls) -> CallView:
    other = call.other(agent)
    known = (call.interaction_id, agent.id) in knowing
    return cls(
        id=call.id,
        version=call.version,
        state=call.state,
        incoming=agent.id == call.callee_id,
        other=Colleague(other.id, other.name, other.nickname, other.department),
        about=Named(call.interaction_id, call.interaction.contact.label) if known else None,
        consultation=call.consultation_id,
        tab=call.tab_of(agent.id),
        placed_at=call.placed_at,
        connected_at=call.connected_at,
        ended_at=call.ended_at,
        expires_at=call.expires_at,
        cause=call.cause or None,
        by=_by(call, agent),
    )


def _by(call: Call, agent: Agent) -> str | None:
    if call.ended_by_id is None:
        return None
    return "me" if call.ended_by_id == agent.id else "other"
