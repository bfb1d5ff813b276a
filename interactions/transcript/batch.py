"""The batch: lines of many chats in one transaction; each stored, or refused, or left for the next, by itself.

A lane's row is taken before anything is read of it, and whoever ends a membership takes the same row: so what is
checked holds until the commit. Order of locks: interactions, agents, lanes; a batch that does not wait for lanes
waits for nobody.
"""

import logging
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from core import realtime
from core.batches import LATER
from core.errors import Conflict, ParleyError
from core.realtime import Post
from interactions.frames import Ack, Line
from interactions.models import Message
from interactions.models.lane import PUBLIC

from .author import Author, unknown
from .members import Members
from .statements import Member, Moved, Row, Stored, Taken, statements

log = logging.getLogger("parley.transcript")

encode = msgspec.json.Encoder().encode


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


def write_all(drafts: list[Draft]) -> list[Written | Exception | object]:
    """Each draft's outcome: Written, a refusal, or LATER because somebody holds its lane.

    Raises only when the database cannot be reached. One that fails where it should not fails alone.
    """
    try:
        return _as_new(drafts, wait=False)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.warning("a batch of %d lines is written one by one", len(drafts), exc_info=True)
        return _one_by_one(drafts)


def write_one(draft: Draft) -> Written:
    """In the caller's thread; waits for the lane. Raises the refusal."""
    [outcome] = _as_new([draft], wait=True)
    if isinstance(outcome, ParleyError):
        raise outcome
    return outcome


def _one_by_one(drafts: list[Draft]) -> list[Written | Exception | object]:
    outcomes, later = [], set()
    for draft in drafts:
        place = draft.author.interaction, draft.lane
        outcome = LATER if place in later else _alone(draft)
        if outcome is LATER:
            later.add(place)
        outcomes.append(outcome)
    return outcomes


def _alone(draft: Draft) -> Written | Exception | object:
    try:
        [outcome] = _as_new([draft], wait=False)
        return outcome
    except Exception as error:
        return error


def _as_new(drafts: list[Draft], *, wait: bool) -> list:
    """Nearly every line is new, so nobody is asked; the database refuses a second one of the same id.

    Then the first one is there to be seen, also one that was written in another lane at the same moment.
    """
    try:
        return _write(drafts, wait=wait, new=True)
    except IntegrityError:
        return _write(drafts, wait=wait)


@transaction.atomic(durable=True)
def _write(drafts: list[Draft], *, wait: bool, new: bool = False) -> list:
    batch = _Batch(drafts, wait, new)
    outcomes = batch.outcomes()
    batch.store()
    if batch.posts:
        transaction.on_commit(lambda: realtime.publish(batch.posts), robust=True)
    return outcomes


class _Item(NamedTuple):
    """A draft with its ids as the database keeps them."""

    draft: Draft
    place: tuple  # interaction and lane
    author: tuple  # interaction and agent
    id: UUID | str


