"""How figures look on a page: the exact number for programs, beside it what people read. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from .asking import Answer, Row, together, values
from .details import Page
from .figures import COUNT, SHARE, TIME, Figure
from .picture import Picture, draw
from .quarters import DAILY, HOUR, INTERVALS, MONTH, QUARTER, TOTAL, WEEK

__all__ = ["INTERVALS", "lines", "picture", "tables"]

FORMATS = {
    MONTH: "%B %Y",
    WEEK: "Week of %Y-%m-%d",
    DAILY: "%a %Y-%m-%d",
    HOUR: "%Y-%m-%d %H:%M",
    QUARTER: "%Y-%m-%d %H:%M",
}
SHORT = {MONTH: "%b %y", WEEK: "%d %b", DAILY: "%d %b", HOUR: "%d, %H h", QUARTER: "%H:%M"}
MOST_BARS = 60


class Cell(NamedTuple):
    """`value`: as the API has it; `words`: for people; `link`: the query of what is behind it, or ""."""

    value: int | float | None
    words: str
    link: str


class Line(NamedTuple):
    interval: str
    name: str
    cells: list[Cell]


class Table(NamedTuple):
    """`name`: "" where it is the only one."""

    name: str
    figures: tuple[Figure, ...]
    lines: list[Line]
    totals: list[Cell]


def tables(answer: Answer, given: dict) -> list[Table]:
    """One for each part of the report, all with the same lines."""
    return [_table(answer, given, name, figures) for name, figures in answer.question.report.parts.items()]


def _table(answer: Answer, given: dict, name: str, figures: tuple[Figure, ...]) -> Table:
    lines = [
        Line(interval(answer, row.start), row.name, [_cell(answer, given, one, row) for one in figures])
        for row in answer.rows
    ]
    totals = [Cell(answer.totals[one.key], words(one.unit, answer.totals[one.key]), "") for one in figures]
    return Table(name, figures, lines, totals)


def interval(answer: Answer, start: datetime, formats: dict = FORMATS) -> str:
    kind = answer.question.span.interval
    if kind == TOTAL:
        return ""
    return start.strftime(formats[kind] + (" %Z" if formats is FORMATS and _twice(start) else ""))


def _twice(moment: datetime) -> bool:
    """Does the clock show this time a second time, because it is put back?"""
    first, second = moment.replace(fold=0), moment.replace(fold=1)
    return first.utcoffset() > second.utcoffset()


def _cell(answer: Answer, given: dict, figure: Figure, row: Row) -> Cell:
    value = row.values[figure.key]
    return Cell(value, words(figure.unit, value), _link(answer, given, figure, row) if value else "")


def _link(answer: Answer, given: dict, figure: Figure, row: Row) -> str:
    """The question of which the facts behind this cell are the answer."""
    question = answer.question
    if figure.behind is None or question.report.facts is None:
        return ""
    narrowed = _narrowed(question, row)
    if narrowed is None:
        return ""
    between = {"from": row.start.isoformat(), "to": row.end.isoformat(), "figure": figure.key}
    return urlencode({**given, **between, **narrowed})


def _narrowed(question, row: Row) -> dict | None:
    """The row's split as a filter; None where it cannot be one."""
    split = question.by
    if split is None:
        return {}
    if split.key not in question.report.filters or len(row.key) != 1:
        return None
    value = row.name if split.key == "label" else row.key[0]
    return {split.key: str(value)} if value else None


def words(unit: str, value: int | float | None) -> str:
    if value is None:
        return "–"
    return {COUNT: _count, TIME: clock, SHARE: _share}[unit](value)


def _count(value: int) -> str:
    return f"{value:,}"


def _share(value: float) -> str:
    return f"{value:.1%}".replace("%", " %")


def clock(seconds: float) -> str:
    """1:02 is a minute and two seconds, 1:02:03 begins with hours."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


# --- the picture ------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """`legend`: names of the series. `unit`: what the scale counts."""

    picture: Picture
    legend: list[str]
    unit: str
    words: str


def picture(answer: Answer) -> Drawn | None:
    """By interval; where all is together by what the report is split by."""
    question = answer.question
    figures = [question.report.figure(key) for key in question.report.picture]
    times = figures[0].unit == TIME
    columns = _by_name(answer) if question.span.interval == TOTAL else _by_interval(answer)
    scaled = [(word, [_scaled(found[one.key], times) for one in figures]) for word, found in columns]
    names = [one.name for one in figures]
    drawn = draw(scaled, names, whole=not times)
    return drawn and Drawn(drawn, names, "hours" if times else "number", ", ".join(names))


def _scaled(value: float, times: bool) -> float:
    return round(value / 3600, 2) if times else value


def _by_interval(answer: Answer) -> Iterable[tuple[str, dict]]:
    question, places = answer.question, {}
    for row in answer.rows:
        places.setdefault(row.place, []).append(row)
    for place, (start, _) in enumerate(question.span.each()):
        sums = together(question, places.get(place, ()))
        yield interval(answer, start, SHORT), values(question, sums)


def _by_name(answer: Answer) -> list[tuple[str, dict]]:
    """The largest first; what is too small to be seen is left to the table."""
    first = answer.question.report.picture
    found = sorted(answer.rows, key=lambda row: -sum(row.values[key] for key in first))
    return [(row.name or "All", row.values) for row in found[:MOST_BARS]]


# --- behind a figure --------------------------------------------------------------------------


class Detail(NamedTuple):
    interaction: object
    cells: list[str]


def lines(page: Page, zone: ZoneInfo) -> list[Detail]:
    return [Detail(row["interaction"], [_shown(row[one.key], zone) for one in page.columns]) for row in page.rows]


def _shown(value, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float):
        return clock(value)
    return "" if value is None else str(value)
