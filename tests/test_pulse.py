"""Who beats together: a few sockets do, many stay spread, and nobody ever waits longer for it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

from interactions.pulse import BEAT, FEW, together

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def play(phases: list[float], seconds: int) -> tuple[list[list[int]], int]:
    """(of each socket the seconds in which it beat, in how many seconds anybody did)."""
    sockets = [SimpleNamespace(beat_at=second(phase), beats=[]) for phase in phases]
    looks = 0
    for now in range(seconds):
        due = together(sockets, "beat_at", second(now), BEAT / 2)
        looks += bool(due)
        for socket in due:
            socket.beat_at = second(now) + BEAT
            socket.beats.append(now)
    return [socket.beats for socket in sockets], looks


def gaps(beats: list[int]) -> set[int]:
    return {later - earlier for earlier, later in pairwise(beats)}


def test_a_few_soon_beat_together_and_never_late():
    beats, looks = play([0.2, 2.1, 4.9, 7.7, 9.3], 120)
    assert looks <= 14
    assert all(max(gaps(each)) <= 10 for each in beats)


def test_of_many_only_those_that_are_due():
    beats, _ = play([number % 10 for number in range(20 * FEW)], 60)
    assert all(gaps(each) == {10} for each in beats)


def test_nobody_is_looked_at_before_anybody_is_due():
    beats, looks = play([5, 6], 5)
    assert (beats, looks) == ([[], []], 0)
