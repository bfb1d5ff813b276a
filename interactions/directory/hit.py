"""What the Team Communicator shows of one target."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.errors import Conflict
from interactions import permissions
from interactions.frames import Can
from interactions.states import Medium

Type = Literal["agent", "group", "skill", "queue", "routing_point", "contact"]
TARGETS = ("agent", "group", "skill", "queue", "routing_point")
TYPES = (*TARGETS, "contact")
Key = tuple[str, UUID]
NO_CHAT = Conflict("no_chat", "Open a chat to invite somebody.")
LABELS = {
    "conference": "Instant Chat Conference",
    "consult_chat": "Start Chat Consultation",
    "consult_voice": "Start Voice Consultation",
    "consult_im": "Start Instant Message Consultation",
    "transfer": "Instant Chat Transfer",
    "transfer_message": "Leave a Message There",
    "call": "Call",
    "message": "Start Instant Message",
    "mail": "New E-mail",
}
Verb = Literal[
    "conference",
    "consult_chat",
    "consult_voice",
    "consult_im",
    "transfer",
    "transfer_message",
    "call",
    "message",
    "mail",
]


class Presence(Struct):
    """`text` is the whole as people read it; the others are for programs.

    `free`: chats an agent could take, or how many of a pool are Ready. Of queues and routing points: `waiting`
    contacts, `estimated_wait` (seconds, null when unknown), and, while closed, when the queue `opens` next.
    """

    status: str
    text: str
    since: datetime | None
    free: int
    waiting: int | None = None
    estimated_wait: int | None = None
    closed: bool = False
    opens: datetime | None = None


class Action(Struct):
    """One thing that can be done with a target. `can`: true, or the reason why not.

    `consultation`: send it instead of the target, for whom one consults is asked from the consultation. `interaction`:
    what mail to a contact is about; the hit's id is the contact's party there.
    """

    verb: Verb
    label: str
    can: Can
    consultation: UUID | None = None
    interaction: UUID | None = None


class Hit(Struct):
    """An internal target, or a contact of the agent's own chats. `favourite`: own, corporate, or null."""

    type: Type
    id: UUID
    name: str
    nickname: str
    department: str
    presence: Presence
    actions: list[Action]
    favourite: Literal["own", "corporate"] | None = None


class Found(Struct):
    """`next`: the cursor of the next page, null on the last. `counts`: how many fit, by type."""

    hits: list[Hit]
    next: str | None
    counts: dict[str, int]


def action(verb: str, refusal: permissions.Refusal, consultation: UUID | None = None, *, interaction=None) -> Action:
    return Action(verb, LABELS[verb], permissions.can(refusal), consultation, interaction)


def consults(refuse: Callable[[str], permissions.Refusal]) -> list[Action]:
    """A consultation in each medium; `refuse` says of a medium why not."""
    return [action(f"consult_{medium}", refuse(medium)) for medium in Medium]
