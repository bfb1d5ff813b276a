"""What actions tell: one row in the journal, one push after commit, and the snapshots that clients start from."""

import hashlib
from datetime import datetime

import msgspec
from django.db import transaction

from agents.models import Agent, Reason, Site
from agents.status import CHOOSABLE, Status
from core import realtime
from core.models import Event
from core.realtime import Post
from routing.models import Queue

from .frames import (
    TEXT_LIMIT,
    AgentFrameOut,
    AgentView,
    ChannelView,
    ContactFrameOut,
    ContactView,
    Desk,
    Gone,
    InteractionFrame,
    InteractionView,
    InvitationFrame,
    InvitationView,
    Named,
    Options,
    QueueView,
    StatusChoice,
    Tail,
    Waiting,
)
from .load import load
from .models import Interaction, Invitation, Message, Party, Ring, Segment
from .models.lane import PUBLIC
from .permissions import can, can_reject
from .picture import Picture, agent_view, contact_view
from .staffing import is_staffed
from .states import Invited

encode = msgspec.json.encode


def plain(view):
    """A snapshot or a part of one as JSON types, for HTTP answers."""
    return msgspec.to_builtins(view)


# --- record -----------------------------------------------------------------------------------


def record(interaction: Interaction, name: str, *, now: datetime, by: str = "system", **data) -> None:
    """Last line of an action on an interaction: the event's row now, the push after commit.

    `by`: "agent:<id>", "contact" or "system". Frames: the whole interaction to every agent who has it
    on the desk, the contact's own snapshot if it changed, the status and previews of locked agents.
    """
    picture = Picture(interaction)
    posts = [post for post in [_to_contact(picture)] if post]
    Event.objects.create(subject=interaction.id, version=interaction.version, name=name, actor=by, at=now, data=data)
    posts += [_to_agent(picture, segment, name) for segment in picture.segments.values() if segment.done_at is None]
    for agent in interaction.locked_agents.values():
        posts += agent_posts(agent, now) + _previews(interaction, agent)
    posts += [_post(agent, Gone(interaction.id)) for agent in interaction.left_desks]
    _push(posts)


def record_agent(agent: Agent, name: str, *, now: datetime, by: str = "system", **data) -> None:
    """Last line of an action on an agent alone."""
    Event.objects.create(subject=agent.id, version=agent.version, name=name, actor=by, at=now, data=data)
    _push(agent_posts(agent, now))


def agent_posts(agent: Agent, now: datetime) -> list[Post]:
    return [_post(agent, _as(AgentFrameOut, agent_state(agent)))]


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
        agent.seen = 0  # told by frames of its own
    digest = hashlib.sha256(encode(view)).hexdigest()
    if digest == interaction.public_digest:
        return None
    interaction.set(public_digest=digest, public_version=interaction.public_version + 1)
    return Post((interaction.holder,), encode(contact_view(picture, cls=ContactFrameOut)))


def _previews(interaction: Interaction, agent: Agent) -> list[Post]:
    """The previews at this agent that this action made or took away."""
    rings = Ring.objects.filter(agent=agent, version=interaction.version, invitation__interaction=interaction)
    rings = rings.select_related("invitation__inviter", "invitation__queue")
    return [_post(agent, invitation_view(ring, interaction, cls=InvitationFrame)) for ring in rings]


def _as(cls, view):
    """The same fields as a frame."""
    return cls(**{name: getattr(view, name) for name in view.__struct_fields__})


# --- snapshots --------------------------------------------------------------------------------


def snapshot(interaction: Interaction, agent: Agent) -> InteractionView:
    return agent_view(Picture(interaction), agent)


def snapshot_for_contact(interaction: Interaction) -> ContactView:
    return contact_view(Picture(interaction))


def desk(agent: Agent, now: datetime) -> Desk:
    """All that the workspace shows."""
    mine = Interaction.objects.on_desk_of(agent).select_related("contact", "queue", "routing_point", "owner__agent")
    rings = Ring.objects.open().filter(agent=agent)
    rings = rings.select_related("invitation__inviter", "invitation__queue", "invitation__interaction__contact")
    return Desk(
        agent=agent_state(agent),
        interactions=[snapshot(interaction, agent) for interaction in mine.order_by("created_at", "id")],
        invitations=[invitation_view(ring, ring.invitation.interaction) for ring in rings],
        menu=menu(),
        queues=queues_for(agent),
        options=options(),
        time=now,
    )


