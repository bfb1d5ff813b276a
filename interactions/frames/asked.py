"""What clients send."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.frames import BeatAsk, Strict, Tab

from .basics import SIGNAL_LIMIT, LaneName, Number, Text


class AgentHello(Strict, tag="hello"):
    """First frame of an agent's socket. `cursors`: the highest number held, per interaction and lane."""

    tab: Tab
    cursors: dict[UUID, dict[LaneName, Number]] = {}


class ContactHello(Strict, tag="hello"):
    """First frame of a contact's socket. `after`: the highest number the page holds."""

    tab: Tab
    token: Annotated[str, Meta(min_length=1, max_length=128)]
    chat: UUID
    after: Number = 0


class Send(Strict, tag="send"):
    """One line. `id` is the client's own; the same id again is acknowledged with the same number."""

    interaction: UUID
    id: UUID
    text: Text
    lane: LaneName = "public"


class TypingOn(Strict, tag="typing"):
    interaction: UUID
    lane: LaneName = "public"
    on: bool = True


class SeenUpTo(Strict, tag="seen"):
    interaction: UUID
    number: Number
    lane: LaneName = "public"


class DeliveredUpTo(Strict, tag="delivered"):
    """Lines have arrived here: the highest number held without a gap, per interaction and lane, as in `hello`.

    At most one frame a second. What is seen need not be told as delivered.
    """

    cursors: Annotated[dict[UUID, Annotated[dict[LaneName, Number], Meta(max_length=32)]], Meta(max_length=200)]


class InputSeen(Strict, tag="input"):
    """Somebody used a key or the pointer in this workspace: it is not locked for want of input."""


class ImSend(Strict, tag="im_send"):
    """One instant message to the colleague `agent`. `id` as with `send`; `interaction`: the chat it is about."""

    agent: UUID
    id: UUID
    text: Text
    interaction: UUID | None = None


class ImSeenUpTo(Strict, tag="im_seen"):
    """The lines of the conversation with this colleague were looked at, up to this number."""

    agent: UUID
    number: Number


class Signal(Strict, tag="signal"):
    """To the tab at the other end of a live call, as it is: what browsers agree on to speak directly. Nowhere kept."""

    call: UUID
    data: Annotated[str, Meta(min_length=1, max_length=SIGNAL_LIMIT)]


AgentFrame = (
    AgentHello | Send | TypingOn | SeenUpTo | DeliveredUpTo | BeatAsk | InputSeen | ImSend | ImSeenUpTo | Signal
)


ContactFrame = ContactHello | Send | TypingOn | SeenUpTo | DeliveredUpTo | BeatAsk
