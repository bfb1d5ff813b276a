"""Every JSON object that crosses the sockets and the desk's HTTP answers, as strict types.

The consumers decode with these types, the builders in `events` return them, and
`/api/asyncapi.json` is generated from them. What a type does not name cannot be sent.
Times are UTC, ISO 8601. Ids are UUIDs. `can` values are `true` or the reason why not, in words.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from core.frames import PROTOCOL, BeatAsk, ErrorFrame, Frame, Strict

TEXT_LIMIT = 2000
SIGNAL_LIMIT = 16 * 1024
RESUME_LIMIT = 300

Can = bool | str
Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Text = Annotated[str, Meta(min_length=1, max_length=TEXT_LIMIT)]
LaneName = Annotated[str, Meta(max_length=36)]  # "public", "internal", or a consultation's id


# --- what clients send ------------------------------------------------------------------------


class AgentHello(Strict, tag="hello"):
    """First frame of an agent's socket. `cursors`: the highest number held, per interaction and lane."""

    tab: Annotated[str, Meta(min_length=1, max_length=64)]
    cursors: dict[UUID, dict[LaneName, Number]] = {}


class ContactHello(Strict, tag="hello"):
    """First frame of a contact's socket. `after`: the highest number the page holds."""

    tab: Annotated[str, Meta(min_length=1, max_length=64)]
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

    cursors: Annotated[dict[UUID, dict[LaneName, Number]], Meta(max_length=200)]


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


# --- parts of snapshots -----------------------------------------------------------------------


class Named(Struct):
    id: UUID
    name: str


class PartyView(Struct):
    """A party as agents see it. `connection`: connected, away, ended.

    A consultant only reads the chat: no seat, no mark in the public lane that others see. `seen` and `delivered`: the
    highest number per lane, of the lanes that the reader shares. After an agent left: their own marks only.
    `call`: as far as the chat says; whether they are Ready for voice now says the hit of `targets?only=agent:<id>`.
    """

    id: UUID
    kind: Literal["contact", "agent", "consultant"]
    agent: UUID | None
    nickname: str
    department: str
    role: Literal["contact", "owner", "conference", "consultant"]
    connection: Literal["connected", "away", "ended"]
    joined_at: datetime
    left_at: datetime | None
    invited_by: UUID | None
    seen: dict[str, int]
    delivered: dict[str, int]
    delete: Can
    call: Can
    message: Can
    mail: Can


class MailView(Struct):
    """A mail about the interaction, without its text. `state` queued: it is sent, or tried again at `next_at`.

    `problem`: why the last attempt failed, in words. `retry`: may it be tried again now?
    """

    id: UUID
    party: UUID
    to: str
    by: str
    subject: str
    state: Literal["queued", "sent", "failed"]
    problem: str
    at: datetime
    sent_at: datetime | None
    next_at: datetime | None
    retry: Can


class LaneView(Struct):
    """A lane as one reader sees it: numbers from `start` to `head` are theirs to read; `seen` is their own mark.

    `write`: may they write there now? `unanswered_since` (public lane): since when a line of the contact waits for an
    answer.
    """

    lane: str
    start: int
    head: int
    seen: int
    write: Can
    unanswered_since: datetime | None


class Target(Struct):
    type: Literal["agent", "queue", "group", "skill", "routing_point"]
    id: UUID
    name: str


class PendingView(Struct):
    """An open invitation as the parties of its interaction see it.

    `medium`: of a consultation that is asked for. `consultation`: its consultant is asked into the chat, or to take it.
    `transfer`: may it become one, so that its inviter can leave?
    """

    id: UUID
    kind: Literal["route", "conference", "consult", "transfer"]
    medium: Literal["chat", "voice", "im"] | None
    consultation: UUID | None
    state: Literal["waiting", "ringing"]
    target: Target
    by: UUID | None
    ringing_at: str | None
    since: datetime
    expires_at: datetime | None
    cancel: Can
    transfer: Can


class ConsultationView(Struct):
    """A consultation as the chat's agents, and its own two, see it. `id` is its lane's name too.

    `requester`, `consultant`: parties. `mine`: the reader is one of the two; only those have its lane. `cause`: why it
    ended. `conference`, `transfer`: may its requester ask the consultant into the chat, or to take it?
    """

    id: UUID
    medium: Literal["chat", "voice", "im"]
    state: Literal["active", "ended"]
    requester: UUID
    consultant: UUID
    mine: bool
    started_at: datetime
    ended_at: datetime | None
    cause: str | None
    end: Can
    conference: Can
    transfer: Can


class CaseItem(Struct):
    """One key of the case data. `editable`: agents may change it; "" is no value."""

    key: str
    label: str
    value: str
    type: Literal["text", "choice", "number", "date"] = "text"
    choices: list[str] = []
    editable: bool = False


