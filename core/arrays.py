"""Lists as PostgreSQL's arrays, in binary: many values cost a join of bytes, not a call of the driver for each.

Each kind has one type whatever is in it, so a statement that is given them is one statement, which can be planned once.
"""

import struct
from datetime import UTC, datetime

from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NULL = b"\xff\xff\xff\xff"
TRUE, FALSE = b"\0\0\0\1\1", b"\0\0\0\1\0"
_HEAD = struct.Struct("!IIIII").pack  # dimensions, nulls?, type of the elements, how many, number of the first
_EMPTY = struct.Struct("!III").pack
_LONG = struct.Struct("!iq").pack
_LENGTH = struct.Struct("!i").pack


class Array(list):
    """Of the type `oid`, with elements of the type `element`."""

    oid: int
    element: int

    def encoded(self) -> list[bytes]:
        """Each with its length before it."""
        raise NotImplementedError


class Uuids(Array):
    oid, element = 2951, 2950

    def encoded(self) -> list[bytes]:
        return [b"\0\0\0\x10" + id.bytes for id in self]


class Longs(Array):
    oid, element = 1016, 20

    def encoded(self) -> list[bytes]:
        return [_LONG(8, number) for number in self]


class Bools(Array):
    oid, element = 1000, 16

    def encoded(self) -> list[bytes]:
        return [TRUE if flag else FALSE for flag in self]


class Texts(Array):
    oid, element = 1009, 25

    def encoded(self) -> list[bytes]:
        return [_LENGTH(len(data)) + data for data in map(str.encode, self)]


class Times(Array):
    """Any of them may be missing."""

    oid, element = 1185, 1184

    def encoded(self) -> list[bytes]:
        return [NULL if at is None else _LONG(8, _microseconds(at)) for at in self]


def _microseconds(at: datetime) -> int:
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, array: Array) -> bytes:
        if not array:
            return _EMPTY(0, 0, array.element)
        values = array.encoded()
        return _HEAD(1, NULL in values, array.element, len(array), 1) + b"".join(values)


def register(adapters: AdaptersMap) -> None:
    """Let cursors with these adapters take arrays."""
    for kind in (Uuids, Longs, Bools, Texts, Times):
        dumper = type(f"{kind.__name__}Dumper", (_ArrayDumper,), {"oid": kind.oid})
        adapters.register_dumper(kind, dumper)
