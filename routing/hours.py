"""Opening hours, pure: is it open now, and when next. Local wall-clock times in one zone, right across its changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOOK_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `opens` up to `closes` on one day; a `closes` that is not later reaches into the next day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Schedule:
    """`week`: spans by weekday (Monday is 0). `exceptions`: spans of single dates instead; none: closed."""

    zone: str
    week: Mapping[int, Iterable[Span]]
    exceptions: Mapping[date, Iterable[Span]] = field(default_factory=dict)


def is_open(schedule: Schedule, at: datetime) -> bool:
    """`at` is any aware moment."""
    day = at.astimezone(ZoneInfo(schedule.zone)).date()
    return any(start <= at < end for start, end in _around(schedule, day))


def next_opening(schedule: Schedule, at: datetime) -> datetime | None:
    """The next moment after `at` at which it opens, UTC or as the zone gives it; None within sixty days."""
    zone = ZoneInfo(schedule.zone)
    first = at.astimezone(zone).date()
    for offset in range(LOOK_AHEAD.days):
        starts = [start for start, _ in _of(schedule, first + timedelta(days=offset)) if start > at]
        if starts:
            return min(starts)
    return None


def never_closes(schedule: Schedule, at: datetime) -> bool:
    """Is it open from `at` on, for sixty days?"""
    moments = [at, *changes(schedule, at, at + LOOK_AHEAD)]
    return all(is_open(schedule, moment) for moment in moments)


def changes(schedule: Schedule, since: datetime, until: datetime) -> list[datetime]:
    """The moments after `since`, up to `until`, at which it may open or close; between them nothing changes."""
    zone = ZoneInfo(schedule.zone)
    first, last = since.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date()
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return sorted({at for day in days for span in _of(schedule, day) for at in span if since < at <= until})


def _around(schedule: Schedule, day: date) -> list[tuple[datetime, datetime]]:
    """The spans that can hold a moment of this day: its own, and those of yesterday that pass midnight."""
    return _of(schedule, day - timedelta(days=1)) + _of(schedule, day)


def _of(schedule: Schedule, day: date) -> list[tuple[datetime, datetime]]:
    spans = schedule.exceptions.get(day)
    if spans is None:
        spans = schedule.week.get(day.weekday(), ())
    moments = ((_moment(schedule, day, span.opens), _end(schedule, day, span)) for span in spans)
    return [(start, end) for start, end in moments if start < end]  # one that ends where it is skipped is no span


def _end(schedule: Schedule, day: date, span: Span) -> datetime:
    over_midnight = span.closes <= span.opens
    return _moment(schedule, day + timedelta(days=1) if over_midnight else day, span.closes)


def _moment(schedule: Schedule, day: date, at: time) -> datetime:
    """A wall-clock time that a change skips is moved behind it, as clocks are."""
    zone = ZoneInfo(schedule.zone)
    return datetime.combine(day, at, zone).astimezone(ZoneInfo("UTC"))
