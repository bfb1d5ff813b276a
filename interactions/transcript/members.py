"""Who belongs to the chats of a batch: read in one statement, asked by every line."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from core.errors import Conflict
from interactions import permissions
from interactions.models import Party

from .author import Author, unknown
from .statements import Member, Statements


class Members:
    """All parties of these interactions with the lanes they read."""

    def __init__(self, sql: Statements, interactions: Iterable[UUID]):
        self._sql = sql
        self._rows: dict[object, list[Member]] = defaultdict(list)
        for row in sql.members({sql.key(interaction) for interaction in interactions}):
            self._rows[row.interaction].append(row)

    def of(self, author: Author) -> list[Member]:
        """All that the author was and is there, the latest last."""
        rows = self._rows.get(self._sql.key(author.interaction), ())
        if author.agent is None:
            return [row for row in rows if row.kind == Party.CONTACT]
        agent = self._sql.key(author.agent)
        return [row for row in rows if row.agent == agent]

    def writer(self, author: Author, lane: str) -> Member:
        """The author's right to the lane, if they may write there now. Raises NotFound, Conflict."""
        member = next((row for row in reversed(self.of(author)) if row.name == lane), None)
        if member is None:
            raise unknown()
        permissions.require(permissions.can_write(member, member))
        if member.until is not None:
            raise Conflict("not_party", "You are no longer in this chat.")
        return member

    def groups(self, interaction: UUID, lane: str) -> tuple[str, ...]:
        """The push groups of all who read the lane now."""
        rows = self._rows.get(self._sql.key(interaction), ())
        return tuple(sorted({self.group(row) for row in rows if row.name == lane and row.until is None}))

    def group(self, row: Member) -> str:
        """As `Party.group`."""
        return f"agent.{self._sql.hex(row.agent)}" if row.agent else f"contact.{self._sql.hex(row.interaction)}"

    def party(self, row: Member) -> UUID:
        return self._sql.uuid(row.party_id)
