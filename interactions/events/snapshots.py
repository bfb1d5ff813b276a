"""What clients start from: the desk, an interaction, an invitation, the contact's chat."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from agents.models import Agent, MenuEntry, Site
from agents.status import CHOOSABLE
from core.written import Written
from interactions import auto_answer
from interactions.frames import (
    TEXT_LIMIT,
    ContactView,
    Desk,
    InteractionView,
    InvitationView,
    Options,
    StatusChoice,
)
from interactions.heads import of_queues
from interactions.inbox import inboxes
from interactions.models import Interaction, Message, Party, Ring, Segment
from interactions.permissions import can, can_reject, can_set
from interactions.picture import Picture, agent_view, contact_view
from interactions.rows import Rows
from interactions.states import Invited, Medium

from .agents import agent_states
from .calls import live_calls


def _of_desks(agents) -> QuerySet[Segment]:
    open_segments = Segment.objects.filter(agent__in=agents, done_at=None)
    needed = (f"interaction__{name}" for name in ("contact", "queue", "routing_point", "owner__agent"))
    return open_segments.select_related(*needed).order_by("interaction__created_at", "interaction_id")


def _of_rings(agents) -> QuerySet[Ring]:
    needed = ("inviter", "queue", "interaction__contact", "interaction__queue")
    rings = Ring.objects.open().filter(agent__in=agents)
    return rings.select_related(*(f"invitation__{name}" for name in needed))


ON_DESKS, RINGING = Written(_of_desks), Written(_of_rings)


def snapshot(interaction: Interaction, agent: Agent) -> InteractionView:
    return agent_view(Picture(interaction), agent)


def snapshot_for_contact(interaction: Interaction) -> ContactView:
    return contact_view(Picture(interaction))


def desk(agent: Agent, now: datetime) -> Desk:
    """All that the workspace shows."""
    return desks([agent], now)[agent.id]


def desks(agents: Collection[Agent], now: datetime) -> dict:
    """{agent id: Desk}. The same few queries, however many agents and chats."""
    mine, rings = _on_desks(agents), _ringing(agents)
    rows = Rows([segment.interaction for segment in mine] + [ring.invitation.interaction for ring in rings])
    states, queues = agent_states(agents, rows.site), of_queues([agent.id for agent in agents])
    offered = MenuEntry.objects.offered()
    boxes, calls = inboxes(agents), live_calls(agents)
    return {
        agent.id: Desk(
            agent=states[agent.id],
            interactions=_views(agent, [row.interaction for row in mine if row.agent_id == agent.id], rows),
            call=calls.get(agent.id),
            invitations=[_preview(ring, agent, rows) for ring in rings if ring.agent_id == agent.id],
            menu=_menu(offered, agent),
            queues=queues[agent.id],
            inbox=boxes[agent.id],
            options=options(agent, rows.site),
            time=now,
        )
        for agent in agents
    }


def _on_desks(agents: Collection[Agent]) -> list[Segment]:
    """The stretches of work that these agents have not marked done, in the order of their chats."""
    return ON_DESKS.about(agent.id for agent in agents)


def _ringing(agents: Collection[Agent]) -> list[Ring]:
    return RINGING.about(agent.id for agent in agents)


def _views(agent: Agent, interactions: list[Interaction], rows: Rows) -> list[InteractionView]:
    return [agent_view(Picture(interaction, rows), agent) for interaction in interactions]


def _preview(ring: Ring, agent: Agent, rows: Rows) -> InvitationView:
    return invitation_view(ring, agent, Picture(ring.invitation.interaction, rows))


def _menu(offered: Collection, agent: Agent) -> list[StatusChoice]:
    """The chat status menu, in the administrator's order."""
    return [_choice(status, reason, agent) for status, reason in offered]


def _choice(status, reason, agent: Agent) -> StatusChoice:
    label = f"{CHOOSABLE[status]}: {reason}" if reason else CHOOSABLE[status]
    return StatusChoice(status, reason and reason.id, label, can(can_set(agent, status)))


OF_DESKS = ("pending_amber", "pending_red", "typing_timeout", "lock_minutes")


def options(agent: Agent, site: Site) -> Options:
    held = {name: agent.option(name, site).value for name in OF_DESKS}
    return Options(text_limit=TEXT_LIMIT, **held)


def invitation_view(ring: Ring, agent: Agent, picture: Picture, *, cls=InvitationView) -> InvitationView:
    """The Interaction Preview of one ring at this agent."""
    invitation, interaction = ring.invitation, picture.interaction
    return cls(
        id=invitation.id,
        interaction=interaction.id,
        kind=invitation.kind,
        medium=invitation.medium or None,
        consultation=invitation.consultation_id,
        state=_state_at(ring),
        inviter=invitation.inviter and invitation.inviter.nickname,
        queue=interaction.queue and interaction.queue.name,
        offline=interaction.offline,
        waited_since=invitation.waited_since,
        priority=invitation.priority,
        contact=interaction.contact.label,
        case=picture.previewed,
        last_line=_last_unanswered(ring, picture),
        note=invitation.note,
        rang_at=ring.started_at,
        expires_at=ring.expires_at,
        auto_answer=auto_answer.seconds(ring, agent, picture.site),
        reject=can(can_reject(agent)),
    )


def _state_at(ring: Ring) -> str:
    """The invitation's state as this agent sees it: what no longer rings here is over here."""
    if not ring.outcome:
        return Invited.RINGING
    return Invited.REVOKED if ring.outcome == "withdrawn" else ring.outcome


def _last_unanswered(ring: Ring, picture: Picture) -> str | None:
    """The contact's newest line, if nobody had answered it when it began to ring and the target will read the chat."""
    if ring.invitation.medium == Medium.IM or not ring.heard:
        return None
    lines = Message.objects.filter(lane=picture.public, kind=Message.TEXT, number__lte=ring.heard)
    newest = lines.select_related("party").order_by("-number").first()
    return newest.text if newest and newest.party.kind == Party.CONTACT else None
