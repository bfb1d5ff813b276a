"""What the Team Communicator shows of one target."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from core.errors import Conflict
from interactions import permissions
from interactions.frames import Can

Type = Literal["agent", "group", "skill", "queue", "routing_point"]
TYPES = ("agent", "group", "skill", "queue", "routing_point")
Key = tuple[str, UUID]
NO_CHAT = Conflict("no_chat", "Open a chat to invite somebody.")


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
    """One thing that can be done with a target. `can`: true, or the reason why not."""

    verb: Literal["conference", "message"]
    label: str
    can: Can


class Hit(Struct):
    """An internal target. `favourite`: own, corporate, or null."""

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


def message(refusal: permissions.Refusal) -> Action:
    return Action("message", "Start Instant Message", permissions.can(refusal))


def conference(refusal: permissions.Refusal) -> Action:
    return Action("conference", "Instant Chat Conference", permissions.can(refusal))
