"""How far each party has received and seen each of their lanes: two numbers per reader that only rise.

Marks are small and many, so they never travel alone: what the sockets of a process say is gathered and written in one
transaction a few times a second. They wait for nobody and nobody's line waits for them.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
from django.db import connection, transaction
from django.db.models import QuerySet

from core import realtime
from core.db import db_call
from core.realtime import Post
from core.written import Written

from .frames import Delivered, Seen
from .models import Party, Reader
from .transcript import Author

log = logging.getLogger("parley.sockets")

EVERY = 0.25
AGAIN = 2.0
AT_MOST = 20_000

_encode = msgspec.json.Encoder().encode


class Reached(NamedTuple):
    """Numbers of one lane. Who has seen a line has received it."""

    delivered: int = 0
    seen: int = 0

    def further(self, other: "Reached") -> "Reached":
        delivered, seen = max(self.delivered, other.delivered), max(self.seen, other.seen)
        return Reached(max(delivered, seen), seen)

    def within(self, head: int) -> "Reached":
        return Reached(min(self.delivered, head), min(self.seen, head))


Told = dict[tuple[Author, str], Reached]


def mark(told: Told) -> Told:
    """Raise the marks of those who may read these lanes, and tell the lanes' readers. Lower numbers change nothing.

    Returns what has to be told again, because somebody else holds its row just now: marks wait for nobody.
    """
    lanes = _Lanes(told)
    risen = {reader.pk: key for key, reader in lanes.mine(told) if _after(reader, told[key]) != _reached(reader)}
    if not risen:
        return {}
    with transaction.atomic():
        taken = FREE.about(risen)
        frames = [post for row in taken for post in _raise(lanes.reader(row.pk), row, told[risen[row.pk]], lanes)]
        _store(taken)
        transaction.on_commit(lambda: realtime.publish(frames), robust=True)
    left = risen.keys() - {row.pk for row in taken}
    return {risen[pk]: told[risen[pk]] for pk in left}


def _store(rows: list[Reader]) -> None:
    """One statement, whatever the number of rows."""
    table = connection.ops.quote_name(Reader._meta.db_table)
    with connection.cursor() as cursor:
        values = [(row.delivered, row.seen, row.pk) for row in rows]
        cursor.executemany(f"UPDATE {table} SET delivered = %s, seen = %s WHERE id = %s", values)  # noqa: S608


def _raise(reader: Reader, row: Reader, reached: Reached, lanes: "_Lanes") -> Iterator[Post]:
    """`row` is locked and newer than `reader`, which knows its lane and party."""
    before, after = _reached(row), _reached(row).further(reached.within(reader.head()))
    row.delivered, row.seen = after
    about = reader.lane.interaction_id, reader.lane.name, reader.party_id
    if after.seen > before.seen:
        yield Post(lanes.groups(reader), _encode(Seen(*about, after.seen)))
    if after.delivered > max(before.delivered, after.seen):
        yield Post(lanes.groups(reader), _encode(Delivered(*about, after.delivered)))


def _reached(reader: Reader) -> Reached:
    return Reached(reader.delivered, reader.seen)


def _after(reader: Reader, reached: Reached) -> Reached:
    return _reached(reader).further(reached.within(reader.head()))


def _is_told(row: Reader) -> bool:
    """Agents who left hear no more; a contact's page goes on showing who has seen what."""
    return row.until is None or row.party.kind == Party.CONTACT


def _readers(chats) -> QuerySet:
    rows = Reader.objects.filter(party__interaction__in=chats).select_related("lane", "party")
    return rows.order_by("party__joined_at", "party_id", "lane_id")


# Said by every process a few times a second, about another number of chats each time: few statements for all numbers.
READERS = Written(_readers)
FREE = Written(lambda ids: Reader.objects.filter(pk__in=ids).select_for_update(skip_locked=True))


class _Lanes:
    """The readers of the interactions in question, in one query."""

    def __init__(self, told: Iterable[tuple[Author, str]]):
        self._readers = {row.pk: row for row in READERS.about({author.interaction for author, _ in told})}
        self._latest = {(row.party.interaction_id, row.party.agent_id): row.party_id for row in self._readers.values()}

    def reader(self, pk: int) -> Reader:
        return self._readers[pk]

    def mine(self, told: Told) -> Iterator[tuple[tuple[Author, str], Reader]]:
        """Of each author the lane they named, if it is one of their latest party."""
        known = {(row.party_id, row.lane.name): row for row in self._readers.values()}
        for author, lane in told:
            reader = known.get((self._latest.get((author.interaction, author.agent)), lane))
            if reader is not None:
                yield (author, lane), reader

    def groups(self, reader: Reader) -> tuple[str, ...]:
        """All who read the lane now, the contact also after the end, and the reader's own tabs.

        How far a consultant reads along is for those alone.
        """
        if reader.along:
            return (reader.party.group,)
        readers = [row for row in self._readers.values() if row.lane_id == reader.lane_id and _is_told(row)]
        return tuple(sorted({row.party.group for row in [*readers, reader]}))


# --- what the sockets of this process say ------------------------------------------------------


class Gathering:
    """Keeps the highest numbers told, and writes them together. Runs while there is something to write."""

    def __init__(self):
        self._told: Told = {}
        self._task: asyncio.Task | None = None

    def tell(self, author: Author, lane: str, reached: Reached) -> None:
        """On the loop. What is one too many is left out: clients tell again what they do not hear back."""
        key = author, lane
        if key in self._told or len(self._told) < AT_MOST:
            self._told[key] = self._told.get(key, Reached()).further(reached)
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._task = loop.create_task(self._run())

    async def _run(self) -> None:
        while self._told:
            await asyncio.sleep(EVERY)
            await self._write()

    async def _write(self) -> None:
        told, self._told = self._told, {}
        try:
            left = await db_call(mark, told)
        except Exception:
            log.warning("marks were not written, they are tried again", exc_info=True)
            left = told
            await asyncio.sleep(AGAIN)
        for key, reached in left.items():
            self._told[key] = self._told.get(key, Reached()).further(reached)


gathering = Gathering()
