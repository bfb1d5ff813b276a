"""The contact of a chat: who they are, and what their other chats were. Read by the chat's agents, by privilege."""

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch
from msgspec import Struct

from core.errors import NotFound

from .frames import Line
from .models import Interaction, Message, Party, Segment
from .models.disposition import labels
from .models.lane import PUBLIC

PAGE, LINES = 20, 500


class PastAgent(Struct):
    """One agent's part: what came of it, and what they noted for the next who opens this. `consulted`: only that."""

    nickname: str
    consulted: bool
    joined_at: datetime
    left_at: datetime | None
    disposition: list[str]
    note: str


class PastChat(Struct):
    """Another chat of the contact. `offline`: a message that they left."""

    id: UUID
    state: str
    offline: bool
    created_at: datetime
    ended_at: datetime | None
    queue: str
    agents: list[PastAgent]


class ContactRecord(Struct):
    """`since`: their first chat; `chats`: all of them, this one included."""

    name: str
    email: str
    since: datetime
    chats: int


class Speaker(Struct):
    id: UUID
    kind: str
    nickname: str


class PastLines(Struct):
    """Public lines after the number asked for, and whose they are. `more`: there are others beyond."""

    parties: list[Speaker]
    results: list[Line]
    more: bool


def record_of(interaction: Interaction) -> ContactRecord:
    contact = interaction.contact
    chats = contact.interactions.order_by("created_at").values_list("created_at", flat=True)
    return ContactRecord(contact.label, contact.email, chats.first(), chats.count())


def others(interaction: Interaction, before: datetime | None = None) -> tuple[list[PastChat], bool]:
    """The contact's other chats, newest first; and whether there are older ones than these."""
    rows = _others(interaction).order_by("-created_at", "-id")
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    segments = Segment.objects.select_related("party").prefetch_related("codes").order_by("joined_at", "id")
    found = list(rows.select_related("queue").prefetch_related(Prefetch("segments", segments))[: PAGE + 1])
    named = labels({code for row in found for segment in row.segments.all() for code in segment.codes.all()})
    return [_past(row, named) for row in found[:PAGE]], len(found) > PAGE


def _others(interaction: Interaction):
    return Interaction.objects.filter(contact=interaction.contact_id).exclude(pk=interaction.pk)


def _past(row: Interaction, named: dict) -> PastChat:
    agents = [_agent(segment, named) for segment in row.segments.all()]
    queue = row.queue.name if row.queue else ""
    return PastChat(row.id, row.state, row.offline, row.created_at, row.ended_at, queue, agents)


def _agent(segment: Segment, named: dict) -> PastAgent:
    codes = [named[code.id] for code in segment.codes.all()]
    return PastAgent(segment.party.nickname, segment.consulted, segment.joined_at, segment.left_at, codes, segment.note)


def other(interaction: Interaction, id) -> Interaction:
    """This one of the contact's other chats. Raises NotFound for chats of others."""
    found = _others(interaction).filter(pk=id).first()
    if found is None:
        raise NotFound(message="This contact has no such chat.")
    return found


def lines(past: Interaction, after: int = 0) -> PastLines:
    """What contact and agents wrote to each other, from its first line on."""
    rows = Message.objects.filter(lane__interaction=past, lane__name=PUBLIC, number__gt=after).order_by("number")
    found = list(rows[: LINES + 1])
    speakers = Party.objects.filter(interaction=past).exclude(kind=Party.CONSULTANT)
    parties = [Speaker(party.id, party.kind, party.nickname) for party in speakers]
    return PastLines(parties, [_line(past, row) for row in found[:LINES]], len(found) > LINES)


def _line(past: Interaction, row: Message) -> Line:
    return Line(past.id, PUBLIC, row.number, row.party_id, row.kind, row.text, row.at, row.client_id)
