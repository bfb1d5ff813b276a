"""Who waits in a queue of a simulated day, in order."""

from bisect import bisect_left, insort
from collections.abc import Collection
from operator import attrgetter

from routing.widening import risen

from .parts import Line

came = attrgetter("number")


class Lane:
    """The places of one queue that wait with the same priority, as they came; what rings is not among them."""

    def __init__(self, line: Line, priority: int):
        self.line, self.priority, self.places = line, priority, []

    def add(self, place) -> None:
        insort(self.places, place, key=came)

    def drop(self, place) -> None:
        del self.places[bisect_left(self.places, came(place), key=came)]

    def first(self, passed: Collection):
        """Of those that were not passed over."""
        return next((place for place in self.places if place not in passed), None)

    def order(self, place, now: float) -> tuple:
        """The smaller is served first."""
        return -risen(self.priority, self.line.ageing, now - place.chat.at), place.number
