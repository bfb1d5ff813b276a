"""What the message path says to its database, in the database's own words: each statement for a whole batch.

Both classes speak alike. Ids go in and come out as the database keeps them (`key` of a UUID), so that a batch of
lines is not slowed down by turning its rows into objects.
"""

import json
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction

from core.arrays import Bools, Longs, Texts, Times, Uuids
from core.db import binary_cursor

Key = UUID | str  # of a row, as the database keeps it


class Member(NamedTuple):
    """A party's right to a lane, with what decides whether they may write there.

    Stands for the interaction, the party, the reader and the lane before the predicates of `permissions`.
    """

    interaction: UUID | str
    version: int  # of the interaction
    state: str
    party_id: UUID | str
    kind: str
    agent: UUID | str | None
    left_at: object
    lane_id: int
    name: str
    until: int | None

    @property
    def party(self) -> "Member":
        return self

    @property
    def lane(self) -> "Member":
        return self


class Stored(NamedTuple):
    """A line that is there already."""

    party: UUID | str
    client_id: UUID | str
    number: int
    text: str
    name: str  # of its lane


class Row(NamedTuple):
    """A line to be stored; `step`: which of those of its lane, from one on."""

    lane: int
    step: int
    party: UUID | str
    client_id: UUID | str
    text: str
    at: datetime


class Moved(NamedTuple):
    """A lane that gets `count` lines if its chat is at this version, and its clocks then.

    `keep`: what was unanswered before still is, else `unanswered` is the first.
    """

    lane: int
    version: int
    count: int
    keep: bool
    unanswered: datetime | None
    quiet: datetime | None


Heads = dict[int, int | None]


VERSIONS = "SELECT id, version FROM interactions_interaction WHERE id IN ({interactions})"
MEMBERS = """
    SELECT party.interaction_id, interaction.version, interaction.state, party.id, party.kind, party.agent_id,
        party.left_at, reader.lane_id, lane.name, reader.until
    FROM interactions_party party
    JOIN interactions_interaction interaction ON interaction.id = party.interaction_id
    JOIN interactions_reader reader ON reader.party_id = party.id
    JOIN interactions_lane lane ON lane.id = reader.lane_id
    WHERE party.interaction_id IN ({interactions})
    ORDER BY party.interaction_id, party.joined_at, party.id, reader.lane_id
"""
STORED = """
    SELECT line.party_id, line.client_id, line.number, line.text, lane.name
    FROM interactions_message line JOIN interactions_lane lane ON lane.id = line.lane_id
    WHERE {used}
"""
COLUMNS = "lane_id, number, party_id, client_id, text, at, kind"


class Sqlite:
    """One writer at a time: what is read inside the transaction is ours."""

    PAIRS = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(%s)"
    IDS = "SELECT value FROM json_each(%s)"
    VERSIONS = VERSIONS.format(interactions=IDS)
    MEMBERS = MEMBERS.format(interactions=IDS)
    STORED = STORED.format(used=f"(line.party_id, line.client_id) IN ({PAIRS})")
    HEADS = f"""
        SELECT lane.id, lane.head, interaction.version
        FROM interactions_lane lane JOIN interactions_interaction interaction ON interaction.id = lane.interaction_id
        WHERE lane.id IN ({IDS})
    """  # noqa: S608
    MISSED = f"SELECT id FROM agents_agent WHERE id IN ({IDS}) AND missed > 0"  # noqa: S608
    INSERT = f"INSERT INTO interactions_message ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, 'text')"  # noqa: S608
    MOVE = """
        UPDATE interactions_lane SET head = head + %s, quiet_since = %s, warned_at = NULL,
            unanswered_since = coalesce(CASE WHEN %s THEN unanswered_since END, %s)
        WHERE id = %s
    """

    def __init__(self):
        self._cursor = connection.cursor()

    @staticmethod
    def key(id: UUID) -> str:
        return id.hex

    @staticmethod
    def uuid(key: str) -> UUID:
        return UUID(key)

    @staticmethod
    def hex(key: str) -> str:
        return key

    def versions(self, interactions: Iterable) -> dict:
        return dict(self._all(self.VERSIONS, list(interactions)))

    def members(self, interactions: Iterable) -> list[Member]:
        return [Member._make(row) for row in self._all(self.MEMBERS, list(interactions))]

    def stored(self, pairs: Iterable[tuple]) -> list[Stored]:
        """Which of these ids these parties have used."""
        return [Stored._make(row) for row in self._all(self.STORED, list(pairs))]

    @transaction.atomic(durable=True)
    def store(self, rows: list[Row], lanes: list[Moved], agents: Iterable, wait: bool) -> tuple[Heads, set]:
        """The lines of those lanes whose chat is at that version, in one transaction: the heads of these before.

        And which of these agents missed invitations. Nobody else can hold a lane.
        """
        now = {lane: (head, version) for lane, head, version in self._all(self.HEADS, [lane.lane for lane in lanes])}
        same = [lane for lane in lanes if lane.lane in now and now[lane.lane][1] == lane.version]
        heads = {lane.lane: now[lane.lane][0] for lane in same}
        self._insert([row for row in rows if row.lane in heads], heads)
        self._move(same)
        return heads, {agent for (agent,) in self._all(self.MISSED, list(agents))}

    def _insert(self, rows: list[Row], heads: Heads) -> None:
        numbered = [(row.lane, heads[row.lane] + row.step, *row[2:5], self._time(row.at)) for row in rows]
        self._cursor.executemany(self.INSERT, numbered)

    def _move(self, lanes: list[Moved]) -> None:
        clocks = [
            (lane.count, self._time(lane.quiet), lane.keep, self._time(lane.unanswered), lane.lane) for lane in lanes
        ]
        self._cursor.executemany(self.MOVE, clocks)

    def _all(self, sql: str, given: list) -> list[tuple]:
        self._cursor.execute(sql, [json.dumps(given)])
        return self._cursor.fetchall()

    @staticmethod
    def _time(at: datetime | None) -> str | None:
        return at and str(at.astimezone(UTC).replace(tzinfo=None))


