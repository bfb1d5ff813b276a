"""Instant conference, and who is removed from one."""

from datetime import datetime, timedelta

from django.db import transaction

from agents.models import Agent, AgentGroup, Site, Skill
from core import leases
from core.errors import NotFound
from interactions import events, permissions
from interactions.load import load
from interactions.models import Interaction, Invitation, Party
from interactions.picture import Picture
from interactions.staffing import is_staffed
from interactions.states import Cause, Invited, Kind
from routing.models import Queue, RoutingPoint

from .joining import leave, say, tell
from .offering import start_ring


@transaction.atomic(durable=True)
def invite(interaction_id, agent_id, *, by: Agent, note: str = "", now: datetime) -> Invitation:
    """Ask an agent to join; for the contact nothing changes until they accept.

    Raises NotFound, NotAllowed, Conflict (`not_party`, `ended`, `party_limit`, `already_party`, `already_invited`,
    `logged_off`, `not_ready`, `at_capacity`). Emits invitation.ringing.
    """
    interaction, mine, picture = _inviting(interaction_id, by, "agent")
    target = _target(picture, agent_id)
    (target,) = interaction.lock_agents(target.id)
    permissions.require(_reachable(target, picture.site, now))
    invitation = _request(interaction, mine, note, now, state=Invited.RINGING, agent=target)
    start_ring(interaction, invitation, target, now=now)
    events.record(
        interaction, "invitation.ringing", now=now, by=f"agent:{by.id}", agent=str(target.id), kind=Kind.CONFERENCE
    )
    return invitation


@transaction.atomic(durable=True)
def invite_pool(interaction_id, type: str, id, *, by: Agent, note: str = "", now: datetime) -> Invitation:
    """Ask the agents of a queue, group or skill, one after the other, until one accepts.

    `type`: queue, group, skill, or routing_point, which chooses the queue by the chat's case data.
    Raises NotFound, NotAllowed, Conflict (`not_party`, `ended`, `party_limit`, `already_invited`, `unstaffed`).
    Emits invitation.waiting.
    """
    interaction, mine, picture = _inviting(interaction_id, by, type)
    pool, through = _pool(interaction, type, id)
    asked = {invitation.pool for invitation in picture.pending}
    staffed = is_staffed(pool, now, except_for=by)
    permissions.require(permissions.can_be_asked(pool, open_targets=asked, staffed=staffed))
    until = now + timedelta(seconds=picture.site.pool_seconds)
    target = {"queue" if through else type: pool, "routing_point": through}
    invitation = _request(interaction, mine, note, now, expires_at=until, **target)
    events.record(
        interaction, "invitation.waiting", now=now, by=f"agent:{by.id}", kind=Kind.CONFERENCE, target=pool.name
    )
    return invitation


def _inviting(interaction_id, by: Agent, kind: str) -> tuple[Interaction, Party, Picture]:
    interaction = Interaction.lock(interaction_id)
    mine = permissions.segment_of(interaction, by).party
    picture = Picture(interaction)
    permissions.require(permissions.can_conference(interaction, mine, picture.seats, picture.site, kind))
    return interaction, mine, picture


def _request(interaction, mine: Party, note: str, now, **target) -> Invitation:
    """The row of a conference invitation. It is served before new contacts of its priority."""
    return Invitation.objects.create(
        interaction=interaction,
        kind=Kind.CONFERENCE,
        inviter=mine,
        note=note.strip(),
        priority=interaction.queue.priority if interaction.queue else 0,
        created_at=now,
        waited_since=now,
        **target,
    )


def _pool(interaction, type: str, id) -> tuple:
    """The pool, and the routing point through which it was chosen."""
    model = {"queue": Queue, "group": AgentGroup, "skill": Skill, "routing_point": RoutingPoint}[type]
    found = model.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(message="There is no such target.")
    return (found.choose(interaction.case), found) if model is RoutingPoint else (found, None)


def _target(picture: Picture, agent_id) -> Agent:
    target = Agent.objects.active().filter(pk=agent_id).first()
    if target is None:
        raise NotFound(message="There is no such agent.")
    inside = {party.agent_id for party in picture.here}
    permissions.require(permissions.can_be_added(target, inside=inside, invited=picture.invited))
    return target


def _reachable(target: Agent, site: Site, now) -> permissions.Refusal:
    """Checked under the target's lock, so that two chats cannot both take the last slot."""
    channel = target.channels.select_related("reason").filter(channel="chat").first()
    present = target.holder in leases.live([target.holder], now)
    return permissions.can_be_invited(target, channel=channel, present=present, site=site, used=load(target).used)


@transaction.atomic(durable=True)
def remove(interaction_id, party_id, *, by: Agent, version: int, now: datetime) -> Interaction:
    """Delete From Conference. Removing who has left already changes nothing.

    Raises NotFound, NotAllowed, Conflict (`is_owner`, `not_party`, `stale`). Emits party.removed.
    """
    interaction = Interaction.lock(interaction_id)
    mine = permissions.segment_of(interaction, by).party
    party = interaction.parties.select_related("agent").filter(pk=party_id).first()
    if party is None:
        raise NotFound(message="There is no such party.")
    if party.left_at is not None:
        return interaction.untouched()
    permissions.require(permissions.can_remove(interaction, mine, party))
    permissions.require(permissions.is_current(interaction, version))
    interaction.lock_agents(party.agent_id)
    unseat(interaction, party, Cause.REMOVED, now=now)
    tell(interaction, "removed", mine, now, by=mine.nickname, who=party.nickname)
    leave(interaction, party, Cause.REMOVED, now=now)
    events.record(interaction, "party.removed", now=now, by=f"agent:{by.id}", party=str(party.id))
    return interaction


def unseat(interaction, party: Party, cause: Cause, *, now) -> None:
    """Tell the contact who goes and who stays."""
    key = {Cause.LOST: "lost_stays", Cause.PASSED: "passed"}.get(cause, "left")
    say(interaction, key, party, now, colleague=stays(interaction, party))


def stays(interaction, party: Party) -> str:
    """Who stays with the contact, as they read it: the owner."""
    owner = interaction.owner
    return owner.nickname if owner and owner.id != party.id else interaction.wording.page["a_colleague"]
