"""A chat as its agents see it, and the Interaction Preview."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from .basics import Can, Named


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

    `by`: null: the contact asked for the transcript. `problem`: why the last attempt failed, in words. `retry`: may it
    be tried again now?
    """

    id: UUID
    party: UUID
    to: str
    by: str | None
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

    `not_set`: closed by the system without the code that the rule asked for. `closes_at`: it closes by itself then, if
    it is not marked done (null: never, or not while the chat goes on).
    """

    joined_at: datetime
    left_at: datetime | None
    disposition: list[Outcome]
    not_set: bool
    rule: OutcomeRule | None
    note: str
    slot_until: datetime | None
    closes_at: datetime | None


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

    `offline`: a message was left; nobody waits at the other end. `title`: what the chat is called in the workspace, as
    the option `window_title` says.

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
    title: str
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