def agent_state(agent: Agent) -> AgentView:
    site, busy = Site.current(), load(agent)
    return AgentView(
        id=agent.id,
        version=agent.version,
        name=agent.name,
        nickname=agent.nickname,
        department=agent.department,
        supervisor=agent.supervisor,
        channels=[_channel(channel) for channel in agent.channels.select_related("reason")],
        load=busy.used,
        capacity=agent.slots(site),
        unclosed=busy.unclosed,
        missed=agent.missed,
        notice=_notice(agent, site, busy),
        after_last=agent.after_last or None,
        tails=_tails(agent),
        logged_in_at=agent.logged_in_at,
    )


def _tails(agent: Agent) -> list[Tail]:
    rows = agent.segments.exclude(done_at=None).exclude(slot_until=None).select_related("interaction__contact")
    return [Tail(row.interaction_id, row.interaction.contact.label, row.slot_until) for row in rows]


def _channel(channel) -> ChannelView:
    reason = channel.reason and Named(channel.reason_id, channel.reason.name)
    return ChannelView(channel.channel, channel.status, reason, channel.since)


def _notice(agent: Agent, site: Site, busy) -> str | None:
    """The banner that stays: why nothing is offered although the agent may think otherwise."""
    channel = agent.channels.select_related("reason").first()
    if channel and channel.reason and channel.reason.name == Reason.NOT_RESPONDING:
        return f"You missed {agent.missed} invitations in a row and were set Not Ready."
    if busy.unclosed >= site.unclosed_limit:
        return f"{busy.unclosed} chats wait for Mark Done. No new chat is offered until some are closed."
    return None


def menu() -> list[StatusChoice]:
    """The chat status menu, in order."""
    choices = []
    for status, label in CHOOSABLE.items():
        choices.append(StatusChoice(status, None, label))
        if status == Status.NOT_READY:
            reasons = Reason.objects.choosable()
            choices += [StatusChoice(status, reason.id, f"{label}: {reason}") for reason in reasons]
    return choices


def options() -> Options:
    site = Site.current()
    return Options(TEXT_LIMIT, site.pending_amber, site.pending_red, typing_timeout=10)


def invitation_view(ring: Ring, interaction: Interaction, *, cls=InvitationView) -> InvitationView:
    """The Interaction Preview of one ring."""
    invitation = ring.invitation
    return cls(
        id=invitation.id,
        interaction=interaction.id,
        kind=invitation.kind,
        state=_state_at(ring),
        inviter=invitation.inviter and invitation.inviter.nickname,
        queue=interaction.queue and interaction.queue.name,
        waited_since=invitation.waited_since,
        priority=invitation.priority,
        contact=interaction.contact.label,
        case=Picture(interaction).case,
        last_line=_last_unanswered(interaction),
        note=invitation.note,
        rang_at=ring.started_at,
        expires_at=ring.expires_at,
        reject=can(can_reject(invitation)),
    )


def _state_at(ring: Ring) -> str:
    """The invitation's state as this agent sees it: what no longer rings here is over here."""
    if not ring.outcome:
        return Invited.RINGING
    return Invited.REVOKED if ring.outcome == "withdrawn" else ring.outcome


def _last_unanswered(interaction: Interaction) -> str | None:
    """The contact's newest public line, if nobody has answered it."""
    lane = interaction.lanes.get(name=PUBLIC)
    if lane.unanswered_since is None:
        return None
    lines = Message.objects.filter(lane=lane, kind=Message.TEXT, party__kind=Party.CONTACT)
    return lines.order_by("-number").values_list("text", flat=True).first()


def queues_for(agent: Agent) -> list[QueueView]:
    """The agent's queues with what waits there."""
    return [_queue(queue) for queue in Queue.objects.filter(agents=agent)]


def _queue(queue: Queue) -> QueueView:
    line = list(Invitation.objects.in_line(queue).values_list("waited_since", flat=True))
    return QueueView(queue.id, queue.name, len(line), min(line, default=None))


# --- the waiting contact ----------------------------------------------------------------------

RECENT = 20


def waiting(interaction: Interaction, now: datetime) -> Waiting | None:
    """Place in line, estimated wait in seconds (None: unknown), and whether anybody is there. None when not waiting."""
    mine = interaction.invitations.pending().filter(kind="route").first()
    if mine is None:
        return None
    ahead = Invitation.objects.in_line(mine.queue).values_list("id", flat=True)
    return Waiting(list(ahead).index(mine.id) + 1, _estimate(mine.queue), is_staffed(mine.queue, now))


def _estimate(queue: Queue) -> int | None:
    """The median of the last waits that ended with an accept in this queue."""
    done = Invitation.objects.filter(kind="route", queue=queue, state=Invited.ACCEPTED).order_by("-ended_at")
    waits = sorted((row.ended_at - row.waited_since).total_seconds() for row in done[:RECENT])
    return round(waits[len(waits) // 2]) if waits else None