class _Batch:
    """What the drafts are judged by, read at once; and what becomes of them, written at once.

    `new`: taken for lines that were not written yet, where the database would see that they were.
    """

    def __init__(self, drafts: list[Draft], wait: bool, new: bool):
        self._sql, self._new = statements(), new
        self._items = [self._item(draft) for draft in drafts]
        taken, self._held = self._sql.take({item.place for item in self._items}, wait)
        self._lanes = {(row.interaction, row.name): _Lane(row) for row in taken}
        agents = {item.author[1] for item in self._items} - {None}
        self._members = Members(self._sql, {row.interaction for row in taken}, agents)
        self._stored = self._look(self._in_doubt())
        self._rows: list[Row] = []
        self.posts: list[Post] = []

    def outcomes(self) -> list[Written | ParleyError | object]:
        return [self._take(item) for item in self._items]

    def store(self) -> None:
        if not self._rows:
            return
        moved = [lane.moved() for lane in self._lanes.values() if lane.head != lane.row.head]
        self._sql.store(self._rows, moved)

    def _item(self, draft: Draft) -> _Item:
        interaction, agent = draft.author
        key = self._sql.key(interaction)
        author = (key, agent and self._sql.key(agent))
        return _Item(draft, (key, draft.lane), author, self._sql.key(draft.id))

    def _in_doubt(self) -> list[_Item]:
        """Where the database would not see by itself that a line is written again: it was, as another party."""
        return [item for item in self._items if not self._new or len(self._members.parties(item.author)) > 1]

    def _look(self, items: list[_Item]) -> dict[tuple, Stored]:
        """Lines with these ids by these authors, whichever party they were then."""
        pairs = {(party, item.id) for item in items for party in self._members.parties(item.author)}
        return {(line.party, line.client_id): line for line in self._sql.stored(pairs)} if pairs else {}

    def _take(self, item: _Item) -> Written | ParleyError | object:
        """Number it and keep it for `store`, or say what is against it."""
        if item.place in self._held:
            return LATER
        try:
            return self._accept(item)
        except ParleyError as refusal:
            return refusal

    def _accept(self, item: _Item) -> Written:
        lane = self._lanes.get(item.place)
        if lane is None:
            raise unknown()
        if stored := self._repeated(item):
            return Written(_ack(item.draft, stored.number), missed=False)
        try:
            member = self._members.writer(item.author, item.draft.lane)
        except ParleyError:
            if stored := self._repeated_late(item):
                return Written(_ack(item.draft, stored.number), missed=False)
            raise
        return self._number(item, lane, member)

    def _number(self, item: _Item, lane: "_Lane", member: Member) -> Written:
        draft, number = item.draft, lane.add(item.draft)
        self._rows.append(Row(lane.row.id, number, member.party_id, item.id, draft.text, draft.at))
        self._stored[member.party_id, item.id] = Stored(member.party_id, item.id, number, draft.text, draft.lane)
        self.posts.append(self._post(item, lane, number, self._members.uuid(member)))
        return Written(_ack(draft, number), self._members.missed(member))

    def _repeated_late(self, item: _Item) -> Stored | None:
        """Who may not write now may have written this when they still might."""
        if self._new:
            self._stored |= self._look([item])
        return self._repeated(item)

    def _repeated(self, item: _Item) -> Stored | None:
        found = (self._stored.get((party, item.id)) for party in self._members.parties(item.author))
        stored = next(filter(None, found), None)
        if stored and (stored.text != item.draft.text or stored.lane != item.draft.lane):
            raise Conflict("id_reused", "This id belongs to another line.")
        return stored

    def _post(self, item: _Item, lane: "_Lane", number: int, party: UUID) -> Post:
        """Encoded once, for all who read the lane."""
        draft, interaction = item.draft, item.draft.author.interaction
        if lane.groups is None:
            lane.groups = self._members.groups(*item.place)
        line = Line(interaction, draft.lane, number, party, Message.TEXT, draft.text, draft.at, draft.id)
        return Post(lane.groups, encode(line), (lane_key(interaction, draft.lane), number))


class _Lane:
    """A lane that is ours, and how far it has moved.

    The pending response runs from the contact's first unanswered line, the idle clock from the agents' last.
    """

    def __init__(self, row: Taken):
        self.row, self.head, self.groups = row, row.head, None
        self._keep, self._unanswered, self._quiet = True, None, None

    def add(self, draft: Draft) -> int:
        """The number of the next line."""
        self.head += 1
        if draft.author.agent:
            self._keep, self._unanswered, self._quiet = False, None, draft.at
        else:
            self._unanswered, self._quiet = self._unanswered or draft.at, None
        return self.head

    def moved(self) -> Moved:
        """Only the public lane has clocks."""
        clocks = (self._keep, self._unanswered, self._quiet) if self.row.name == PUBLIC else ()
        return Moved(self.row.id, self.head, *clocks)


def _ack(draft: Draft, number: int) -> Ack:
    return Ack(draft.id, draft.author.interaction, draft.lane, number)


def lane_key(interaction: UUID, lane: str) -> str:
    """The name under which sockets keep this lane's lines in order."""
    return f"{interaction.hex}.{lane}"
