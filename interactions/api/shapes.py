"""Answers that are no frames, and which types the calls of this app answer with."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.api.describe import Empty, Error, publish
from interactions.directory import Hit
from interactions.frames import (
    Ack,
    AgentView,
    CallView,
    ContactView,
    ConversationView,
    Desk,
    EndOffer,
    IceServer,
    ImAck,
    ImLine,
    InteractionView,
    Line,
    MailView,
    PendingView,
    Waiting,
)
from interactions.history import ContactRecord, PastChat, PastLines


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


class ContactAsked(Struct):
    """The snapshot says what was asked for."""

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


class History(Struct):
    """The contact and their other chats, newest first; `more`: there are older ones."""

    contact: ContactRecord
    results: list[PastChat]
    more: bool


class Transferred(Struct):
    """`invitation`: who is asked; null where the agent left at once, the chat being on its way to a queue."""

    invitation: PendingView | None
    interaction: InteractionView


class CarriedCall(Struct):
    """`ice`: servers that help the browsers to reach each other, as RTCPeerConnection takes them."""

    call: CallView
    ice: list[IceServer]


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


class Conversations(Struct):
    """`version` and `unread` as in the desk's `inbox`; `next`: the cursor of the next page, null on the last."""

    version: int
    unread: int
    results: list[ConversationView]
    next: str | None


class ConversationLines(Struct):
    """`more`: there are others beyond these, in the direction that was read. `presence`: the colleague's, in words."""

    conversation: ConversationView
    presence: str
    results: list[ImLine]
    more: bool


class MailText(Struct):
    """A whole mail. `address`: where it goes."""

    mail: MailView
    address: str
    text: str


class Mails(Struct):
    """The oldest first."""

    results: list[MailText]


class QueuedMail(Struct):
    mail: MailView


ANSWERS = publish(
    Accepted,
    Ack,
    AgentView,
    CallView,
    CarriedCall,
    ContactAsked,
    ContactChat,
    ContactLeft,
    ConversationLines,
    Conversations,
    Decisions,
    Desk,
    Empty,
    EndOffer,
    Error,
    History,
    ImAck,
    InteractionView,
    InvitedTarget,
    Lines,
    OutcomeSet,
    PastLines,
    Started,
    Targets,
    Transferred,
)
