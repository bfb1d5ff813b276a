"""Answers that are no frames, and all answers as named JSON Schemas, made from the very types that build them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from interactions.directory import Hit
from interactions.frames import (
    Ack,
    AgentView,
    ContactView,
    Desk,
    EndOffer,
    InteractionView,
    Line,
    PendingView,
    Waiting,
)

TEMPLATE = "#/components/schemas/{name}"


class Empty(Struct):
    """Done; there is nothing to say."""


class Error(Struct):
    """Every refusal. `code` is for programs, `message` for people, `detail` holds what helps to go on."""

    code: str
    message: str
    detail: dict


class Started(Struct):
    """`token` opens this chat and no other. `position` and `estimated_wait` (seconds) are null when unknown or over."""

    chat: UUID
    token: str
    state: Literal["waiting", "active", "ended"]
    position: int | None
    estimated_wait: int | None
    staffed: bool


class ContactChat(Struct):
    """The contact's snapshot and the public lines after the number asked for, at most 500."""

    snapshot: ContactView
    messages: list[Line]
    waiting: Waiting | None


class ContactLeft(Struct):
    snapshot: ContactView


class Lines(Struct):
    """`more`: there are others beyond these, in the direction that was read."""

    results: list[Line]
    more: bool


class Targets(Struct):
    """`next`: the cursor of the next page, null on the last. `counts`: how many fit, by type."""

    results: list[Hit]
    next: str | None
    counts: dict[str, int]


class OutcomeNode(Struct):
    """A folder or a code of a set; only codes can be chosen. `parent`: the folder it is in, null at the top."""

    id: UUID
    parent: UUID | None
    kind: Literal["folder", "code"]
    name: str


class OutcomeSet(Struct):
    """The active codes of a set with their folders, each folder before what is in it, in the administrator's order."""

    id: UUID
    revision: int
    nodes: list[OutcomeNode]


class Accepted(Struct):
    interaction: InteractionView


class InvitedTarget(Struct):
    invitation: PendingView


class Candidate(Struct):
    """One agent whom routing looked at, and why they were or were not chosen."""

    agent: UUID
    name: str
    chosen: bool
    reason: str


class Decision(Struct):
    """`chosen`: the nickname; null when nobody could be asked. `notes`: what was needed, where else it was offered."""

    at: datetime
    queue: str
    chosen: str | None
    candidates: list[Candidate]
    notes: list[str]


class Decisions(Struct):
    results: list[Decision]


ANSWERS = (
    Accepted,
    Ack,
    AgentView,
    ContactChat,
    ContactLeft,
    Decisions,
    Desk,
    Empty,
    EndOffer,
    Error,
    InteractionView,
    InvitedTarget,
    Lines,
    OutcomeSet,
    Started,
    Targets,
)


def ref(answer: type) -> dict:
    """The answer's schema by name."""
    return {"$ref": TEMPLATE.format(name=answer.__name__)}


def add_components(result: dict, **_) -> dict:
    """drf-spectacular's hook: puts the named schemas beside those of the forms."""
    _refs, parts = msgspec.json.schema_components(ANSWERS, ref_template=TEMPLATE)
    result["components"]["schemas"].update(parts)
    return result
