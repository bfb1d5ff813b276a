"""The message path: lines get their number in their lane, are stored once, and reach all who read the lane.

A line takes its lane's row first, by writing: whoever ends a membership takes the same row, so the checks that
follow hold until the commit. Order of locks: interactions, agents, lanes.
"""

import heapq
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from core import realtime
from core.db import db_call
from core.errors import Conflict, Invalid, NotFound
from core.realtime import Post

from . import permissions
from .frames import RESUME_LIMIT, TEXT_LIMIT, Ack, Line, Typing
from .models import Interaction, Lane, Message, Party, Reader
from .models.lane import PUBLIC

PAGE = 200
TYPING_COUNTS = timedelta(seconds=5)
PAGE_LIMIT = 500

_encode = msgspec.json.Encoder().encode
_NOT_TEXT = {
    code: None for code in (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)) if chr(code) not in "\n\t"
}


class Author(NamedTuple):
    """Who writes or reads: an agent of this interaction, or (`agent` None) its contact."""

    interaction: UUID
    agent: UUID | None = None


class Page(NamedTuple):
    """Lines in order. `more`: there are others beyond this page in the direction that was read."""

    lines: list[Line]
    more: bool


# --- writing ----------------------------------------------------------------------------------


async def append(author: Author, *, lane: str, id: UUID, text: str, now: datetime) -> Ack:
    """As `append_now`, from the loop. The answer comes after the durable commit."""
    return await db_call(append_now, author, lane=lane, id=id, text=text, now=now)


def append_now(author: Author, *, lane: str, id: UUID, text: str, now: datetime) -> Ack:
    """One line of one party. The same id again gets the same number and stores nothing.

    Raises Invalid, NotFound, Conflict `not_party`, `ended`, `id_reused`. Pushes the line to the lane's readers.
    """
    text = clean(text)
    try:
        return _append(author, lane, id, text, now)
    except IntegrityError:
        # The same id was written in another lane at the same moment; now it can be seen.
        return _append(author, lane, id, text, now)


def _append(author: Author, lane: str, id: UUID, text: str, now: datetime) -> Ack:
    try:
        with transaction.atomic(durable=True):
            _take_number(author.interaction, lane, _whose_turn(author, lane, now))
            _refuse_repeat(author, lane, id, text)
            reader = _writer(author, lane)
            _store(reader.lane, reader.party, Message.TEXT, id, text, now)
            return Ack(id, author.interaction, lane, reader.lane.head)
    except _Repeated as repeated:
        return Ack(id, author.interaction, lane, repeated.number)


def system_line(interaction: Interaction, lane: str, text: str, party: Party | None, now: datetime) -> None:
    """What happened, as a line. Inside an action's transaction, after its other locks; `party`: whom it is about."""
    _take_number(interaction.id, lane)
    row = Lane.objects.get(interaction=interaction, name=lane)
    _store(row, party, Message.SYSTEM, uuid4(), text, now)


def contact_line(interaction: Interaction, text: str, party: Party, now: datetime, *, id: UUID | None = None) -> None:
    """A line of the contact inside a larger action, after its other locks. Raises Invalid."""
    text = clean(text)
    _take_number(interaction.id, PUBLIC, _whose_turn(Author(interaction.id), PUBLIC, now))
    _store(Lane.objects.get(interaction=interaction, name=PUBLIC), party, Message.TEXT, id or uuid4(), text, now)


def clean(text: str) -> str:
    """Without control characters, save newline and tab. Raises Invalid when nothing is left, or too much."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOT_TEXT)
    if not text.strip():
        raise Invalid(message="A line needs some text.")
    if len(text) > TEXT_LIMIT:
        raise Invalid(message=f"A line has at most {TEXT_LIMIT} characters.", limit=TEXT_LIMIT)
    return text


class _Repeated(Exception):
    """Not a new line: gives the number just taken back by rolling back."""

    def __init__(self, number: int):
        self.number = number


def _take_number(interaction_id: UUID, lane: str, changes: dict | None = None) -> None:
    rows = Lane.objects.filter(interaction=interaction_id, name=lane)
    if not rows.update(head=F("head") + 1, **(changes or {})):
        raise _unknown()


def _whose_turn(author: Author, lane: str, now: datetime) -> dict:
    """The pending response runs from the contact's first unanswered line, the idle clock from the agents' last."""
    if lane != PUBLIC:
        return {}
    if author.agent:
        return {"unanswered_since": None, "quiet_since": now, "warned_at": None}
    return {"unanswered_since": Coalesce(F("unanswered_since"), Value(now)), "quiet_since": None, "warned_at": None}


def _refuse_repeat(author: Author, lane: str, id: UUID, text: str) -> None:
    rows = Message.objects.filter(party__in=_parties(author), client_id=id).select_related("lane").order_by()
    stored = next(iter(rows[:1]), None)
    if stored is None:
        return
    if stored.text != text or stored.lane.name != lane:
        raise Conflict("id_reused", "This id belongs to another line.")
    raise _Repeated(stored.number)


def _writer(author: Author, lane: str) -> Reader:
    """The author's right to the lane, if they may write there now."""
    reader = _readers(author).filter(lane__name=lane).select_related("lane__interaction").last()
    if reader is None:
        raise _unknown()
    permissions.require(permissions.can_write(reader.lane.interaction, reader))
    if reader.until is not None:
        raise Conflict("not_party", "You are no longer in this chat.")
    return reader


