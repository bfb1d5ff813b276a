"""Which targets a question finds, in which order, page by page: names only, presence is read for what is shown."""

import base64
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef

from agents.models import Agent, ChannelStatus
from agents.status import Status
from core.errors import Invalid
from core.expressions import hexed

from .contacts import of_desk
from .hit import TYPES, Key
from .matching import fold, rank, words_of
from .pools import MODELS


@dataclass(frozen=True, slots=True)
class Question:
    """`among`: only these targets (None: all). `first`: those that stand before others, the favourites."""

    text: str
    types: Collection[str]
    among: Collection[Key] | None
    first: Collection[Key]


class Entry(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A target in its place: by fit, favourites first, who is Ready first, then by name."""

    rank: int
    late: bool
    away: bool
    name: str
    type: str
    id: str

    @property
    def key(self) -> Key:
        return self.type, UUID(self.id)


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """`last`: the last entry that was given out in its place, at `asked_at`."""

    last: Entry
    asked_at: Annotated[datetime, msgspec.Meta(tz=True)]


def listed(me: Agent, question: Question) -> list[Entry]:
    """All that fit, in order. One query for each type."""
    words = words_of(question.text)
    if words is None or (question.among is not None and not question.among):
        return []
    return sorted(entry for type in TYPES if type in question.types for entry in _entries(type, me, words, question))


def _entries(type: str, me: Agent, words: list[str], question: Question) -> Iterator[Entry]:
    among = None if question.among is None else {id.hex for kind, id in question.among if kind == type}
    first = {id.hex for kind, id in question.first if kind == type}
    if among is not None and not among:
        return
    for id, name, names, beside, ready in _names(type, me):
        if among is not None and id not in among:
            continue
        found = rank(words, names, beside)
        if found is not None:
            yield Entry(found, id not in first, not ready, fold(name), type, id)


def _names(type: str, me: Agent) -> Iterator[tuple]:
    """(id, name, names, what stands beside, is Ready) of all of this type."""
    if type == "agent":
        return _agents(me)
    return _contacts(me) if type == "contact" else _pools(type)


def _contacts(me: Agent) -> Iterator[tuple]:
    for party in of_desk(me):
        contact = party.interaction.contact
        yield party.id.hex, contact.label, (contact.label,), (contact.email,), party.left_at is None


def _agents(me: Agent) -> Iterator[tuple]:
    rows = Agent.objects.active().exclude(pk=me.pk).order_by()
    ready = ChannelStatus.objects.filter(agent=OuterRef("pk"), channel=ChannelStatus.CHAT, status=Status.READY)
    rows = rows.annotate(hex=hexed("pk"), ready=Exists(ready))
    for id, name, nickname, department, username, ready in rows.values_list(
        "hex", "name", "nickname", "department", "user__username", "ready"
    ):
        yield id, name, (name, nickname), (department, username), ready


def _pools(type: str) -> Iterator[tuple]:
    rows = MODELS[type].objects.annotate(hex=hexed("pk")).order_by()
    rows = rows.filter(active=True) if type == "routing_point" else rows
    for id, name in rows.values_list("hex", "name"):
        yield id, name, (name,), (), True


# --- pages --------------------------------------------------------------------------------------


def page(entries: list[Entry], *, cursor: str | None, limit: int, now: datetime) -> tuple[list[Entry], str | None]:
    """The entries after the cursor, and the next cursor.

    Nobody is left out: who became Ready meanwhile, and so moved up past the reader, comes first; a page may repeat.
    """
    after = _read(cursor) if cursor else None
    rest = [entry for entry in entries if after is None or entry > after.last]
    more = _write(Cursor(rest[limit - 1], now)) if len(rest) > limit else None
    return _moved_up(entries, after) + rest[:limit], more


def _moved_up(entries: list[Entry], after: Cursor | None) -> list[Entry]:
    if after is None:
        return []
    rows = ChannelStatus.objects.filter(channel=ChannelStatus.CHAT, status=Status.READY, since__gte=after.asked_at)
    ready = set(rows.annotate(hex=hexed("agent_id")).values_list("hex", flat=True))
    return [entry for entry in entries if entry <= after.last and entry.id in ready]


def _write(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(text: str) -> Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (ValueError, msgspec.MsgspecError):
        raise Invalid(message="This is no cursor.", cursor=["This is no cursor."]) from None
