"""What the server sends."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.frames import PROTOCOL, ErrorFrame, Frame

from .chat import InteractionView, InvitationView
from .contact import ContactView
from .desk import AgentView, CallView, ConversationView, Desk, ImLine, QueueView


class AgentWelcome(Frame, tag="welcome"):
    snapshot: Desk
    time: datetime
    protocol: int = PROTOCOL


class ContactWelcome(Frame, tag="welcome"):
    snapshot: ContactView
    time: datetime
    protocol: int = PROTOCOL


class Ack(Frame, tag="ack"):
    """The line is durable and has this number in its lane."""

    id: UUID
    interaction: UUID
    lane: str
    number: int


class Nack(Frame, tag="nack"):
    """The line was not taken; keep the text. `code` as in HTTP errors."""

    id: UUID
    code: str
    message: str


class Line(Frame, tag="message"):
    """One line of a lane. `kind`: text or system; a system line's `party` is whom it is about.

    `id` is the sender's own id (so that the sender can match its copy).
    """

    interaction: UUID
    lane: str
    number: int
    party: UUID | None
    kind: Literal["text", "system"]
    text: str
    at: datetime
    id: UUID


class InteractionFrame(InteractionView, tag="interaction", kw_only=True):
    """Whole snapshot; `cause` is the event's name, e.g. `party.joined`."""

    cause: str


class ContactFrameOut(ContactView, tag="interaction", kw_only=True):
    """The contact's own snapshot, sent only when it changed."""


class InvitationFrame(InvitationView, tag="invitation"):
    """A state other than `ringing` removes the preview."""


class CallFrame(CallView, tag="call"):
    """A call of the agent's own, at each change. When it ended, `cause` and `by` say how."""


class SignalFrame(Frame, tag="signal"):
    """From the tab at the other end of the call, to this tab alone."""

    call: UUID
    data: str


class AgentFrameOut(AgentView, tag="agent"):
    """Status, load and notice; `version` rises with each change of the agent's desk."""


class Typing(Frame, tag="typing"):
    interaction: UUID
    lane: str
    party: UUID
    on: bool


class Seen(Frame, tag="seen"):
    interaction: UUID
    lane: str
    party: UUID
    number: int


class Delivered(Frame, tag="delivered"):
    interaction: UUID
    lane: str
    party: UUID
    number: int


class Gone(Frame, tag="gone"):
    """The interaction left the desk."""

    interaction: UUID


class Waiting(Frame, tag="waiting"):
    """To a waiting contact, at most every five seconds. `estimated_wait` in seconds, null when unknown."""

    position: int
    estimated_wait: int | None
    staffed: bool


class Queues(Frame, tag="queues"):
    queues: list[QueueView]


class ImAck(Frame, tag="im_ack"):
    """The instant message is durable and has this number in the conversation with `agent`."""

    id: UUID
    agent: UUID
    number: int


class ImFrame(Frame, tag="im"):
    """A line in a conversation. `inbox`: one more than in the frame before it; a gap means: fetch `conversations`."""

    inbox: int
    unread: int
    conversation: ConversationView
    line: ImLine


class ImSeen(Frame, tag="im_seen"):
    """One of the two has looked at it; `inbox` as in `im`."""

    inbox: int
    unread: int
    conversation: ConversationView


class InteractionHead(Struct):
    """`marks`: per lane the sum of all parties' `seen` and `delivered`."""

    version: int
    lanes: dict[str, int]
    marks: dict[str, int]


class AgentHeads(Struct):
    agent: int
    interactions: dict[UUID, InteractionHead]
    inbox: int


class ContactHeads(Struct):
    """`marks`: the sum of all agents' `seen` and `delivered`."""

    public_version: int
    number: int
    marks: int


class AgentBeat(Frame, tag="beat"):
    """Compare with what is held: a lower number here is old, a higher one means: fetch."""

    heads: AgentHeads
    time: datetime


class ContactBeat(Frame, tag="beat"):
    heads: ContactHeads
    time: datetime


class Locked(Frame, tag="locked"):
    """This session's workspace is locked: it gets this instead of a welcome, a beat, or anything else.

    `rings`: how many invitations ring at the agent, and nothing of whom.
    """

    since: datetime
    name: str
    username: str
    rings: int
    time: datetime


class Reload(Frame, tag="reload"):
    """Too much was missed, or the session ended: fetch everything anew."""

    why: str


ToAgent = (
    AgentWelcome
    | Ack
    | Nack
    | Line
    | InteractionFrame
    | InvitationFrame
    | AgentFrameOut
    | CallFrame
    | SignalFrame
    | Typing
    | Seen
    | Delivered
    | Gone
    | Queues
    | ImAck
    | ImFrame
    | ImSeen
    | Locked
    | AgentBeat
    | ErrorFrame
    | Reload
)


ToContact = (
    ContactWelcome
    | Ack
    | Nack
    | Line
    | ContactFrameOut
    | Typing
    | Seen
    | Delivered
    | Waiting
    | ContactBeat
    | ErrorFrame
    | Reload
)