class OutcomeRule(Struct):
    """Which codes can be chosen and how. `set`: fetch it from `disposition-sets/{set}` where no copy of this
    `revision` or a newer one is held. `max`: so many codes. `after_only`: not before End."""

    set: UUID
    revision: int
    required: bool
    display: Literal["radio", "dropdown", "tree"]
    max: int
    after_only: bool


class Outcome(Struct):
    """A code that was chosen, with its folders in the name: "Billing / Refund / Given". It may be retired since."""

    id: UUID
    name: str
    set: UUID


class SegmentView(Struct):
    """The agent's own stretch of work. `slot_until`: an ended chat holds its slot until then (null: not held).

    `not_set`: closed by the system without the code that the rule asked for.
    """

    joined_at: datetime
    left_at: datetime | None
    disposition: list[Outcome]
    not_set: bool
    rule: OutcomeRule | None
    note: str
    slot_until: datetime | None


class EarlierView(Struct):
    """A stretch of the agent's own in this interaction before the present one; it can no longer be changed."""

    joined_at: datetime
    left_at: datetime | None
    disposition: list[str]
    note: str


class Choice(Struct):
    party: UUID
    nickname: str


class EndOffer(Struct):
    """What End will do now: send `expect` (and `pass_to`) back with the command. `face`: the button's words."""

    expect: Literal["pass", "leave", "close"]
    face: str
    pass_to: UUID | None
    choices: list[Choice]


class Verbs(Struct):
    """Each verb: true, or the reason why not."""

    public: Can
    internal: Can
    conference: Can
    consult: Can
    transfer: Can
    end: Can
    disposition: Can
    history: Can
    note: Can
    done: Can


class InteractionView(Struct):
    """One interaction as one agent may see it. It replaces any held copy with a lower `version`.

    `offline`: a message was left; nobody waits at the other end.

    `my` is the agent's own party; after they left, lanes stop at what they could read. A consultant's party has kind
    and role `consultant`: they read the chat and write in their consultation's lane only.
    """

    id: UUID
    version: int
    state: Literal["waiting", "active", "ended"]
    offline: bool
    my: UUID
    owner: UUID | None
    owner_version: int
    contact: Named
    email: str
    queue: Named | None
    routing_point: Named
    created_at: datetime
    waited_since: datetime
    active_since: datetime | None
    ended_at: datetime | None
    parties: list[PartyView]
    lanes: list[LaneView]
    invitations: list[PendingView]
    consultations: list[ConsultationView]
    case: list[CaseItem]
    segment: SegmentView
    earlier: list[EarlierView]
    mails: list[MailView]
    end: EndOffer | None
    can: Verbs


class InvitationView(Struct):
    """An invitation as its target sees it (the Interaction Preview).

    `auto_answer`: so many seconds after `rang_at` the workspace accepts by itself, if somebody is there; null: never.
    `medium`: of a consultation. `consultation`: whom this agent is consulted in asks them into the chat, or to take it.
    """

    id: UUID
    interaction: UUID
    kind: Literal["route", "conference", "consult", "transfer"]
    medium: Literal["chat", "voice", "im"] | None
    consultation: UUID | None
    state: Literal["ringing", "accepted", "rejected", "expired", "cancelled", "revoked", "waiting"]
    inviter: str | None = field(name="from")  # nickname of the inviter, null for a routed chat
    queue: str | None
    offline: bool
    waited_since: datetime
    priority: int
    contact: str
    case: list[CaseItem]
    last_line: str | None
    note: str
    rang_at: datetime
    expires_at: datetime
    auto_answer: int | None
    reject: Can


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


class ContactAgent(Struct):
    """Whoever is or was in the chat. `connection` ended: they left.

    `seen`: how far they read; `delivered`: how far it arrived.
    """

    party: UUID
    nickname: str
    group: str
    connection: Literal["connected", "away", "ended"]
    seen: int
    delivered: int


class ContactTexts(Struct):
    """In the words of the chat's queue and the contact's language. `offer`: of a message instead of waiting."""

    title: str
    waiting: str
    unstaffed: str
    offer: str
    message: str


class ContactView(Struct):
    """The chat as the contact may see it. Nothing internal has a field here. `offline`: it is a message they left.

    `message_offered`: they wait long, and may leave a message instead.
    """

    id: UUID
    state: Literal["waiting", "active", "ended"]
    offline: bool
    public_version: int
    number: int
    me: UUID
    name: str
    agents: list[ContactAgent]
    text_limit: int
    texts: ContactTexts
    message_offered: bool


# --- what the server sends --------------------------------------------------------------------


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
