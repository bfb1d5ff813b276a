"""Drafts against what is known of their chats: each a line to be stored, or why not; and what became of it."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db import transaction

from core import realtime
from core.batches import LATER
from core.errors import Conflict, ParleyError
from core.realtime import Post
from interactions.frames import Ack, Line
from interactions.models import Message
from interactions.models.lane import PUBLIC

from .author import Author
from .members import Chat, writer
from .statements import Heads, Key, Member, Moved, Row, Statements, Stored

encode = msgspec.json.Encoder().encode

AGAIN = object()  # an outcome: judged by what is no longer so


class Draft(NamedTuple):
    """A line that somebody wants to write."""

    author: Author
    lane: str
    id: UUID
    text: str
    at: datetime


class Written(NamedTuple):
    """`missed`: invitations of this agent's count as missed, although they are evidently there."""

    ack: Ack
    missed: bool


class Batch:
    """Judges drafts by these chats, and stores those that may be, at once.

    `sure`: the chats were read for this, so a refusal stands. `new`: drafts are taken for lines that were not written
    yet, where the database would see that they were.
    """

    def __init__(self, sql: Statements, chats: dict[UUID, Chat], sure: bool, new: bool):
        self._sql, self._chats, self._sure, self._new = sql, chats, sure, new
        self._lanes: dict[int, _Lane] = {}
        self._lines: dict[tuple[Key, Key], _Line] = {}
        self._stored: dict[tuple[Key, Key], Stored] = {}

    def write(self, drafts: list[Draft], wait: bool) -> list[Written | ParleyError | object]:
        self._look([draft for draft in drafts if not self._new or len(self._parties(draft)) > 1])
        judged = [self._judge(draft) for draft in drafts]
        if not self._lines:
            return judged
        heads, missed = self._store(wait)
        outcomes = [one.outcome(heads, missed) if isinstance(one, _Line) else one for one in judged]
        posts = [line.post(heads) for line in self._lines.values() if heads.get(line.lane.id) is not None]
        transaction.on_commit(lambda: realtime.publish(posts), robust=True)
        return outcomes

    def _store(self, wait: bool) -> tuple[Heads, set[UUID]]:
        """The heads of the lanes before, None of one that others hold; and which authors missed invitations."""
        agents = {line.member.agent for line in self._lines.values()} - {None}
        rows = [line.row for line in self._lines.values()]
        return self._sql.store(rows, [lane.moved() for lane in self._lanes.values()], agents, wait)

    # --- what is against it -----------------------------------------------------------------

    def _parties(self, draft: Draft) -> Collection[Key]:
        """All that the author was and is there."""
        chat = self._chats.get(draft.author.interaction)
        return chat.parties(draft.author.agent) if chat else ()

    def _look(self, drafts: list[Draft]) -> None:
        """For lines with these ids by these authors, whichever party they were then."""
        pairs = {(party, self._sql.key(draft.id)) for draft in drafts for party in self._parties(draft)}
        if pairs:
            self._stored |= {(line.party, line.client_id): line for line in self._sql.stored(pairs)}

    def _judge(self, draft: Draft) -> "Written | ParleyError | _Line | object":
        try:
            return self._accept(draft, self._sql.key(draft.id))
        except ParleyError as refusal:
            return refusal if self._sure else AGAIN

    def _accept(self, draft: Draft, id: Key) -> "Written | _Line":
        if stored := self._repeated(draft, id):
            return stored
        try:
            member = writer(self._chats, draft.author, draft.lane)
        except ParleyError:
            if stored := self._repeated_late(draft, id):
                return stored
            raise
        return self._same(self._lines.get((member.party_id, id)), draft) or self._add(draft, id, member)

    def _repeated(self, draft: Draft, id: Key) -> Written | None:
        """Acknowledged as it was then. Raises Conflict `id_reused`."""
        if not self._stored:
            return None
        found = (self._stored.get((party, id)) for party in self._parties(draft))
        stored = self._same(next(filter(None, found), None), draft)
        return stored and Written(_ack(draft, stored.number), missed=False)

    def _repeated_late(self, draft: Draft, id: Key) -> Written | None:
        """Who may not write now may have written this when they still might."""
        if self._new:
            self._look([draft])
        return self._repeated(draft, id)

    def _same(self, line: "Stored | _Line | None", draft: Draft) -> "Stored | _Line | None":
        if line and (line.text != draft.text or line.name != draft.lane):
            raise Conflict("id_reused", "This id belongs to another line.")
        return line

    def _add(self, draft: Draft, id: Key, member: Member) -> "_Line":
        chat = self._chats[draft.author.interaction]
        lane = self._lanes.get(member.lane_id) or self._lanes.setdefault(member.lane_id, _Lane(member, chat))
        line = self._lines[member.party_id, id] = _Line(draft, lane, lane.add(draft), member, id, self._sql)
        return line


class _Lane:
    """A lane of a chat at a version, and how far it is to move.

    The pending response runs from the contact's first unanswered line, the idle clock from the agents' last.
    """

    def __init__(self, member: Member, chat: Chat):
        self.id, self.name, self.groups = member.lane_id, member.name, chat.groups(member.name)
        self._version, self._count = member.version, 0
        self._keep, self._unanswered, self._quiet = True, None, None

    def add(self, draft: Draft) -> int:
        """Which of the batch's lines there it is, from one on."""
        self._count += 1
        if draft.author.agent:
            self._keep, self._unanswered, self._quiet = False, None, draft.at
        else:
            self._unanswered, self._quiet = self._unanswered or draft.at, None
        return self._count

    def moved(self) -> Moved:
        """Only the public lane has clocks."""
        clocks = (self._keep, self._unanswered, self._quiet) if self.name == PUBLIC else (True, None, None)
        return Moved(self.id, self._version, self._count, *clocks)


class _Line:
    """A draft that may be stored."""

    __slots__ = ("_draft", "_party", "_step", "lane", "member", "row")

    def __init__(self, draft: Draft, lane: _Lane, step: int, member: Member, id: Key, sql: Statements):
        self._draft, self._step, self.lane, self.member = draft, step, lane, member
        self._party = sql.uuid(member.party_id)
        self.row = Row(lane.id, step, member.party_id, id, draft.text, draft.at)

    @property
    def text(self) -> str:
        return self._draft.text

    @property
    def name(self) -> str:
        return self.lane.name

    def outcome(self, heads: Heads, missed: set[Key]) -> Written | object:
        if self.lane.id not in heads:
            return AGAIN
        head = heads[self.lane.id]
        return LATER if head is None else Written(_ack(self._draft, head + self._step), self.member.agent in missed)

    def post(self, heads: Heads) -> Post:
        """Encoded once, for all who read the lane."""
        draft, interaction, number = self._draft, self._draft.author.interaction, heads[self.lane.id] + self._step
        line = Line(interaction, draft.lane, number, self._party, Message.TEXT, draft.text, draft.at, draft.id)
        return Post(self.lane.groups, encode(line), (lane_key(interaction, draft.lane), number))


def _ack(draft: Draft, number: int) -> Ack:
    return Ack(draft.id, draft.author.interaction, draft.lane, number)


def lane_key(interaction: UUID, lane: str) -> str:
    """The name under which sockets keep this lane's lines in order."""
    return f"{interaction.hex}.{lane}"
