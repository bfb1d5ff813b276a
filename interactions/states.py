"""States of interactions, invitations and consultations and the ways between them, pure."""

from enum import StrEnum


class State(StrEnum):
    """Of an interaction: waiting for an agent, served, over."""

    WAITING = "waiting"
    ACTIVE = "active"
    ENDED = "ended"


class Kind(StrEnum):
    """Of an invitation."""

    ROUTE = "route"
    CONFERENCE = "conference"
    CONSULT = "consult"
    TRANSFER = "transfer"


class Medium(StrEnum):
    """Of a consultation. In each the two agents have a lane; by voice they also have a call.

    Whoever is consulted by chat or voice reads the contact's transcript live; by instant message they do not.
    """

    CHAT = "chat"
    VOICE = "voice"
    IM = "im"


class Invited(StrEnum):
    """State of an invitation. Accepted and the four below are final."""

    WAITING = "waiting"
    RINGING = "ringing"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REVOKED = "revoked"


class Rang(StrEnum):
    """How one ring ended."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Mailed(StrEnum):
    """How far a mail is. Queued: it is sent, or tried again, when its time has come."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


# {target: sources}
INTERACTION = {
    State.WAITING: {State.ACTIVE},
    State.ACTIVE: {State.WAITING},
    State.ENDED: {State.WAITING, State.ACTIVE},
}
INVITATION = {
    Invited.WAITING: {Invited.RINGING},
    Invited.RINGING: {Invited.WAITING},
    Invited.ACCEPTED: {Invited.RINGING},
    Invited.REJECTED: {Invited.RINGING},
    Invited.EXPIRED: {Invited.WAITING, Invited.RINGING},
    Invited.CANCELLED: {Invited.WAITING, Invited.RINGING},
    Invited.REVOKED: {Invited.WAITING, Invited.RINGING},
}
# A mail that was given up may have gone out after all, by an engine that came late.
MAIL = {
    Mailed.QUEUED: {Mailed.QUEUED, Mailed.FAILED},
    Mailed.SENT: {Mailed.QUEUED, Mailed.FAILED},
    Mailed.FAILED: {Mailed.QUEUED},
}
OPEN = (Invited.WAITING, Invited.RINGING)


class CallState(StrEnum):
    """Of a call between two agents."""

    RINGING = "ringing"
    CONNECTING = "connecting"
    ACTIVE = "active"
    ENDED = "ended"


CALL = {
    CallState.RINGING: set(),
    CallState.CONNECTING: {CallState.RINGING},
    CallState.ACTIVE: {CallState.CONNECTING},
    CallState.ENDED: {CallState.RINGING, CallState.CONNECTING, CallState.ACTIVE},
}
CALL_LIVE = (CallState.RINGING, CallState.CONNECTING, CallState.ACTIVE)


class CallEnd(StrEnum):
    """Why a call ended."""

    HUNG_UP = "hung_up"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    NOT_CONNECTED = "not_connected"
    MICROPHONE = "microphone"
    PAGE = "page"
    LOST = "lost"
    CONSULTATION = "consultation"


class Cause(StrEnum):
    """Why a party left, or a consultation ended. `conference`: the consultant joined the chat."""

    END = "end"
    PASSED = "passed"
    REMOVED = "removed"
    LOST = "lost"
    LEFT = "left"
    GRACE = "grace"
    IDLE = "idle"
    OVER = "over"
    TRANSFER = "transfer"
    CONFERENCE = "conference"
