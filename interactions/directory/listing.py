"""Which targets a question finds, in which order, page by page: names only, presence is read for what is shown."""

import base64
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from agents.models import Agent, ChannelStatus
from agents.status import Status
from core.errors import Invalid

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


class Place(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Where a target stands: by fit, favourites first, who is Ready first, then by name."""

    rank: int
    late: bool
    away: bool
    name: str
    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """`since`: when an agent became Ready."""

    key: Key
    place: Place
    since: datetime | None = None


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """`last`: the place of the last entry that was given out, at `asked_at`."""

    last: Place
    asked_at: Annotated[datetime, msgspec.Meta(tz=True)]


def listed(me: Agent, question: Question) -> list[Entry]:
    """All that fit, in order. One query for each type, one for who is Ready."""
    words = words_of(question.text)
    if words is None or (question.among is not None and not question.among):
        return []
    found = (entry for type in TYPES if type in question.types for entry in _entries(type, me, words, question))
    return sorted(found, key=lambda entry: entry.place)


def _entries(type: str, me: Agent, words: list[str], question: Question) -> Iterator[Entry]:
    ready = _ready() if type == "agent" else {}
    for id, name, names, beside in _agents(me) if type == "agent" else _pools(type):
        if question.among is not None and (type, id) not in question.among:
            continue
        found = rank(words, names, beside)
        if found is not None:
            late, away = (type, id) not in question.first, type == "agent" and id not in ready
            yield Entry((type, id), Place(found, late, away, fold(name), type, id.hex), ready.get(id))


def _agents(me: Agent) -> Iterator[tuple]:
    rows = Agent.objects.active().exclude(pk=me.pk).order_by()
    for id, name, nickname, department, username in rows.values_list(
        "id", "name", "nickname", "department", "user__username"
    ):
        yield id, name, (name, nickname), (department, username)


def _pools(type: str) -> Iterator[tuple]:
    rows = MODELS[type].objects.order_by()
    rows = rows.filter(active=True) if type == "routing_point" else rows
    for id, name in rows.values_list("id", "name"):
        yield id, name, (name,), ()


def _ready() -> dict:
    rows = ChannelStatus.objects.filter(channel=ChannelStatus.CHAT, status=Status.READY)
    return dict(rows.values_list("agent_id", "since"))


# --- pages --------------------------------------------------------------------------------------


def page(entries: list[Entry], *, cursor: str | None, limit: int, now: datetime) -> tuple[list[Entry], str | None]:
    """The entries after the cursor, and the next cursor.

    Nobody is left out: who became Ready meanwhile, and so moved up past the reader, comes first; a page may repeat.
    """
    after = _read(cursor) if cursor else None
    rest = [entry for entry in entries if after is None or entry.place > after.last]
    moved = [entry for entry in entries if after and entry.place <= after.last and _is_ready_since(entry, after)]
    more = _write(Cursor(rest[limit - 1].place, now)) if len(rest) > limit else None
    return moved + rest[:limit], more


def _is_ready_since(entry: Entry, after: Cursor) -> bool:
    return entry.since is not None and entry.since >= after.asked_at


def _write(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(text: str) -> Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (ValueError, msgspec.MsgspecError):
        raise Invalid(message="This is no cursor.", cursor=["This is no cursor."]) from None
