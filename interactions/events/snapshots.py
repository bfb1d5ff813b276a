"""What clients start from: the desk, an interaction, an invitation, the contact's chat."""

from datetime import datetime

from agents.models import Agent, Reason, Site
from agents.status import CHOOSABLE, Status
from interactions.frames import (
    TEXT_LIMIT,
    AgentView,
    ChannelView,
    ContactView,
    Desk,
    InteractionView,
    InvitationView,
    Named,
    Options,
    QueueView,
    StatusChoice,
    Tail,
)
from interactions.load import load
from interactions.models import Interaction, Invitation, Message, Party, Ring
from interactions.models.lane import PUBLIC
from interactions.permissions import can, can_reject
from interactions.picture import Picture, agent_view, contact_view
from interactions.states import Invited
from routing.models import Queue


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
    site, busy, channels = Site.current(), load(agent), list(agent.channels.select_related("reason"))
    return AgentView(
        id=agent.id,
        version=agent.version,
        name=agent.name,
        nickname=agent.nickname,
        department=agent.department,
        supervisor=agent.supervisor,
        channels=[_channel(channel) for channel in channels],
        load=busy.used,
        capacity=agent.slots(site),
        unclosed=busy.unclosed,
        missed=agent.missed,
        notice=_notice(agent, site, busy, channels),
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


def _notice(agent: Agent, site: Site, busy, channels: list) -> str | None:
    """The banner that stays: why nothing is offered although the agent may think otherwise."""
    if any(channel.reason and channel.reason.name == Reason.NOT_RESPONDING for channel in channels):
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
        offline=interaction.offline,
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
