"""The picture of a report: bars, as numbers for a drawing that any browser shows without a script. Pure.

The drawing repeats what the table below it says, for the eye; the table is what screen readers get.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 960, 240
LEFT, BOTTOM, TOP = 56, 28, 8
STEPS = (1, 2, 2.5, 5, 10)
LABELS = 12


@dataclass(frozen=True)
class Bar:
    """`series`: number of the figure, from 1. `words`: what a pointer on it reads."""

    x: float
    y: float
    width: float
    height: float
    series: int
    words: str


@dataclass(frozen=True)
class Mark:
    """A line of the scale, or a word under the bars."""

    at: float
    words: str


@dataclass(frozen=True)
class Picture:
    bars: list[Bar]
    scale: list[Mark]
    labels: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = HEIGHT - BOTTOM


def draw(columns: Sequence[tuple[str, Sequence[float]]], names: Sequence[str]) -> Picture | None:
    """Stacked bars. `columns`: (word under it, a value for each of `names`). None where there is nothing to see."""
    top = max((sum(values) for _, values in columns), default=0)
    if not top:
        return None
    marks = _scale(top)
    wide = (WIDTH - LEFT) / len(columns)
    per = (HEIGHT - BOTTOM - TOP) / marks[-1]
    bars = [bar for place, column in enumerate(columns) for bar in _stack(place, column, names, wide, per)]
    every = ceil(len(columns) / LABELS)
    labels = [Mark(round(LEFT + (place + 0.5) * wide, 1), columns[place][0]) for place in range(0, len(columns), every)]
    scale = [Mark(round(HEIGHT - BOTTOM - mark * per, 1), f"{mark:,g}") for mark in marks]
    return Picture(bars, scale, labels)


def _stack(place: int, column: tuple, names: Sequence[str], wide: float, per: float) -> list[Bar]:
    (word, values), found, below = column, [], 0.0
    gap = min(2.0, wide / 5)
    for number, (name, value) in enumerate(zip(names, values, strict=True), 1):
        below += value
        if value:
            x, y = LEFT + place * wide + gap / 2, HEIGHT - BOTTOM - below * per
            words = f"{word}, {name}: {value:,g}"
            found.append(Bar(round(x, 1), round(y, 1), round(wide - gap, 1), round(value * per, 2), number, words))
    return found


def _scale(top: float) -> list[float]:
    """Round numbers from 0 to at least the top, four to six of them."""
    size = 10 ** floor(log10(top / 4))
    step = next(size * one for one in STEPS if top / (size * one) <= 5)
    return [step * number for number in range(ceil(top / step) + 1)]
