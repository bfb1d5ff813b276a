"""What the message path says to its database, in the database's own words: each statement for a whole batch.

Both classes speak alike. Ids go in and come out as the database keeps them (`key` of a UUID), so that a batch of
lines is not slowed down by turning its rows into objects.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from core.arrays import Bools, Longs, Texts, Times, Uuids
from core.db import binary_cursor


class Taken(NamedTuple):
    """A lane that is ours until the commit."""

    id: int
    interaction: UUID | str
    name: str
    head: int


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
    lane: str


class Row(NamedTuple):
    """A line to be stored."""

    lane: int
    number: int
    party: UUID | str
    client_id: UUID | str
    text: str
    at: datetime


class Moved(NamedTuple):
    """A lane's new head and clocks. `keep`: what was unanswered before still is, else `unanswered` is the first."""

    lane: int
    head: int
    keep: bool = True
    unanswered: datetime | None = None
    quiet: datetime | None = None


LANES = "SELECT id, interaction_id, name, head FROM interactions_lane WHERE (interaction_id, name) IN ({pairs})"
PRESENT = """
    SELECT id, version FROM interactions_interaction WHERE id IN ({interactions})
    UNION ALL SELECT id, missed FROM agents_agent WHERE id IN ({agents}) AND missed > 0
"""
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
    LANES = LANES.format(pairs=PAIRS)
    PRESENT = PRESENT.format(interactions=IDS, agents=IDS)
    MEMBERS = MEMBERS.format(interactions=IDS)
    STORED = STORED.format(used=f"(line.party_id, line.client_id) IN ({PAIRS})")
    INSERT = f"INSERT INTO interactions_message ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, 'text')"  # noqa: S608
    MOVE = """
        UPDATE interactions_lane SET head = %s, quiet_since = %s, warned_at = NULL,
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

    def take(self, lanes: set[tuple], wait: bool) -> tuple[list[Taken], set[tuple]]:
        """Those of these lanes (interaction and name) that exist, and none that others hold: they cannot."""
        return self._all(Taken, self.LANES, list(lanes)), set()

    def present(self, interactions: Iterable, agents: Iterable) -> dict:
        """The versions of these interactions; and how many invitations those of these agents missed who did."""
        self._cursor.execute(self.PRESENT, [json.dumps(list(interactions)), json.dumps(list(agents))])
        return dict(self._cursor.fetchall())

    def members(self, interactions: Iterable) -> list[Member]:
        return self._all(Member, self.MEMBERS, list(interactions))

    def stored(self, pairs: Iterable[tuple]) -> list[Stored]:
        """Which of these ids these parties have used."""
        return self._all(Stored, self.STORED, list(pairs))

    def store(self, rows: list[Row], lanes: list[Moved]) -> None:
        """The lines, and how far they have moved their lanes."""
        self._cursor.executemany(self.INSERT, [(*row[:-1], self._time(row.at)) for row in rows])
        clocks = [
            (lane.head, self._time(lane.quiet), lane.keep, self._time(lane.unanswered), lane.lane) for lane in lanes
        ]
        self._cursor.executemany(self.MOVE, clocks)

    def _all(self, kind, sql: str, given: list) -> list:
        self._cursor.execute(sql, [json.dumps(given)])
        return [kind._make(row) for row in self._cursor.fetchall()]

    @staticmethod
    def _time(at: datetime | None) -> str | None:
        return at and str(at.astimezone(UTC).replace(tzinfo=None))


class Postgres:
    """Whoever changes a membership holds the lanes, so a batch takes the lanes that are free, or waits for them."""

    LANES = LANES.format(pairs="SELECT * FROM unnest(%s::uuid[], %s::text[])")
    IDS = "SELECT unnest(%s::uuid[])"
    PRESENT = PRESENT.format(interactions=IDS, agents=IDS)
    MEMBERS = MEMBERS.format(interactions=IDS)
    USED = STORED.format(used="(line.party_id, line.client_id) = (used.party_id, used.client_id)")
    STORED = f"""
        SELECT line.* FROM unnest(%s::uuid[], %s::uuid[]) AS used (party_id, client_id)
        CROSS JOIN LATERAL ({USED} LIMIT 1) line
    """  # noqa: S608 -- one look into the index for each, however empty the table seems
    STORE = f"""
        WITH moved AS (
            UPDATE interactions_lane lane SET head = new.head, quiet_since = new.quiet, warned_at = NULL,
                unanswered_since = coalesce(CASE WHEN new.keep THEN lane.unanswered_since END, new.unanswered)
            FROM unnest(%s::bigint[], %s::bigint[], %s::bool[], %s::timestamptz[], %s::timestamptz[])
                AS new (id, head, keep, unanswered, quiet)
            WHERE lane.id = new.id
        )
        INSERT INTO interactions_message ({COLUMNS}) SELECT *, 'text'
        FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[])
    """  # noqa: S608
    ROWS = (Longs, Longs, Uuids, Uuids, Texts, Times)
    MOVED = (Longs, Longs, Bools, Times, Times)

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

    def take(self, lanes: set[tuple], wait: bool) -> tuple[list[Taken], set[tuple]]:
        """Those of these lanes (interaction and name) that exist and are free, and those that others hold."""
        lock = "FOR NO KEY UPDATE" if wait else "FOR NO KEY UPDATE SKIP LOCKED"
        taken = self._lanes(f"{self.LANES} ORDER BY id {lock}", lanes)
        missing = lanes - {(lane.interaction, lane.name) for lane in taken}
        held = self._lanes(self.LANES, missing) if missing and not wait else ()
        return taken, {(lane.interaction, lane.name) for lane in held}

    def _lanes(self, sql: str, lanes: set[tuple]) -> list[Taken]:
        return self._all(Taken, sql, _columns(lanes, (Uuids, Texts)))

    def present(self, interactions: Iterable, agents: Iterable) -> dict:
        """The versions of these interactions; and how many invitations those of these agents missed who did."""
        self._cursor.execute(self.PRESENT, [Uuids(interactions), Uuids(agents)])
        return dict(self._cursor.fetchall())

    def members(self, interactions: Iterable) -> list[Member]:
        return self._all(Member, self.MEMBERS, [Uuids(interactions)])

    def stored(self, pairs: Iterable[tuple]) -> list[Stored]:
        """Which of these ids these parties have used."""
        return self._all(Stored, self.STORED, _columns(pairs, (Uuids, Uuids)))

    def store(self, rows: list[Row], lanes: list[Moved]) -> None:
        """The lines, and how far they have moved their lanes."""
        self._cursor.execute(self.STORE, [*_columns(lanes, self.MOVED), *_columns(rows, self.ROWS)])

    def _all(self, kind, sql: str, given: list) -> list:
        self._cursor.execute(sql, given)
        return [kind._make(row) for row in self._cursor.fetchall()]


def _columns(rows: Iterable[tuple], kinds: tuple) -> list:
    """As PostgreSQL's unnest wants them."""
    return [kind(column) for kind, column in zip(kinds, zip(*rows, strict=True), strict=True)]


Statements = Sqlite | Postgres


def statements() -> Statements:
    """For the connection of this thread."""
    return Postgres() if connection.vendor == "postgresql" else Sqlite()
