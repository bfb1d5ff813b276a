"""The simulated clock: what is to happen, in the order of its time."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count


class Clock:
    """Seconds since `start`. What is due at the same moment happens in the order in which it was planned."""

    def __init__(self, start: datetime):
        self.start = start
        self._events: list = []
        self._number = count()

    def at(self, when: float, what: Callable, *given) -> None:
        """`what(now, *given)` is called then."""
        heapq.heappush(self._events, (when, next(self._number), what, given))

    def run(self, until: float | None = None) -> None:
        """Everything up to and including this moment; None: until nothing more is to happen."""
        while self._events and (until is None or self._events[0][0] <= until):
            now, _, what, given = heapq.heappop(self._events)
            what(now, *given)

    def moment(self, now: float) -> datetime:
        return self.start + timedelta(seconds=now)
