"""What moves in a simulated day: places in lines, rings, and what agents have on their hands."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from .lines import Lane
from .parts import Chat, Worker


@dataclass(slots=True, eq=False)
class Place:
    """One chat in a line. `asked`: {agent: when it last rang there in vain}. `kept_until`: for the last agent.

    `apart_until`: until then it may have to wait although whoever comes behind it can be served.
    """

    chat: Chat
    number: int
    lane: Lane
    chance: Random | None = None
    asked: dict = field(default_factory=dict)
    kept_until: float = 0.0
    apart_until: float = 0.0
    ring: "Ring | None" = None
    waiting: bool = False

    def draw(self, seed: int) -> float:
        """From 0 up to 1, for its next ring: each chat has a chance of its own."""
        if self.chance is None:
            self.chance = Random(seed << 32 | self.number)  # noqa: S311
        return self.chance.random()

    def enter(self) -> None:
        self.waiting = True
        self.lane.add(self)

    def leave(self) -> None:
        self.waiting = False
        self.lane.drop(self)


@dataclass(slots=True, eq=False)
class Desk:
    """An agent. `load`: slots taken; `live`: chats going on. `away_until`: missed rings set them Not Ready.

    `kept`: places that may wait for them. `busy`, `open`: seconds of slots, taken and there to be taken.
    """

    worker: Worker
    load: int = 0
    live: int = 0
    ring: "Ring | None" = None
    on: bool = False
    away_until: float | None = None
    missed: int = 0
    idle_since: datetime | None = None
    turn_at: datetime | None = None
    kept: list = field(default_factory=list)
    since: float = 0.0
    busy: float = 0.0
    open: float = 0.0

    @property
    def ready(self) -> bool:
        return self.on and self.away_until is None

    @property
    def room(self) -> bool:
        return self.load < self.worker.slots and self.ring is None and self.on and self.away_until is None

    def count(self, now: float) -> None:
        """Seconds of slots up to now; before anything changes."""
        past = now - self.since
        self.busy += past * self.load
        self.open += past * max(self.worker.slots if self.ready else 0, self.load)
        self.since = now


@dataclass(slots=True, eq=False)
class Ring:
    """One attempt at one agent. `through`: the queue whose agent they are. `open`: it was not answered yet."""

    place: Place
    desk: Desk
    through: object
    open: bool = True

    def end(self) -> None:
        self.open, self.place.ring, self.desk.ring = False, None, None
