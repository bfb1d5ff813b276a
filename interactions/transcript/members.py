"""Who belongs to the chats of a batch: read once for each version of a chat, asked by every line.

Whatever changes who belongs to a chat, or whether it lives, is an action, and each action raises the chat's version
in its own transaction. So while the version is the same, what was read before is what would be read now.

Interactions and agents are named by the keys of `Statements`.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import groupby
from uuid import UUID

from core.errors import Conflict
from interactions import permissions
from interactions.models import Party

from .author import unknown
from .statements import Member, Statements

KEPT = 5000

Key = UUID | str
Who = tuple[Key, Key | None]  # interaction and agent, or None for its contact


class _Chat:
    """All parties of one interaction with the lanes they read, at one version. Shared, so it never changes."""

    def __init__(self, sql: Statements, rows: Iterable[Member]):
        """Rows come in the order of joining: what the author is now replaces what they were."""
        self.by_agent: dict[Key | None, dict[str, Member]] = defaultdict(dict)
        self.parties: dict[Key | None, set[Key]] = defaultdict(set)
        readers: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            agent = None if row.kind == Party.CONTACT else row.agent
            self.version = row.version
            self.by_agent[agent][row.name] = row
            self.parties[agent].add(row.party_id)
            if row.until is None:
                readers[row.name].add(group(sql, row))
        self.groups = {lane: tuple(sorted(groups)) for lane, groups in readers.items()}


class _Kept:
    """The chats that were read last, for all threads."""

    def __init__(self):
        self._chats: dict[Key, _Chat] = {}
        self._lock = threading.Lock()

    def get(self, id: Key, version: int | None) -> _Chat | None:
        chat = self._chats.get(id)
        return chat if chat and chat.version == version else None

    def put(self, chats: dict[Key, _Chat]) -> None:
        with self._lock:
            for id, chat in chats.items():
                self._chats.pop(id, None)
                self._chats[id] = chat
            while len(self._chats) > KEPT:
                del self._chats[next(iter(self._chats))]


_kept = _Kept()


class Members:
    """Of these interactions, as they are now; `agents`: of whom to know whether they missed invitations."""

    def __init__(self, sql: Statements, interactions: Iterable[Key], agents: Iterable[Key] = ()):
        self._sql = sql
        self._present = sql.present(interactions, agents) if interactions else {}
        found = {id: _kept.get(id, self._present.get(id)) for id in interactions}
        self._chats = {id: chat for id, chat in found.items() if chat}
        if unread := found.keys() - self._chats.keys():
            self._read(unread)

    def _read(self, interactions: Iterable[Key]) -> None:
        rows = groupby(self._sql.members(interactions), lambda row: row.interaction)
        read = {id: _Chat(self._sql, of_one) for id, of_one in rows}
        _kept.put(read)
        self._chats |= read

    def parties(self, who: Who) -> Collection[Key]:
        """All that the author was and is there."""
        chat = self._chats.get(who[0])
        return chat.parties.get(who[1], ()) if chat else ()

    def writer(self, who: Who, lane: str) -> Member:
        """The author's right to the lane, if they may write there now. Raises NotFound, Conflict."""
        chat = self._chats.get(who[0])
        member = chat and chat.by_agent.get(who[1], {}).get(lane)
        if member is None:
            raise unknown()
        permissions.require(permissions.can_write(member, member))
        if member.until is not None:
            raise Conflict("not_party", "You are no longer in this chat.")
        return member

    def missed(self, member: Member) -> bool:
        """Invitations of this agent's."""
        return member.agent in self._present

    def groups(self, interaction: Key, lane: str) -> tuple[str, ...]:
        """The push groups of all who read the lane now."""
        return self._chats[interaction].groups.get(lane, ())

    def group(self, row: Member) -> str:
        return group(self._sql, row)

    def uuid(self, row: Member) -> UUID:
        """Of the party."""
        return self._sql.uuid(row.party_id)


def group(sql: Statements, row: Member) -> str:
    """As `Party.group`."""
    return f"agent.{sql.hex(row.agent)}" if row.agent else f"contact.{sql.hex(row.interaction)}"