class Postgres:
    """Whoever changes a membership holds the lanes, so a batch takes the lanes that are free, or waits for them."""

    IDS = "SELECT unnest(%s::uuid[])"
    VERSIONS = VERSIONS.format(interactions=IDS)
    MEMBERS = MEMBERS.format(interactions=IDS)
    USED = STORED.format(used="(line.party_id, line.client_id) = (used.party_id, used.client_id)")
    STORED = f"""
        SELECT line.* FROM unnest(%s::uuid[], %s::uuid[]) AS used (party_id, client_id)
        CROSS JOIN LATERAL ({USED} LIMIT 1) line
    """  # noqa: S608 -- one look into the index for each, however empty the table seems
    STORE = f"SELECT * FROM interactions_write({', '.join(['%s'] * 14)})"  # noqa: S608
    ROWS = (Longs, Longs, Uuids, Uuids, Texts, Times)
    MOVED = (Longs, Longs, Longs, Bools, Times, Times)

    def __init__(self):
        self._cursor = binary_cursor()

    @staticmethod
    def key(id: UUID) -> UUID:
        return id

    @staticmethod
    def uuid(key: UUID) -> UUID:
        return key

    @staticmethod
    def hex(key: UUID) -> str:
        return key.hex

    def versions(self, interactions: Iterable) -> dict:
        return dict(self._all(self.VERSIONS, [Uuids(interactions)]))

    def members(self, interactions: Iterable) -> list[Member]:
        return [Member._make(row) for row in self._all(self.MEMBERS, [Uuids(interactions)])]

    def stored(self, pairs: Iterable[tuple]) -> list[Stored]:
        """Which of these ids these parties have used."""
        return [Stored._make(row) for row in self._all(self.STORED, _columns(pairs, (Uuids, Uuids)))]

    def store(self, rows: list[Row], lanes: list[Moved], agents: Iterable, wait: bool) -> tuple[Heads, set]:
        """The lines of those lanes that are free and whose chat is at that version: the heads of these before.

        None of a lane that others hold. And which of these agents missed invitations. One statement, which is a
        transaction by itself: it takes the lanes, looks at the versions after that, and writes.
        """
        given = [*_columns(lanes, self.MOVED), *_columns(rows, self.ROWS), Uuids(agents), wait]
        with transaction.atomic(durable=True) if connection.in_atomic_block else nullcontext():
            found = self._all(self.STORE, given)
        heads = {lane: head for lane, head, _ in found if lane is not None}
        return heads, {agent for _, _, agent in found if agent is not None}

    def _all(self, sql: str, given: list) -> list[tuple]:
        self._cursor.execute(sql, given)
        return self._cursor.fetchall()


def _columns(rows: Iterable[tuple], kinds: tuple) -> list:
    """As PostgreSQL's unnest wants them."""
    return [kind(column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]


Statements = Sqlite | Postgres


def statements() -> Statements:
    """For the connection of this thread."""
    return Postgres() if connection.vendor == "postgresql" else Sqlite()
