"""Who writes or reads, and what they may read."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from core.errors import NotFound
from interactions.models import Party, Reader


class Author(NamedTuple):
    """Who writes or reads: an agent of this interaction, or (`agent` None) its contact."""

    interaction: UUID
    agent: UUID | None = None


def parties(author: Author) -> QuerySet[Party]:
    """All that the author was and is in this interaction; who came again is a new party."""
    found = Party.objects.filter(interaction=author.interaction)
    return found.filter(agent=author.agent) if author.agent else found.filter(kind=Party.CONTACT)


def readers(author: Author) -> list[Reader]:
    """The lanes of the author's latest party."""
    found = Reader.objects.filter(party__in=parties(author)).select_related("lane", "party")
    found = list(found.order_by("party__joined_at", "party_id", "lane_id"))
    return [reader for reader in found if reader.party_id == found[-1].party_id]


def unknown() -> NotFound:
    """Whoever may not know of it, and whoever asks for what does not exist, hears the same."""
    return NotFound(message="There is no such chat, or no such lane in it.")
