"""A day to be simulated: who comes and who is there. One that is made up. Reads rows, writes none."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import inf
from zoneinfo import ZoneInfo

from routing.models import Queue
from routing.simulation import Chat, Habits

BUSY = [1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 12, 13, 14, 13, 12, 10, 8, 6, 4, 3, 2, 1]
HOUR = 3600
MOST_CHATS = 100_000
MOST_UNANSWERED = 0.9
ANSWER = 4.0  # seconds from the ring to the accept
AWAY = 120.0  # seconds until whom missed rings set Not Ready is back
MONDAY = date(2026, 1, 5)


class Mistaken(Exception):
    """What was asked makes no sense; in words."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A day to be made up: chats spread over these hours as on an ordinary day. Times in seconds, averages.

    `rejects`, `misses`: parts of the rings.
    """

    chats: int
    hours: tuple[int, int] = (8, 18)
    handling: float = 360.0
    patience: float = 300.0
    rejects: float = 0.0
    misses: float = 0.0


@dataclass(frozen=True, slots=True)
class Day:
    """`shifts`: {agent: spans}, or the same spans for everybody; `helps`: {agent: spans in chats of others}.

    `dated`: it has a date, so that exceptions of opening hours count.
    """

    about: str
    start: datetime
    chats: list[Chat]
    shifts: dict | tuple
    habits: Habits
    helps: dict = field(default_factory=dict)
    dated: bool = True


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def made_up(demand: Demand, zone: ZoneInfo, seed: int) -> Day:
    """A Monday with chats by the hours of an ordinary day, queues by how many agents they have. Raises Mistaken."""
    _must_make_sense(demand)
    chance = random.Random(seed)  # noqa: S311
    seats = Counter(Queue.agents.through.objects.values_list("queue_id", flat=True))
    queues = sorted(Queue.objects.values_list("pk", flat=True))
    if not queues:
        raise Mistaken("There is no queue yet. Add one, with agents, then simulate.")
    begins, ends = demand.hours
    hours = chance.choices(range(begins, ends), BUSY[begins:ends], k=demand.chats)
    names = chance.choices(queues, [seats[queue] or 1 for queue in queues], k=demand.chats)
    chats = [
        Chat(
            (hour + chance.random()) * HOUR,
            queue,
            chance.expovariate(1 / demand.handling),
            patience=chance.expovariate(1 / demand.patience),
        )
        for hour, queue in zip(hours, names, strict=True)
    ]
    about = f"{demand.chats:,} made-up chats from {begins} to {ends} o'clock"
    habits = Habits(ANSWER, demand.rejects, demand.misses, AWAY)
    return Day(about, midnight(MONDAY, zone), chats, ((begins * HOUR, ends * HOUR),), habits, dated=False)


def _must_make_sense(demand: Demand) -> None:
    begins, ends = demand.hours
    if not 0 <= begins < ends <= 24:
        raise Mistaken("Hours are from 0 to 24, the first before the last, e.g. 8 and 18.")
    if not 0 < demand.chats <= MOST_CHATS:
        raise Mistaken(f"From 1 to {MOST_CHATS:,} chats.")
    if not all(0 < each < inf for each in (demand.handling, demand.patience)):
        raise Mistaken("Handling and patience are more than 0 seconds, e.g. 360.")
    parts = (demand.rejects, demand.misses)
    if not all(0 <= each <= MOST_UNANSWERED for each in (*parts, sum(parts))):
        raise Mistaken(f"Rejected and missed are from 0 to {MOST_UNANSWERED:.0%} of the rings, together.")
