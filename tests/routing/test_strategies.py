"""Whom each strategy asks first, and what is said about everybody else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine import STRATEGIES, choose
from tests.routing.test_engine import NOON, ago, candidate

OTHER = UUID(int=99)


def chosen(strategy, *pool):
    id, verdicts = choose(pool, NOON, strategy)
    return id and id.int, [verdict.reason for verdict in verdicts]


def test_least_busy_by_chats_not_by_share():
    pool = candidate(1, idle=90, load=2, slots=9), candidate(2, idle=10, load=1, slots=2)
    assert chosen("least_busy", *pool) == (2, ["has more chats", "has the fewest chats of those who can be asked"])


def test_round_robin_asks_who_was_asked_longest_ago_and_the_new_one_first():
    pool = candidate(1, turn_at=ago(50)), candidate(2, turn_at=ago(90))
    assert chosen("round_robin", *pool) == (2, ["was asked more lately", "is next in turn"])
    assert chosen("round_robin", *pool, candidate(3))[0] == 3


def test_skill_level_best_first():
    pool = candidate(1, idle=900, level=5), candidate(2, idle=10, level=8)
    assert chosen("skill_level", *pool) == (2, ["has a lower level", "has the highest level of those who can be asked"])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_equals_longest_idle_then_the_same_for_every_engine(strategy):
    pool = candidate(1, idle=10), candidate(2, idle=90)
    id, words = chosen(strategy, *pool)
    assert id == 2 and words[0] == "idle for a shorter time"
    assert words[1].endswith("idle longest of equals") == (strategy != "longest_idle")
    assert chosen(strategy, candidate(2), candidate(1))[0] == chosen(strategy, candidate(1), candidate(2))[0] == 1


def test_who_lacks_a_skill_is_not_asked_and_keeps_nobody_waiting():
    pool = candidate(1, idle=900, lacks="lacks the skill Fibre", preferred=True), candidate(2)
    assert chosen("longest_idle", *pool) == (2, ["lacks the skill Fibre", "longest idle of those who can be asked"])


def test_the_queues_own_come_first_and_overflow_in_its_order():
    own, first, second = candidate(1, idle=1), candidate(2, idle=50, tier=1), candidate(3, idle=90, tier=2)
    assert chosen("longest_idle", own, first, second) == (
        1,
        ["longest idle of those who can be asked", *["the queue's own agents come first"] * 2],
    )
    busy = candidate(1, load=3)
    words = ["is at capacity", "longest idle of those who can be asked", "an earlier overflow step comes first"]
    assert chosen("longest_idle", busy, first, second) == (2, words)


def test_who_was_asked_lately_lets_overflow_go_first():
    pool = candidate(1, idle=90, asked=5), candidate(2, tier=1)
    assert chosen("longest_idle", *pool)[0] == 2


idles = st.integers(0, 99)
idles = st.integers(0, 99)
rows = st.tuples(idles, st.integers(0, 2), st.integers(0, 9), st.none() | idles, st.integers(0, 2))
pools = st.lists(rows, max_size=6).map(
    lambda found: [
        candidate(n, idle=idle, load=load, level=level, turn_at=None if turn is None else ago(turn), tier=tier)
        for n, (idle, load, level, turn, tier) in enumerate(found, 1)
    ]
)


@given(pools, st.sampled_from(list(STRATEGIES)), st.randoms())
def test_each_strategy_agrees_with_itself_and_keeps_to_the_nearest(pool, strategy, random):
    id, verdicts = choose(pool, NOON, strategy)
    mixed = list(pool)
    random.shuffle(mixed)
    assert choose(mixed, NOON, strategy)[0] == id
    assert all(verdict.reason for verdict in verdicts) and len(verdicts) == len(pool)
    one = next((each for each in pool if each.id == id), None)
    near = [each for each in pool if one and each.tier == one.tier]
    assert not pool or one.tier == min(each.tier for each in pool)
    for each in near:
        assert STRATEGIES[strategy].key(one) <= STRATEGIES[strategy].key(each)
