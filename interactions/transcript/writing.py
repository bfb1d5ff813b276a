"""Lines on their way in: from sockets in batches, from requests one by one, from actions inside their transaction."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from core import realtime
from core.batches import Batches
from core.realtime import Post
from interactions.frames import Ack, Line
from interactions.models import Interaction, Lane, Message, Party, Reader
from interactions.models.lane import PUBLIC

from .author import Author, unknown
from .batch import write_all, write_one
from .judging import Draft, Written, encode, lane_key
from .text import clean
from .typing import notices

_lines = Batches(write_all, name="lines")


async def append(author: Author, *, lane: str, id: UUID, text: str, now: datetime) -> Written:
    """As `append_now`, from the loop, together with what others write meanwhile. Answers after the durable commit."""
    return await _lines.add(Draft(author, lane, id, clean(text), now))


async def drain() -> None:
    """Until every line that was taken is written, every notice told, and no connection held for more."""
    await _lines.drain()
    await notices.drain()


def append_now(author: Author, *, lane: str, id: UUID, text: str, now: datetime) -> Ack:
    """One line of one party. The same id again gets the same number and stores nothing.

    Raises Invalid, NotFound, Conflict `not_party`, `ended`, `id_reused`. Pushes the line to the lane's readers.
    """
    return write_one(Draft(author, lane, id, clean(text), now)).ack


def system_line(interaction: Interaction, lane: str, text: str, party: Party | None, now: datetime) -> None:
    """What happened, as a line. Inside an action's transaction, after its other locks; `party`: whom it is about."""
    _store(_take_number(interaction, lane), party, Message.SYSTEM, uuid4(), text, now)


def contact_line(interaction: Interaction, text: str, party: Party, now: datetime, *, id: UUID | None = None) -> None:
    """A line of the contact inside a larger action, after its other locks. Raises Invalid."""
    text = clean(text)
    waits = {"unanswered_since": Coalesce(F("unanswered_since"), Value(now)), "quiet_since": None, "warned_at": None}
    _store(_take_number(interaction, PUBLIC, **waits), party, Message.TEXT, id or uuid4(), text, now)


def _take_number(interaction: Interaction, lane: str, **changes) -> Lane:
    rows = Lane.objects.filter(interaction=interaction, name=lane)
    if not rows.update(head=F("head") + 1, **changes):
        raise unknown()
    return rows.get()


def _store(lane: Lane, party: Party | None, kind: str, id: UUID, text: str, now: datetime) -> None:
    """The row now, the push after commit."""
    Message.objects.create(lane=lane, number=lane.head, party=party, client_id=id, kind=kind, text=text, at=now)
    line = Line(lane.interaction_id, lane.name, lane.head, party and party.id, kind, text, now, id)
    post = Post(_groups(lane), encode(line), (lane_key(lane.interaction_id, lane.name), lane.head))
    transaction.on_commit(lambda: realtime.publish([post]), robust=True)


def _groups(lane: Lane) -> tuple[str, ...]:
    """The push groups of all who read the lane now."""
    readers = Reader.objects.filter(lane=lane, until=None).select_related("party")
    return tuple(sorted({reader.party.group for reader in readers}))
