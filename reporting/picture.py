"""The picture of a report: bars, as numbers for a drawing that any browser shows without a script. Pure.

The drawing repeats what the table below it says, for the eye; the table is what screen readers get.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 960, 190
LEFT, BOTTOM, TOP = 56, 28, 8
STEPS = (1, 2, 2.5, 5, 10)
LABELS, WIDEST = 12, 64
LETTER = 7.5  # the width of one under the bars, seen with names


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


def draw(columns: Sequence[tuple[str, Sequence[float]]], names: Sequence[str], whole=False) -> Picture | None:
    """Stacked bars. `columns`: (word under it, a value for each of `names`). None where there is nothing to see.

    `whole`: halves of what is counted do not exist, nor stand on the scale.
    """
    top = max((sum(values) for _, values in columns), default=0)
    if not top:
        return None
    marks = _scale(top, whole)
    wide = (WIDTH - LEFT) / len(columns)
    per = (HEIGHT - BOTTOM - TOP) / marks[-1]
    bars = [bar for place, column in enumerate(columns) for bar in _stack(place, column, names, wide, per)]
    every = ceil(len(columns) / LABELS)
    shown, room = range(0, len(columns), every), int(every * wide / LETTER)
    labels = [Mark(round(LEFT + (place + 0.5) * wide, 1), _cut(columns[place][0], room)) for place in shown]
    scale = [Mark(round(HEIGHT - BOTTOM - mark * per, 1), f"{mark:,g}") for mark in marks]
    return Picture(bars, scale, labels)


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room else words[: room - 1].rstrip() + "…"


def _stack(place: int, column: tuple, names: Sequence[str], wide: float, per: float) -> list[Bar]:
    (word, values), found, below = column, [], 0.0
    width = min(wide * 0.8 if wide < 10 else wide - 2, WIDEST)
    for number, (name, value) in enumerate(zip(names, values, strict=True), 1):
        below += value
        if value:
            x, y = LEFT + (place + 0.5) * wide - width / 2, HEIGHT - BOTTOM - below * per
            words = f"{word}, {name}: {value:,g}"
            found.append(Bar(round(x, 1), round(y, 1), round(width, 1), round(value * per, 2), number, words))
    return found


def _scale(top: float, whole: bool) -> list[float]:
    """Round numbers from 0 to at least the top, four to six of them; fewer where only whole ones will do."""
    size = 10 ** floor(log10(top / 4))
    step = next(size * one for one in STEPS if top / (size * one) <= 5)
    step = max(1, ceil(step)) if whole else step
    return [step * number for number in range(ceil(top / step) + 1)]
