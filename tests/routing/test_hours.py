"""Opening hours, right across the changes of clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hours import Schedule, Span, changes, is_open, next_opening

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


# --- at the changes of clocks -----------------------------------------------------------------


def moments(schedule, start, hours) -> list[int]:
    """Minutes from the start at which it opens or closes."""
    states = [is_open(schedule, start + timedelta(minutes=minute)) for minute in range(hours * 60)]
    return [minute for minute in range(1, len(states)) if states[minute] != states[minute - 1]]


def test_an_hour_that_comes_twice_opens_and_closes_once():
    """Berlin, 25 October: 2:00 to 3:00 is there twice; the first counts."""
    night = Schedule("Europe/Berlin", {6: [Span(time(2, 30), time(5))]})
    assert moments(night, utc(2026, 10, 24, 22), 8) == [150, 360]  # 0:30 UTC, the first 2:30; 4:00 UTC, 5:00
    ending = Schedule("Europe/Berlin", {5: [Span(time(22), time(2, 30))]})
    assert moments(ending, utc(2026, 10, 24, 18), 10) == [120, 390]


def test_an_hour_that_is_skipped_moves_what_lies_in_it():
    """Berlin, 29 March: 2:00 is followed by 3:00."""
    inside = Schedule("Europe/Berlin", {6: [Span(time(2, 15), time(2, 45))]})
    assert moments(inside, utc(2026, 3, 28, 23), 6) == [135, 165]  # 3:15 to 3:45 summer time
    over = Schedule("Europe/Berlin", {6: [Span(time(1), time(4))]})
    assert moments(over, utc(2026, 3, 28, 23), 6) == [60, 180], "an hour shorter"
    before = Schedule("Europe/Berlin", {6: [Span(time(2, 30), time(3))]})  # half an hour that there is not
    assert moments(before, utc(2026, 3, 28, 23), 6) == []
    assert next_opening(before, utc(2026, 3, 28, 23)) == utc(2026, 4, 5, 0, 30)
    assert changes(before, utc(2026, 3, 28, 23), utc(2026, 3, 29, 23)) == []


@pytest.mark.parametrize(
    "zone, day",
    [
        ("Australia/Lord_Howe", utc(2026, 4, 4)),  # half an hour back
        ("Australia/Lord_Howe", utc(2026, 10, 3)),  # and forward
        ("America/Santiago", utc(2026, 9, 6)),  # midnight itself is skipped
        ("Africa/Cairo", utc(2026, 4, 24)),
        ("Asia/Kathmandu", utc(2026, 1, 1)),
    ],
)
def test_around_the_clock_is_without_a_gap_in_every_zone(zone, day):
    always = Schedule(zone, {key: [Span(time(0), time(0))] for key in range(7)})
    assert moments(always, day - timedelta(hours=24), 72) == [] and is_open(always, day)


def test_an_exception_at_the_change_and_in_the_zones_own_day():
    """The day of the exception is the zone's: in Kiritimati it begins 14 hours before that of UTC."""
    special = Schedule("Pacific/Kiritimati", {}, {date(2026, 3, 5): [Span(time(0), time(0))]})
    assert moments(special, utc(2026, 3, 4), 48) == [600, 2040]
    change = Schedule("Europe/Berlin", WEEK, {date(2026, 3, 29): [Span(time(0), time(6))]})
    assert moments(change, utc(2026, 3, 28, 20), 12) == [180, 480], "five hours, not six"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from(["Europe/Berlin", "America/Santiago"]))
def test_the_next_opening_is_the_first_moment_at_which_it_is_open(at, zone):
    schedule = Schedule(zone, {6: [Span(time(1, 30), time(3, 30))], 5: [Span(time(22), time(2, 30))], 2: [OFFICE]})
    at = at.replace(tzinfo=UTC)
    opening = next_opening(schedule, at)
    assert is_open(schedule, opening) and opening > at
    assert is_open(schedule, at) or not any(is_open(schedule, at + (opening - at) * part / 50) for part in range(50)), (
        "closed until then"
    )


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.floats(0, 1),
    st.sampled_from(["Europe/Berlin", "America/Santiago"]),
)
def test_between_two_changes_it_stays_as_it_is(at, part, zone):
    """Spans that overlap and touch, and pass midnight and the changes of clocks."""
    week = {6: [Span(time(1, 30), time(3, 30)), Span(time(3), time(5))], 5: [Span(time(22), time(2, 30))], 2: [OFFICE]}
    schedule, since = Schedule(zone, week), at.replace(tzinfo=UTC)
    until = since + timedelta(days=7)
    found = changes(schedule, since, until)
    moment = since + (until - since) * part
    last = max((change for change in found if change <= moment), default=since)
    assert found == sorted(found) and all(since < change <= until for change in found)
    assert is_open(schedule, moment) == is_open(schedule, last)
    assert {is_open(schedule, change) for change in found} == {True, False}, "in a week it opens and closes"
