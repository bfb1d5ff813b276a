"""Intervals of time zones: days of 23 and 25 hours, midnights that do not exist, zones that are not whole hours off."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from reporting.quarters import Span, quarter_of, spread


def span(zone: str, start: str, end: str, interval: str) -> Span:
    known = ZoneInfo(zone)
    first, last = (datetime.fromisoformat(given).replace(tzinfo=known).astimezone(UTC) for given in (start, end))
    return Span(quarter_of(first), quarter_of(last), known, interval)


def starts(*given) -> list[str]:
    return [start.strftime("%m-%d %H:%M%z") for start, _ in span(*given).each()]


def test_a_day_that_loses_an_hour_has_23_and_one_that_gains_one_25():
    days = span("Europe/Berlin", "2026-03-28", "2026-03-31", "day").borders
    assert [(later - sooner) // 4 for sooner, later in itertools.pairwise(days)] == [24, 23, 24]
    hours = starts("Europe/Berlin", "2026-10-25", "2026-10-25T04:00", "hour")
    assert hours == ["10-25 00:00+0200", "10-25 01:00+0200", "10-25 02:00+0200", "10-25 02:00+0100", "10-25 03:00+0100"]


def test_a_day_without_a_midnight_begins_when_it_does():
    days = starts("America/Santiago", "2026-09-05", "2026-09-07", "day")
    assert days == ["09-05 00:00-0400", "09-06 01:00-0300"]


def test_half_an_hour_of_summer_time():
    hours = starts("Australia/Lord_Howe", "2026-10-04T01:00", "2026-10-04T04:00", "hour")
    assert hours == ["10-04 01:00+1030", "10-04 03:00+1100"]


def test_weeks_begin_on_monday_months_on_the_first_and_both_may_be_cut_short():
    assert starts("UTC", "2026-02-25", "2026-03-11", "week") == [
        "02-25 00:00+0000",
        "03-02 00:00+0000",
        "03-09 00:00+0000",
    ]
    assert starts("UTC", "2026-02-25", "2026-03-11", "month") == ["02-25 00:00+0000", "03-01 00:00+0000"]
    assert starts("UTC", "2026-02-25", "2026-03-11", "total") == ["02-25 00:00+0000"]


def test_every_offset_in_use_is_whole_quarter_hours():
    """What the sums by quarter hour stand on."""
    moments = [datetime(year, month, 1, tzinfo=UTC) for year in range(2000, 2031) for month in (1, 4, 7, 10)]
    odd = {
        zone
        for zone in available_timezones()
        for moment in moments
        if moment.astimezone(ZoneInfo(zone)).utcoffset() % timedelta(minutes=15)
    }
    assert odd == set()


def test_the_change_of_an_offset_is_found_to_the_quarter():
    berlin = span("Europe/Berlin", "2026-03-01", "2026-11-30", "day")
    (_, winter), (spring, summer), (autumn, again) = berlin.shifts
    assert (winter, summer, again) == (4, 8, 4)
    assert spring == quarter_of(datetime(2026, 3, 29, 1, tzinfo=UTC))
    assert autumn == quarter_of(datetime(2026, 10, 25, 1, tzinfo=UTC))


@pytest.mark.parametrize("seconds", [0, 1, 899.999, 900, 900.001, 5000])
def test_time_is_spread_over_quarters_without_loss(seconds):
    start = datetime(2026, 3, 4, 12, 7, 30, 500, tzinfo=UTC)
    slices = dict(spread(start, start + timedelta(seconds=seconds)))
    assert sum(slices.values()) == round(seconds * 1000)
    assert max(slices.values(), default=0) <= 900_000
    assert dict(spread(start, start - timedelta(seconds=5))) == {}
