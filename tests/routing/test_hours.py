"""Opening hours, right across the changes of clocks."""

from datetime import UTC, date, datetime, time

import pytest

from routing.hours import Schedule, Span, is_open, next_opening

OFFICE = Span(time(8), time(18))
WEEK = {key: [OFFICE] for key in range(5)}
BERLIN = Schedule("Europe/Berlin", WEEK)


def utc(*parts) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "at, expected",
    [
        (utc(2026, 3, 4, 6, 59), False),  # Wednesday, 7:59 in Berlin
        (utc(2026, 3, 4, 7, 0), True),
        (utc(2026, 3, 4, 16, 59), True),
        (utc(2026, 3, 4, 17, 0), False),
        (utc(2026, 3, 7, 12, 0), False),  # Saturday
        (utc(2026, 7, 1, 6, 0), True),  # summer: two hours ahead
        (utc(2026, 7, 1, 16, 0), False),
    ],
)
def test_office_hours(at, expected):
    assert is_open(BERLIN, at) is expected


def test_the_clocks_go_forward_and_back():
    """Clocks change on Sundays; Monday opens an hour earlier or later in UTC."""
    assert next_opening(BERLIN, utc(2026, 3, 27, 17)) == utc(2026, 3, 30, 6)
    assert next_opening(BERLIN, utc(2026, 10, 23, 16)) == utc(2026, 10, 26, 7)


def test_a_night_over_the_change_has_its_real_length():
    nights = Schedule("Europe/Berlin", {6: [Span(time(0), time(6))], 5: [Span(time(22), time(2))]})
    assert is_open(nights, utc(2026, 3, 28, 21, 30))  # Saturday 22:30
    assert is_open(nights, utc(2026, 3, 29, 0, 30))  # Sunday 1:30, before the change
    assert is_open(nights, utc(2026, 3, 29, 3, 59))  # Sunday 5:59, summer time
    assert not is_open(nights, utc(2026, 3, 29, 4, 0))


def test_an_opening_that_the_change_skips_comes_right_after_it():
    early = Schedule("Europe/Berlin", {6: [Span(time(2, 30), time(5))]})
    assert next_opening(early, utc(2026, 3, 29, 0, 0)) == utc(2026, 3, 29, 1, 30)


def test_over_midnight_belongs_to_the_day_before():
    late = Schedule("UTC", {4: [Span(time(20), time(2))]})
    assert is_open(late, utc(2026, 3, 7, 1, 59))  # Saturday, from Friday
    assert not is_open(late, utc(2026, 3, 7, 2, 0))
    assert not is_open(late, utc(2026, 3, 6, 1, 0))


def test_a_day_around_the_clock():
    always = Schedule("UTC", {key: [Span(time(0), time(0))] for key in range(7)})
    assert all(is_open(always, utc(2026, 3, day, hour)) for day in range(1, 8) for hour in range(24))


def test_exceptions_replace_the_day():
    special = Schedule("UTC", WEEK, {date(2026, 3, 4): [], date(2026, 3, 7): [Span(time(10), time(12))]})
    assert not is_open(special, utc(2026, 3, 4, 12))
    assert next_opening(special, utc(2026, 3, 4, 7)) == utc(2026, 3, 5, 8)
    assert is_open(special, utc(2026, 3, 7, 11))


def test_what_never_opens_has_no_next_opening():
    assert next_opening(Schedule("UTC", {}), utc(2026, 3, 4)) is None
    assert not is_open(Schedule("UTC", {}), utc(2026, 3, 4))
