"""The estimated wait: by hand, and against a line that is played through."""

import random
from statistics import mean, median
from uuid import UUID

import pytest

from routing.estimate import Board, Seat

A, B = UUID(int=1), UUID(int=2)


def seats(number, slots=1, free=0, queues=(A,)):
    return [Seat(slots, free, frozenset(queues)) for _ in range(number)]


@pytest.mark.parametrize(
    "crew, before, seconds",
    [
        (seats(1), 0, 100),
        (seats(2), 0, 50),
        (seats(2, slots=3), 5, 100),
        (seats(1, slots=3, free=1), 0, 0),
        (seats(1, slots=3, free=1), 1, 33),
        (seats(4), 7, 200),
    ],
)
def test_so_many_have_to_end_first(crew, before, seconds):
    assert Board(crew, {A: [100.0] * 5}).wait(A, {A: before}) == seconds


def test_what_cannot_be_known_is_not_said():
    assert Board([], {A: [100.0] * 5}).wait(A, {A: 1}) is None
    assert Board(seats(2, queues=(B,)), {A: [100.0] * 5}).wait(A, {A: 1}) is None
    assert Board(seats(2), {A: [100.0] * 4}).wait(A, {A: 1}) is None
    assert Board(seats(2), {}).wait(A, {A: 1}) is None


def test_too_few_of_the_queues_own_chats_all_are_taken():
    assert Board(seats(1), {A: [1.0], B: [100.0] * 9}).wait(A, {}) == 90


def test_agents_of_two_queues_bring_the_other_line_with_them():
    shared, own = seats(1, queues=(A, B)), seats(1, queues=(B,))
    board = Board([*shared, *own], {A: [10.0] * 5})
    assert board.wait(A, {B: 4}) == 10 * (4 / 2 + 1)


# --- against a line that is played through ----------------------------------------------------


def play(random, agents, load, chats=400, handling=240.0):
    """(estimate, median of the last 20 waits, real wait) of each who had to wait: arrivals and chats of random length,
    first come first served."""
    free_at, now, running, told = [0.0] * agents, 0.0, [], []
    for _ in range(chats):
        now += random.expovariate(load * agents / handling)
        over = [length for ends, _, length, _ in running if ends <= now][-100:]
        busy = sum(at > now for at in free_at)
        ahead = sum(begins > now for _, begins, _, _ in running)
        estimate = Board([*seats(busy), *seats(agents - busy, free=1)], {A: over}).wait(A, {A: ahead})
        begins, length = max(now, min(free_at)), random.expovariate(1 / handling)
        free_at[free_at.index(min(free_at))] = begins + length
        known = [began - came for _, began, _, came in running if began <= now][-20:]
        running.append((begins + length, begins, length, now))
        if estimate is not None and begins > now:
            told.append((estimate, median(known), begins - now))
    return told


@pytest.mark.parametrize("agents, most", [(2, 0.25), (5, 0.25), (12, 0.25)])
def test_how_far_it_is_off(agents, most):
    """Chats of very different lengths, more of them than the agents can take: right on the average, and nearer than
    the median of the last waits. Run with -s for the figures."""
    told = [each for seed in range(6) for each in play(random.Random(seed), agents, load=1.1)]
    waited = mean(real for _, _, real in told)
    bias = mean(guess - real for guess, _, real in told) / waited
    off = mean(abs(guess - real) for guess, _, real in told) / waited
    before = mean(abs(last - real) for _, last, real in told) / waited
    print(f"{agents} agents: {waited:.0f} s, bias {bias:+.0%}, off by {off:.0%}; median of the last: {before:.0%}")
    assert abs(bias) < 0.15
    assert off < most and off < before