def _store(lane: Lane, party: Party | None, kind: str, id: UUID, text: str, now: datetime) -> None:
    """The row now, the push after commit."""
    Message.objects.create(lane=lane, number=lane.head, party=party, client_id=id, kind=kind, text=text, at=now)
    line = Line(lane.interaction_id, lane.name, lane.head, party and party.id, kind, text, now, id)
    post = Post(_groups(lane), _encode(line), (lane_key(lane.interaction_id, lane.name), lane.head))
    transaction.on_commit(lambda: realtime.publish([post]), robust=True)


# --- reading ----------------------------------------------------------------------------------


def page(
    author: Author,
    *,
    lane: str | None = None,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Lines the author may read: the newest, or those before or after a number of one lane. Raises NotFound.

    Without `lane` the newest `limit` of each lane, merged by time; a lane keeps its own order.
    """
    readers = [reader for reader in _mine(author) if lane in (None, reader.lane.name)]
    if not readers:
        raise _unknown()
    limit = max(1, min(limit, PAGE_LIMIT))
    pages = [_page(reader, after, before, limit) for reader in readers]
    lines = heapq.merge(*(found.lines for found in pages), key=lambda line: line.at)
    return Page(list(lines), any(found.more for found in pages))


def since(author: Author, cursors: dict[str, int]) -> list[Line] | None:
    """What was missed in each lane after the number held; None when it is too much to send."""
    missed = []
    for reader in _mine(author):
        if reader.lane.name not in cursors:
            continue
        found = _page(reader, cursors[reader.lane.name], None, RESUME_LIMIT)
        if found.more:
            return None
        missed += found.lines
    return missed


def lane_key(interaction_id: UUID, lane: str) -> str:
    """The name under which sockets keep this lane's lines in order."""
    return f"{interaction_id.hex}.{lane}"


def _page(reader: Reader, after: int | None, before: int | None, limit: int) -> Page:
    rows = Message.objects.filter(lane=reader.lane_id, number__gte=reader.start, number__lte=reader.head())
    if before is not None:
        rows = rows.filter(number__lt=before)
    if after is not None:
        found = list(rows.filter(number__gt=after).order_by("number")[: limit + 1])
        return Page([_line(reader.lane, row) for row in found[:limit]], len(found) > limit)
    found = list(rows.order_by("-number")[: limit + 1])
    return Page([_line(reader.lane, row) for row in reversed(found[:limit])], len(found) > limit)


def _line(lane: Lane, row: Message) -> Line:
    return Line(lane.interaction_id, lane.name, row.number, row.party_id, row.kind, row.text, row.at, row.client_id)


# --- typing -----------------------------------------------------------------------------------


def typing(author: Author, *, lane: str, on: bool, now: datetime) -> None:
    """Tell the lane's other readers. The idle clock waits for who types. Raises NotFound, Conflict."""
    reader = _writer(author, lane)
    if on and lane == PUBLIC:
        lately = now - TYPING_COUNTS
        Lane.objects.filter(pk=reader.lane_id, quiet_since__lt=lately).update(quiet_since=now, warned_at=None)
    groups = tuple(group for group in _groups(reader.lane) if group != reader.party.group)
    realtime.publish([Post(groups, _encode(Typing(author.interaction, lane, reader.party_id, on)))])


# --- who --------------------------------------------------------------------------------------


def _parties(author: Author) -> QuerySet[Party]:
    """All that the author was and is in this interaction; who came again is a new party."""
    parties = Party.objects.filter(interaction=author.interaction)
    return parties.filter(agent=author.agent) if author.agent else parties.filter(kind=Party.CONTACT)


def _readers(author: Author) -> QuerySet[Reader]:
    readers = Reader.objects.filter(party__in=_parties(author)).select_related("lane", "party")
    return readers.order_by("party__joined_at", "party_id", "lane_id")


def _mine(author: Author) -> list[Reader]:
    """The lanes of the author's latest party."""
    readers = list(_readers(author))
    return [reader for reader in readers if reader.party_id == readers[-1].party_id]


def _groups(lane: Lane) -> tuple[str, ...]:
    """The push groups of all who read the lane now."""
    readers = Reader.objects.filter(lane=lane, until=None).select_related("party")
    return tuple(sorted({reader.party.group for reader in readers}))


def _unknown() -> NotFound:
    return NotFound(message="There is no such chat, or no such lane in it.")
