"""How long whoever waits will wait, as far as one can know. Pure.

The line moves when an agent has room again. With `slots` chats going on at once, each taking `handling` seconds on the
average, one of them ends every handling / slots seconds. Whoever has n chats before them and `free` places to fill
waits until n + 1 - free of them have ended. Agents who serve several queues bring the chats ahead of one there, too.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent who is Ready and connected: how many chats at once, how many more now, for which queues."""

    slots: int
    free: int
    queues: frozenset[UUID]


class Board:
    """Everything known at one moment. `handling`: seconds of the last chats, by the queue they were in."""

    def __init__(self, seats: Sequence[Seat], handling: Mapping[UUID, Sequence[float]]):
        self.seats = seats
        self.handling = handling

    def wait(self, queue: UUID, before: Mapping[UUID, int]) -> int | None:
        """Seconds until a chat rings. `before`: how many are served before it and ring nowhere yet, by their queue.

        None: not to be known, while nobody of the queue is Ready, or before five chats were handled anywhere.
        """
        seats = [seat for seat in self.seats if queue in seat.queues]
        slots = sum(seat.slots for seat in seats)
        average = self._average(queue)
        if not slots or average is None:
            return None
        short = self._ahead(queue, seats, before) + 1 - sum(seat.free for seat in seats)
        return round(max(0.0, short) * average / slots)

    def _average(self, queue: UUID) -> float | None:
        """Of the queue's own chats; of all, where it has too few."""
        own = self.handling.get(queue, ())
        known = own if len(own) >= FEWEST else [each for times in self.handling.values() for each in times]
        return sum(known) / len(known) if len(known) >= FEWEST else None

    def _ahead(self, queue: UUID, seats: Collection[Seat], before: Mapping[UUID, int]) -> float:
        """Chats that are served before; of another queue the part that falls to these agents."""
        return sum(count * self._share(other, queue, seats) for other, count in before.items())

    def _share(self, other: UUID, queue: UUID, seats: Collection[Seat]) -> float:
        if other == queue:
            return 1.0
        theirs = sum(seat.slots for seat in self.seats if other in seat.queues)
        return sum(seat.slots for seat in seats if other in seat.queues) / theirs if theirs else 0.0
