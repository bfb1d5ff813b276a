"""Figures: what each is called, what it means, and how it is made of sums; the one place that says so. Pure.

Pages, CSV, API and docs/reporting.md take names, definitions and values from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q

COUNT, TIME, SHARE = "count", "time", "share"
UNITS = {COUNT: "number", TIME: "seconds", SHARE: "share, 0 to 1"}
Sums = Mapping[str, int]


@dataclass(frozen=True)
class Figure:
    """`needs`: sums that it is made of. `behind`: which facts it counts; None where it counts none by itself."""

    key: str
    name: str
    unit: str
    definition: str
    needs: tuple[str, ...]
    value: Callable[[Sums], int | float | None]
    behind: Q | None = None


def count(key: str, name: str, definition: str, behind: Q | None = None) -> Figure:
    return Figure(key, name, COUNT, definition, (key,), lambda sums: sums[key], behind)


def time(key: str, name: str, definition: str, of: str | None = None) -> Figure:
    """A sum of milliseconds, in seconds."""
    of = of or key
    return Figure(key, name, TIME, definition, (of,), lambda sums: seconds(sums[of]))


def mean(key: str, name: str, definition: str, of: str, per: str, behind: Q | None = None) -> Figure:
    return Figure(key, name, TIME, definition, (of, per), lambda sums: _mean(sums[of], sums[per]), behind)


def average(key: str, name: str, definition: str, of: str, per: str) -> Figure:
    """Of numbers that are no times."""
    return Figure(key, name, COUNT, definition, (of, per), lambda sums: _average(sums[of], sums[per]))


def share(key: str, name: str, definition: str, part: str, *whole: str) -> Figure:
    """A part of the sum of all in `whole`."""
    return Figure(
        key, name, SHARE, definition, (part, *whole), lambda sums: _share(sums[part], sum(sums[each] for each in whole))
    )


def seconds(milliseconds: int) -> float:
    return round(milliseconds / 1000, 3)


def _mean(total: int, number: int) -> float | None:
    return round(total / number / 1000, 3) if number else None


def _average(total: int, number: int) -> float | None:
    return round(total / number, 2) if number else None


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
