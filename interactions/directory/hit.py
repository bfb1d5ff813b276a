"""What the Team Communicator shows of one target."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from interactions import permissions
from interactions.frames import Can

Type = Literal["agent", "group", "skill", "queue", "routing_point"]
TYPES = ("agent", "group", "skill", "queue", "routing_point")


class Presence(Struct):
    """`text` is the status as people read it; `free`: chats that could be taken, or how many of a pool are ready."""

    status: str
    text: str
    since: datetime | None
    free: int


class Action(Struct):
    """One thing that can be done with a target. `can`: true, or the reason why not."""

    verb: Literal["conference"]
    label: str
    can: Can


class Hit(Struct):
    """An internal target. `actions` is empty where no interaction was named. `favourite`: own, corporate, or null."""

    type: Type
    id: UUID
    name: str
    nickname: str
    department: str
    presence: Presence
    actions: list[Action]
    favourite: Literal["own", "corporate"] | None = None
    me: bool = False


def conference(refusal: permissions.Refusal) -> Action:
    return Action("conference", "Instant Chat Conference", permissions.can(refusal))
