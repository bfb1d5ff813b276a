"""Who belongs to the chats of a batch: read in one statement, asked by every line.

Interactions and agents are named by the keys of `Statements`.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from core.errors import Conflict
from interactions import permissions
from interactions.models import Party

from .author import unknown
from .statements import Member, Statements

Key = UUID | str
Who = tuple[Key, Key | None]  # interaction and agent, or None for its contact


class Members:
    """All parties of these interactions with the lanes they read."""

    def __init__(self, sql: Statements, interactions: Iterable[Key]):
        self._sql = sql
        self._by_author: dict[Who, dict[str, Member]] = defaultdict(dict)
        self._parties: dict[Who, set[Key]] = defaultdict(set)
        self._readers: dict[tuple[Key, str], set[str]] = defaultdict(set)
        for row in sql.members(interactions) if interactions else ():
            self._learn(row)

    def _learn(self, row: Member) -> None:
        """Rows come in the order of joining: what the author is now replaces what they were."""
        who = row.interaction, None if row.kind == Party.CONTACT else row.agent
        self._by_author[who][row.name] = row
        self._parties[who].add(row.party_id)
        if row.until is None:
            self._readers[row.interaction, row.name].add(self.group(row))

    def parties(self, who: Who) -> Iterable[Key]:
        """All that the author was and is there."""
        return self._parties.get(who, ())

    def writer(self, who: Who, lane: str) -> Member:
        """The author's right to the lane, if they may write there now. Raises NotFound, Conflict."""
        member = self._by_author.get(who, {}).get(lane)
        if member is None:
            raise unknown()
        permissions.require(permissions.can_write(member, member))
        if member.until is not None:
            raise Conflict("not_party", "You are no longer in this chat.")
        return member

    def groups(self, interaction: Key, lane: str) -> tuple[str, ...]:
        """The push groups of all who read the lane now."""
        return tuple(sorted(self._readers.get((interaction, lane), ())))

    def group(self, row: Member) -> str:
        """As `Party.group`."""
        return f"agent.{self._sql.hex(row.agent)}" if row.agent else f"contact.{self._sql.hex(row.interaction)}"

    def uuid(self, row: Member) -> UUID:
        """Of the party."""
        return self._sql.uuid(row.party_id)
