"""What a simulated day is made of, and what becomes of a chat."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing import engine
from routing.hours import Schedule
from routing.widening import Need, Step

Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A queue as the engine knows it. `hours`: None is always open. `ring_time`: of rings at its agents.

    `last_agent`: who comes back is kept for their last agent for so many seconds.
    """

    id: object
    name: str
    strategy: str = engine.LONGEST_IDLE
    priority: int = 0
    ageing: int = 0
    needs: tuple[Need, ...] = ()
    steps: tuple[Step, ...] = ()
    hours: Schedule | None = None
    ring_time: float = 30.0
    last_agent: float = 0.0


@dataclass(frozen=True, slots=True)
class Worker:
    """An agent: `shifts` are spans of seconds in which new chats may come; `levels`: {skill: level}.

    `helps`: spans in which they are in a chat of somebody else's, too. `missed_limit`: so many missed in a row set them
    Not Ready; 0: never.
    """

    id: object
    name: str
    queues: frozenset
    slots: int
    shifts: Spans
    levels: Mapping = field(default_factory=dict)
    helps: Spans = ()
    missed_limit: int = 0


@dataclass(frozen=True, slots=True)
class Habits:
    """What agents do when it rings: after `answer` seconds they accept, or reject that part of the rings; others are
    missed. Whom missed rings set Not Ready is back after `away` seconds."""

    answer: float = 0.0
    rejects: float = 0.0
    misses: float = 0.0
    away: float = 120.0

    def __post_init__(self):
        if self.rejects and not self.answer:
            raise ValueError("To reject takes a moment: answer must be more than 0 seconds.")


@dataclass(frozen=True, slots=True)
class Chat:
    """`at`, and how long it will take; `patience`: the contact leaves after so many seconds of waiting, None: never.

    `last`: the agent of the contact's last chat.
    """

    at: float
    queue: object
    handling: float
    wrap_up: float = 0.0
    patience: float | None = None
    priority: int | None = None
    last: object | None = None


@dataclass(slots=True)
class Waited:
    """What became of one chat. `agent`: None where the contact left, or was `turned_away` because it was closed."""

    chat: Chat
    wait: float
    agent: object | None
    through: object | None = None
    turned_away: bool = False
