"""How somebody asks for a colleague: by name, one of a pool, or whom they consult; parts of larger actions."""

from datetime import datetime, timedelta
from typing import NamedTuple

from agents.models import Agent, AgentGroup, Site, Skill
from core import leases
from core.errors import NotFound
from interactions import events, permissions
from interactions.load import load
from interactions.models import Call, Consultation, Interaction, Invitation, Party
from interactions.picture import Picture
from interactions.staffing import is_staffed
from interactions.states import Invited, Kind, Medium
from routing.models import Queue, RoutingPoint
from routing.rules import Route

from . import calls
from .offering import start_ring
from .taking import take, whom_it_moves

POOLS = {"queue": Queue, "group": AgentGroup, "skill": Skill, "routing_point": RoutingPoint}
BECAUSE_LIMIT = 500


class Through(NamedTuple):
    """The routing point that chose a queue, and why that one."""

    point: RoutingPoint
    route: Route


def asking(interaction_id, by: Agent) -> tuple[Interaction, Party, Picture]:
    """Lock the chat for its agent. Raises NotFound."""
    interaction = Interaction.lock(interaction_id)
    return interaction, permissions.segment_of(interaction, by).party, Picture(interaction)


def ask_agent(
    interaction, mine: Party, picture: Picture, agent_id, kind: Kind, *, note: str, now: datetime, **more
) -> Invitation:
    """Ring at this agent. Raises NotFound, Conflict. Emits invitation.ringing."""
    target = _named(agent_id)
    permissions.require(permissions.may_ask(mine.agent, kind, "agent", more.get("medium", Medium.CHAT)))
    permissions.require(permissions.can_be_added(target, kind, picture))
    (target,) = interaction.lock_agents(target.id)
    permissions.require(_reachable(target, kind, picture.site, now))
    if more.get("medium") == Medium.VOICE:
        permissions.require(calls.reachable(target, busy=bool(Call.objects.busy([target])), now=now))
    invitation = _request(interaction, mine, kind, note, now, state=Invited.RINGING, agent=target, **more)
    start_ring(picture, invitation, target, now=now)
    _told(picture, "invitation.ringing", invitation, mine, now, agent=str(target.id))
    return invitation


def ask_pool(
    interaction, mine: Party, picture: Picture, type: str, id, kind: Kind, *, note: str, now: datetime, **more
) -> Invitation:
    """Ask its agents one after the other. Raises NotFound, Conflict. Emits invitation.waiting."""
    pool, through = pool_of(interaction, type, id, now)
    permissions.require(permissions.may_ask(mine.agent, kind, type, more.get("medium", Medium.CHAT)))
    staffed = is_staffed(pool, now, except_for=mine.agent)
    permissions.require(permissions.can_be_asked(pool, open_targets=picture.asked(kind), staffed=staffed))
    invitation = _wait_for(interaction, mine, kind, pool, through, note, now, **more)
    _told(picture, "invitation.waiting", invitation, mine, now, target=pool.name)
    return invitation


def _wait_for(
    interaction, mine: Party, kind: Kind, pool, through: Through | None, note: str, now, **more
) -> Invitation:
    until = now + timedelta(seconds=interaction.site.pool_seconds)
    name = next(name for name, model in POOLS.items() if isinstance(pool, model))
    if through:
        more |= {"routing_point": through.point, "because": told(through.route)}
    return _request(interaction, mine, kind, note, now, expires_at=until, **{name: pool}, **more)


def told(route: Route | None) -> str:
    """Why a routing point chose the queue, as it is kept."""
    return route.because[:BECAUSE_LIMIT] if route else ""


def wait_for_pool(interaction, mine: Party, pool, through, *, note: str, now: datetime) -> Invitation:
    """A transfer whose giver leaves at once: the pool's agents are asked on behalf of who stays."""
    return _wait_for(interaction, mine, Kind.TRANSFER, pool, through, note, now)


def ask_consultant(
    interaction, mine: Party, picture: Picture, consultation_id, kind: Kind, *, note: str, now: datetime
) -> Invitation:
    """Ask whom one consults into the chat, or to take it, whatever their status and load.

    They accept once more, unless the site says that they come at once: then they must be connected. Raises NotFound,
    NotAllowed, Conflict. Emits invitation.ringing or invitation.accepted.
    """
    consultation = _consultation(interaction, consultation_id)
    permissions.require(permissions.may_ask(mine.agent, kind, "agent"))
    permissions.require(permissions.can_ask_consultant(consultation, mine, picture))
    agent = consultation.consultant.agent
    more = {"agent": agent, "consultation": consultation, "state": Invited.RINGING}
    invitation = _request(interaction, mine, kind, note, now, **more)
    if picture.site.consultant_accepts:
        (agent,) = interaction.lock_agents(agent.id)
        start_ring(picture, invitation, agent, now=now)
        _told(picture, "invitation.ringing", invitation, mine, now, agent=str(agent.id))
    else:
        agent, *_ = interaction.lock_agents(agent.id, *whom_it_moves(interaction, invitation))
        if not leases.live([agent.holder], now):
            raise permissions.has_lost_connection(agent)
        invitation.move(Invited.ACCEPTED, now=now)
        party = take(interaction, invitation, agent, now=now)
        _record(interaction, "invitation.accepted", invitation, mine, now, party=str(party.id), cause="consultation")
    return invitation


def _consultation(interaction, id) -> Consultation:
    rows = interaction.consultations.select_related("requester", "consultant__agent")
    found = rows.filter(pk=id).first()
    if found is None:
        raise NotFound(message="There is no such consultation.")
    return found


def _request(interaction, mine: Party, kind: Kind, note: str, now, **target) -> Invitation:
    """The row. It is served before new contacts of its priority."""
    return Invitation.objects.create(
        interaction=interaction,
        kind=kind,
        inviter=mine,
        note=note.strip(),
        priority=interaction.queue.priority if interaction.queue else 0,
        created_at=now,
        waited_since=now,
        **target,
    )


def _told(picture: Picture, name: str, invitation: Invitation, mine: Party, now, **data) -> None:
    """Of an action that did nothing but ask."""
    rows = picture.rows.after_asking(now)
    _record(picture.interaction, name, invitation, mine, now, rows=rows, **data)


def _record(interaction, name: str, invitation: Invitation, mine: Party, now, **data) -> None:
    events.record(interaction, name, now=now, by=f"agent:{mine.agent_id}", kind=invitation.kind, **data)


def pool_of(interaction, type: str, id, now: datetime) -> tuple:
    """The pool, and the routing point through which it was chosen (None: named itself). Raises NotFound."""
    found = POOLS[type].objects.filter(pk=id).first()
    if found is None or (isinstance(found, RoutingPoint) and not found.active):
        raise NotFound(message="There is no such target.")
    if not isinstance(found, RoutingPoint):
        return found, None
    queue, route = found.route(interaction.sample(now))
    return queue, Through(found, route)


def _named(agent_id) -> Agent:
    target = Agent.objects.active().filter(pk=agent_id).first()
    if target is None:
        raise NotFound(message="There is no such agent.")
    return target


def _reachable(target: Agent, kind: Kind, site: Site, now) -> permissions.Refusal:
    """Checked under the target's lock, so that two chats cannot both take the last slot."""
    channel = target.channels.select_related("reason").filter(channel="chat").first()
    present = target.holder in leases.live([target.holder], now)
    return permissions.can_be_invited(target, kind, channel=channel, present=present, site=site, load=load(target))
