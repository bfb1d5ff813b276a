"""Who belongs to the chats of a batch: read once for each version of a chat, asked by every line.

Whatever changes who belongs to a chat, or whether it lives, is an action, and each action raises the chat's version
in its own transaction. So while the version is the same, what was read before is what would be read now.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import groupby
from uuid import UUID

from core.errors import Conflict
from interactions import permissions
from interactions.models import Party

from .author import Author, unknown
from .statements import Key, Member, Statements

KEPT = 5000


class Chat:
    """All parties of one interaction with the lanes they read, at one version. Shared, so it never changes."""

    def __init__(self, sql: Statements, rows: Iterable[Member]):
        """Rows come in the order of joining: what the author is now replaces what they were."""
        self._rights: dict[UUID | None, dict[str, Member]] = defaultdict(dict)
        self._parties: dict[UUID | None, set[Key]] = defaultdict(set)
        readers: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            agent = None if row.kind == Party.CONTACT else sql.uuid(row.agent)
            self.version = row.version
            self._rights[agent][row.name] = row
            self._parties[agent].add(row.party_id)
            if row.until is None:
                readers[row.name].add(group(sql, row))
        self._groups = {lane: tuple(sorted(groups)) for lane, groups in readers.items()}

    def parties(self, agent: UUID | None) -> Collection[Key]:
        """All that this agent, or its contact, was and is there."""
        return self._parties.get(agent, ())

    def writer(self, agent: UUID | None, lane: str) -> Member:
        """The right of this agent, or its contact, to the lane, if they may write there. Raises NotFound, Conflict."""
        member = self._rights.get(agent, {}).get(lane)
        if member is None:
            raise unknown()
        permissions.require(permissions.can_write(member, member))
        if member.until is not None:
            raise Conflict("not_party", "You are no longer in this chat.")
        return member

    def groups(self, lane: str) -> tuple[str, ...]:
        """The push groups of all who read the lane."""
        return self._groups.get(lane, ())


class _Kept:
    """The chats that were read last, for all threads."""

    def __init__(self):
        self._chats: dict[UUID, Chat] = {}
        self._lock = threading.Lock()

    def get(self, ids: Iterable[UUID]) -> dict[UUID, Chat]:
        return {id: chat for id in ids if (chat := self._chats.get(id))}

    def put(self, chats: dict[UUID, Chat]) -> None:
        with self._lock:
            for id, chat in chats.items():
                self._chats.pop(id, None)
                self._chats[id] = chat
            while len(self._chats) > KEPT:
                del self._chats[next(iter(self._chats))]


_kept = _Kept()


def as_kept(sql: Statements, ids: set[UUID]) -> dict[UUID, Chat]:
    """These chats as they were when they were last read, and now those that were not. Who does not exist is missing."""
    chats = _kept.get(ids)
    return chats | as_read(sql, ids - chats.keys())


def as_read(sql: Statements, ids: set[UUID]) -> dict[UUID, Chat]:
    """As the database has them now."""
    if not ids:
        return {}
    rows = groupby(sql.members([sql.key(id) for id in ids]), lambda row: row.interaction)
    chats = {sql.uuid(key): Chat(sql, of_one) for key, of_one in rows}
    _kept.put(chats)
    return chats


def as_they_are(sql: Statements, ids: set[UUID]) -> dict[UUID, Chat]:
    """As the database has them now; read where the version is another one than that of what is kept."""
    versions = sql.versions([sql.key(id) for id in ids]) if ids else {}
    same = {id: chat for id, chat in _kept.get(ids).items() if chat.version == versions.get(sql.key(id))}
    return same | as_read(sql, ids - same.keys())


def group(sql: Statements, row: Member) -> str:
    """As `Party.group`."""
    return f"agent.{sql.hex(row.agent)}" if row.agent else f"contact.{sql.hex(row.interaction)}"


def writer(chats: dict[UUID, Chat], author: Author, lane: str) -> Member:
    """The author's right to the lane, if they may write there. Raises NotFound, Conflict."""
    if chat := chats.get(author.interaction):
        return chat.writer(author.agent, lane)
    raise unknown()
