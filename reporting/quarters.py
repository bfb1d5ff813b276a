"""Quarter hours, and the intervals of a time zone made of them; pure.

All offsets from UTC since the year 2000 are whole quarter hours, so each interval of each zone is.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

SECONDS = 900
MILLISECONDS = SECONDS * 1000
DAY = 96
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER, HOUR, DAILY, WEEK, MONTH, TOTAL = "quarter", "hour", "day", "week", "month", "total"
INTERVALS = {
    TOTAL: "All together",
    MONTH: "Months",
    WEEK: "Weeks",
    DAILY: "Days",
    HOUR: "Hours",
    QUARTER: "Quarter hours",
}
CELLS = {QUARTER: 1, HOUR: 4, DAILY: DAY, WEEK: DAY, MONTH: DAY}  # quarters that the database adds up at once


def quarter_of(moment: datetime) -> int:
    return int((moment - EPOCH) // timedelta(seconds=SECONDS))


def moment_of(quarter: int) -> datetime:
    return EPOCH + timedelta(seconds=quarter * SECONDS)


def spread(start: datetime, end: datetime) -> Iterator[tuple[int, int]]:
    """(quarter, milliseconds of it) for the time between the two, its whole milliseconds."""
    first, last = milliseconds(start), milliseconds(end)
    while first < last:
        quarter = first // MILLISECONDS
        border = min(last, (quarter + 1) * MILLISECONDS)
        yield quarter, border - first
        first = border


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


@cache
def zones() -> tuple[str, ...]:
    """The names of all time zones. They are read from the disk, which takes as long as a report does."""
    return tuple(sorted(available_timezones()))


@dataclass(frozen=True)
class Span:
    """From a quarter hour up to another, cut at the borders that `interval` has in the zone."""

    start: int
    end: int
    zone: ZoneInfo
    interval: str

    @cached_property
    def borders(self) -> list[int]:
        """Where each interval begins, and where the last one ends. The first and the last may be cut short."""
        inner = {quarter for quarter in self._inner() if self.start < quarter < self.end}
        return [self.start, *sorted(inner), self.end]

    def _inner(self) -> Iterator[int]:
        if self.interval in (QUARTER, HOUR):
            step = range(self.start, self.end)
            yield from step if self.interval == QUARTER else (one for one in step if not self.local(one).minute)
        elif self.interval != TOTAL:
            yield from (self._midnight(day) for day in self._days())

    def _days(self) -> Iterator[date]:
        day, last = self.local(self.start).date(), self.local(self.end).date()
        while day <= last:
            if self._begins(day):
                yield day
            day += timedelta(days=1)

    def _begins(self, day: date) -> bool:
        return {WEEK: day.weekday() == 0, MONTH: day.day == 1}.get(self.interval, True)

    def _midnight(self, day: date) -> int:
        return quarter_of(datetime.combine(day, time(), self.zone).astimezone(UTC))

    def local(self, quarter: int) -> datetime:
        return moment_of(quarter).astimezone(self.zone)

    def place(self, quarter: int) -> int:
        """In which of the intervals it lies."""
        return bisect_right(self.borders, quarter) - 1

    def each(self) -> list[tuple[datetime, datetime]]:
        """The intervals in the zone's own time."""
        return [(self.local(start), self.local(end)) for start, end in pairwise(self.borders)]

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """From when to when, in the zone's own time."""
        return self.local(self.start), self.local(self.end)

    @cached_property
    def shifts(self) -> list[tuple[int, int]]:
        """[(from which quarter on, quarters that the zone is ahead of UTC)] within the span."""
        found = [(self.start, self._shift(self.start))]
        for quarter in [*range(self.start, self.end, DAY)[1:], self.end - 1]:
            if self._shift(quarter) != found[-1][1]:
                found.append(self._change(found[-1][0], quarter))
        return found

    def _change(self, before: int, after: int) -> tuple[int, int]:
        """Zones change at most once a day: the first quarter of the new offset."""
        old, new = self._shift(before), self._shift(after)
        low, high = max(before, after - DAY), after
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._shift(middle) == old else (low, middle)
        return high, new

    def _shift(self, quarter: int) -> int:
        return int(self.local(quarter).utcoffset().total_seconds()) // SECONDS
