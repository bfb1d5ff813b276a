"""What else a workspace shows: the agent, calls, instant messages, queues, options."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from .basics import Can, Named
from .chat import InteractionView, InvitationView


class Colleague(Struct):
    id: UUID
    name: str
    nickname: str
    department: str


class CallView(Struct):
    """A voice call as one of its two agents sees it. It replaces any held copy of it with a lower `version`.

    `tab`: the workspace that carries the sound on this side ("" until accepted). `about`: the chat it is about, if
    this agent is or was in it. `consultation`: whose sound it is. `expires_at`: until when it must be answered, then
    connected. `by`: who ended it; null: nobody did.
    """

    id: UUID
    version: int
    state: Literal["ringing", "connecting", "active", "ended"]
    incoming: bool
    other: Colleague
    about: Named | None
    consultation: UUID | None
    tab: str
    placed_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    cause: (
        Literal[
            "hung_up",
            "cancelled",
            "declined",
            "unanswered",
            "not_connected",
            "microphone",
            "page",
            "lost",
            "consultation",
        ]
        | None
    )
    by: Literal["me", "other"] | None


class IceServer(Struct):
    """As RTCPeerConnection takes it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class ChannelView(Struct):
    channel: Literal["chat", "voice"]
    status: Literal["logged_off", "not_ready", "ready", "after_call_work", "do_not_disturb"]
    reason: Named | None
    since: datetime


Volume = Annotated[int, Meta(ge=0, le=100)]


class Settings(Struct):
    """What the agent chose for their own desk. Volumes in percent, 0 is silent; each kind of sound is on or off."""

    enter_sends: bool = True
    spellcheck: bool = True
    notifications: bool = True
    sound_offer: bool = True
    sound_message: bool = True
    sound_left: bool = True
    volume_offer: Volume = 60
    volume_message: Volume = 30
    volume_left: Volume = 30
    theme: Literal["system", "light", "dark"] = "system"
    text_size: Literal["normal", "large", "larger"] = "normal"


class AgentView(Struct):
    """The agent's own state. `notice`: a banner that stays until acted upon, in words. `after_last`: the status that
    is set when the last chat is over."""

    id: UUID
    version: int
    name: str
    nickname: str
    department: str
    supervisor: bool
    channels: list[ChannelView]
    load: int
    capacity: int
    unclosed: int
    missed: int
    notice: str | None
    after_last: str | None
    tails: list["Tail"]
    logged_in_at: datetime | None
    settings: Settings


class Tail(Struct):
    """After-call work that still holds the slot of a chat marked done."""

    interaction: UUID
    contact: str
    until: datetime


class StatusChoice(Struct):
    """One entry of the status menu of each channel and of all, in the administrator's order."""

    status: str
    reason: UUID | None
    label: str
    can: Can


class QueueView(Struct):
    id: UUID
    name: str
    waiting: int
    longest_since: datetime | None


class About(Struct):
    """The chat that an instant message was written about; only for who was a party of it."""

    interaction: UUID
    contact: str


class ImLine(Struct):
    """One instant message. `author`: the agent who wrote it; `id`: their own id of it."""

    number: int
    author: UUID
    id: UUID
    text: str
    at: datetime
    about: About | None


class ConversationView(Struct):
    """A conversation as one of the two sees it; `agent` is the other, `mine`: wrote the last line.

    Lines are numbered from 1 to `head`. `seen`: the own mark, `their_seen`: the other's.
    """

    agent: UUID
    name: str
    nickname: str
    department: str
    head: int
    seen: int
    unread: int
    their_seen: int
    at: datetime | None
    last: str
    mine: bool
    can: Can


class InboxView(Struct):
    """`version` rises by one with each line and each mark in any of the agent's conversations.

    `conversations`: those with unread lines, the latest first, at most 50; `unread` counts all.
    """

    version: int
    unread: int
    conversations: list[ConversationView]


class Options(Struct):
    """Options that hold for this agent and that the desk needs; thresholds in seconds.

    `lock_minutes`: without input for so long the workspace locks; 0: never.
    """

    text_limit: int
    pending_amber: int
    pending_red: int
    typing_timeout: int
    lock_minutes: int


class Desk(Struct):
    """All that the workspace shows; lines are fetched apart."""

    agent: AgentView
    interactions: list[InteractionView]
    invitations: list[InvitationView]
    call: CallView | None
    menu: list[StatusChoice]
    queues: list[QueueView]
    inbox: InboxView
    options: Options
    time: datetime
