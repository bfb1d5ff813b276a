"""Contacts of the chats on an agent's own desk, to whom mail can be written about their chat."""

from collections.abc import Collection
from uuid import UUID

from agents.models import Agent
from agents.status import Status
from interactions import mail_rules
from interactions.models import Party, Segment

from .hit import Hit, Key, Presence, action


def of_desk(me: Agent) -> list[Party]:
    """The contacts' parties of what the agent has not marked done."""
    chats = Segment.objects.filter(agent=me, done_at=None).values("interaction")
    rows = Party.objects.filter(interaction__in=chats, kind=Party.CONTACT)
    return list(rows.select_related("interaction__contact").order_by("joined_at", "id"))


def hits(me: Agent, ids: Collection[UUID]) -> dict[Key, Hit]:
    """Three queries, however many contacts they are."""
    if not ids:
        return {}
    segments = {row.interaction_id: row for row in _segments(me)}
    found = [party for party in of_desk(me) if party.id in ids]
    return {("contact", party.id): _hit(me, party, segments[party.interaction_id]) for party in found}


def _segments(me: Agent):
    return Segment.objects.filter(agent=me, done_at=None).select_related("party").order_by("joined_at", "id")


def _hit(me: Agent, party: Party, segment: Segment) -> Hit:
    contact = party.interaction.contact
    refusal = mail_rules.can_mail(party.interaction, me, segment, party)
    return Hit(
        type="contact",
        id=party.id,
        name=contact.label,
        nickname=party.nickname,
        department=contact.email,
        presence=_presence(party),
        actions=[action("mail", refusal, interaction=party.interaction_id)],
    )


def _presence(party: Party) -> Presence:
    if party.left_at:
        return Presence(Status.LOGGED_OFF, "has left the chat", party.left_at, 0)
    if party.away_since:
        return Presence(Status.NOT_READY, "away", party.away_since, 0)
    return Presence(Status.READY, "in the chat", party.joined_at, 0)
