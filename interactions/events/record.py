"""One row in the journal and one push after commit: the last line of every action."""

import hashlib
from datetime import datetime

import msgspec
from django.db import transaction

from agents.models import Agent, Site
from core import realtime
from core.models import Event
from core.realtime import Post
from interactions.frames import AgentFrameOut, CallFrame, ContactFrameOut, Gone, InteractionFrame, InvitationFrame
from interactions.models import Call, Interaction, Segment
from interactions.picture import Picture, agent_view, contact_view
from interactions.rows import Rows

from . import facts
from .agents import agent_states, channels_of
from .calls import call_view
from .snapshots import invitation_view

encode = msgspec.json.encode


def record(
    interaction: Interaction, name: str, *, now: datetime, by: str = "system", rows: Rows | None = None, **data
) -> None:
    """Last line of an action on an interaction: the event's row now, the push after commit.

    `by`: "agent:<id>", "contact" or "system". The row also holds what changed, see `facts`. Frames: the whole
    interaction to every agent who has it on the desk, the contact's own snapshot if it changed, the status and
    previews of locked agents. `rows`: what the action has read and not changed.
    """
    picture = Picture(interaction, rows or Rows([interaction], moved_at=now))
    locked = interaction.locked_agents
    posts = [post for post in [_to_contact(picture)] if post]
    channels = channels_of(locked.values())
    states = agent_states(locked.values(), picture.site, channels)
    data |= facts.of_interaction(picture, channels, now)
    Event.objects.create(subject=interaction.id, version=interaction.version, name=name, actor=by, at=now, data=data)
    posts += [_to_agent(picture, segment, name) for segment in picture.segments.values() if segment.done_at is None]
    posts += _to_themselves(states, locked) + _previews(picture, locked)
    posts += [_post(agent, Gone(interaction.id)) for agent in interaction.left_desks]
    _push(posts)


def record_agent(agent: Agent, name: str, *, now: datetime, by: str = "system", **data) -> None:
    """Last line of an action on an agent alone."""
    channels = channels_of([agent])
    states = agent_states([agent], Site.current(), channels)
    data |= facts.of_agents(channels, now)
    Event.objects.create(subject=agent.id, version=agent.version, name=name, actor=by, at=now, data=data)
    _push(_to_themselves(states, {agent.id: agent}))


def record_call(call: Call, name: str, *, now: datetime, by: str = "system", **data) -> None:
    """Last line of an action on a call, whose two agents it has locked."""
    agents = {agent.id: agent for agent in call.agents}
    channels = channels_of(call.agents)
    states = agent_states(call.agents, Site.current(), channels)
    data |= facts.of_call(call, channels, now)
    Event.objects.create(subject=call.id, version=call.version, name=name, actor=by, at=now, data=data)
    frames = [_post(agent, call_view(call, agent, cls=CallFrame)) for agent in call.agents]
    _push(frames + _to_themselves(states, agents))


def _to_themselves(states: dict, agents: dict) -> list[Post]:
    return [_post(agents[id], _as(AgentFrameOut, state)) for id, state in states.items()]


def _push(posts: list[Post]) -> None:
    transaction.on_commit(lambda: _send(posts), robust=True)


def _send(posts: list[Post]) -> None:
    realtime.publish(posts)
    realtime.wake("engine")


def _post(agent: Agent, frame) -> Post:
    return Post((agent.holder,), encode(frame))


def _to_agent(picture: Picture, segment: Segment, cause: str) -> Post:
    return _post(segment.agent, agent_view(picture, segment.agent, cls=InteractionFrame, cause=cause))


def _to_contact(picture: Picture) -> Post | None:
    """Only when the contact's snapshot changed; then, and only then, `public_version` rises."""
    interaction = picture.interaction
    view = contact_view(picture)
    view.public_version = view.number = 0
    for agent in view.agents:
        agent.seen = agent.delivered = 0  # told by frames of its own
    digest = hashlib.sha256(encode(view)).hexdigest()
    if digest == interaction.public_digest:
        return None
    interaction.set(public_digest=digest, public_version=interaction.public_version + 1)
    return Post((interaction.holder,), encode(contact_view(picture, cls=ContactFrameOut)))


def _previews(picture: Picture, agents: dict) -> list[Post]:
    """The previews at these agents that this action made or took away."""
    rings = [ring for ring in picture.rings if ring.version == picture.interaction.version and ring.agent_id in agents]
    found = [(agents[ring.agent_id], ring) for ring in rings]
    return [_post(agent, invitation_view(ring, agent, picture, cls=InvitationFrame)) for agent, ring in found]


def _as(cls, view):
    """The same fields as a frame."""
    return cls(**{name: getattr(view, name) for name in view.__struct_fields__})
