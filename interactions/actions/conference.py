"""Instant conference, and who is removed from one."""

from datetime import datetime

from django.db import transaction

from agents.models import Agent
from core.errors import NotFound
from interactions import events, permissions
from interactions.models import Interaction, Invitation, Party
from interactions.picture import Picture
from interactions.states import Cause, Kind

from .consulting import falls_with
from .inviting import ask_agent, ask_consultant, ask_pool, asking
from .joining import leave, tell, unseat


@transaction.atomic(durable=True)
def invite(interaction_id, agent_id, *, by: Agent, note: str = "", now: datetime) -> Invitation:
    """Ask an agent to join; for the contact nothing changes until they accept.

    Raises NotFound, NotAllowed, Conflict (`not_party`, `ended`, `party_limit`, `already_party`, `already_invited`,
    `logged_off`, `not_ready`, `at_capacity`). Emits invitation.ringing.
    """
    return ask_agent(*_inviting(interaction_id, by), agent_id, Kind.CONFERENCE, note=note, now=now)


@transaction.atomic(durable=True)
def invite_pool(interaction_id, type: str, id, *, by: Agent, note: str = "", now: datetime) -> Invitation:
    """Ask the agents of a queue, group or skill, one after the other, until one accepts.

    `type`: queue, group, skill, or routing_point, which chooses the queue by the chat's case data.
    Raises NotFound, NotAllowed, Conflict (`not_party`, `ended`, `party_limit`, `already_invited`, `unstaffed`).
    Emits invitation.waiting.
    """
    return ask_pool(*_inviting(interaction_id, by), type, id, Kind.CONFERENCE, note=note, now=now)


@transaction.atomic(durable=True)
def invite_consultant(interaction_id, consultation_id, *, by: Agent, note: str = "", now: datetime) -> Invitation:
    """Ask whom one consults to join; the consultation ends when they do, and goes on if they decline.

    Raises NotFound, NotAllowed, Conflict (`not_party`, `ended`, `party_limit`, `already_invited`). Emits
    invitation.ringing, or invitation.accepted where the site asks for no second accept.
    """
    return ask_consultant(*_inviting(interaction_id, by), consultation_id, Kind.CONFERENCE, note=note, now=now)


def _inviting(interaction_id, by: Agent) -> tuple[Interaction, Party, Picture]:
    interaction, mine, picture = asking(interaction_id, by)
    permissions.require(permissions.can_conference(interaction, mine, picture.seats, picture.site))
    return interaction, mine, picture


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
    interaction.lock_agents(*falls_with(interaction, party))
    unseat(interaction, party, Cause.REMOVED, now=now)
    tell(interaction, "removed", mine, now, by=mine.nickname, who=party.nickname)
    leave(interaction, party, Cause.REMOVED, now=now)
    events.record(interaction, "party.removed", now=now, by=f"agent:{by.id}", party=str(party.id))
    return interaction
