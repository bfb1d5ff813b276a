"""The pure choice: who is asked next, and what is said about everybody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine import ASK_AGAIN, Candidate, choose, judge, pick

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def ago(seconds) -> datetime:
    return NOON - timedelta(seconds=seconds)


def candidate(number, idle=60, asked=None, **fields) -> Candidate:
    given = {
        "id": UUID(int=number),
        "ready": True,
        "present": True,
        "load": 0,
        "slots": 3,
        "unclosed": 0,
        "unclosed_limit": 5,
        "route_ringing": False,
        "idle_since": None if idle is None else ago(idle),
        "asked_at": None if asked is None else ago(asked),
    }
    return Candidate(**given | fields)


def chosen(*pool) -> int | None:
    id, _ = choose(pool, NOON)
    return id and id.int


def words(*pool) -> list[str]:
    return [verdict.reason for verdict in choose(pool, NOON)[1]]


# --- obstacles --------------------------------------------------------------------------------

OBSTACLES = [
    ({"party": True}, "is in the chat already"),
    ({"invited": True}, "is invited to the chat already"),
    ({"asks": True}, "asks for somebody else"),
    ({"ready": False}, "is not Ready"),
    ({"present": False}, "has lost the connection"),
    ({"unclosed": 5}, "has too many unclosed chats"),
    ({"unclosed": 6}, "has too many unclosed chats"),
    ({"load": 3}, "is at capacity"),
    ({"load": 4}, "is at capacity"),
    ({"slots": 0}, "is at capacity"),
    ({"route_ringing": True}, "another chat rings there"),
]


@pytest.mark.parametrize("fields, reason", OBSTACLES)
def test_each_obstacle_in_words(fields, reason):
    pool = candidate(1, **fields)
    assert (judge(pool).fit, judge(pool).reason) == (False, reason)
    assert (chosen(pool), words(pool)) == (None, [reason])


@pytest.mark.parametrize("fields", [{}, {"unclosed": 4}, {"load": 2}, {"idle": None}])
def test_nothing_in_the_way(fields):
    assert judge(candidate(1, **fields)).fit
    assert chosen(candidate(1, **fields)) == 1


def test_the_first_obstacle_is_the_reason():
    everything = candidate(1, party=True, ready=False, present=False, unclosed=9, load=9, route_ringing=True)
    reasons = []
    for field, value in (
        ("party", False),
        ("ready", True),
        ("present", True),
        ("unclosed", 0),
        ("load", 0),
        ("route_ringing", False),
    ):
        reasons.append(judge(everything).reason)
        everything = replace(everything, **{field: value})
    assert reasons == [
        "is in the chat already",
        "is not Ready",
        "has lost the connection",
        "has too many unclosed chats",
        "is at capacity",
        "another chat rings there",
    ]
    assert judge(everything).fit


# --- longest idle -----------------------------------------------------------------------------


def test_nobody_there():
    assert choose([], NOON) == (None, [])


def test_longest_idle_first():
    pool = [candidate(1, idle=10), candidate(2, idle=90), candidate(3, idle=50)]
    assert chosen(*pool) == 2
    assert words(*pool) == [
        "idle for a shorter time",
        "longest idle of those who can be asked",
        "idle for a shorter time",
    ]


def test_who_never_had_a_chat_comes_before_all():
    assert chosen(candidate(1, idle=10**6), candidate(2, idle=None)) == 2


def test_equals_are_told_apart_by_id():
    assert chosen(candidate(2), candidate(1)) == chosen(candidate(1), candidate(2)) == 1
    assert chosen(candidate(2, idle=None), candidate(1, idle=None)) == 1


def test_an_iterator_will_do():
    assert choose(iter([candidate(1)]), NOON)[0] == UUID(int=1)


# --- who was asked already --------------------------------------------------------------------


def test_who_was_asked_lately_waits():
    pool = [candidate(1, idle=90, asked=29), candidate(2, idle=10)]
    assert chosen(*pool) == 2
    assert words(*pool)[0] == "was asked less than 30 seconds ago"


def test_after_thirty_seconds_they_may_be_asked_again():
    assert chosen(candidate(1, idle=90, asked=30), candidate(2, idle=10)) == 1
    assert chosen(candidate(1, asked=30)) == 1


def test_all_others_were_asked_so_the_first_comes_again():
    assert chosen(candidate(1, asked=5), candidate(2, asked=20), candidate(3, asked=10)) == 2


def test_who_cannot_be_asked_is_none_of_the_others():
    """One is able and was just asked, the other has no slot: nobody else could have answered, so it waits."""
    assert chosen(candidate(1, asked=5), candidate(2, load=3)) is None


def test_one_alone_is_not_asked_at_once_again():
    pool = candidate(1, asked=5)
    assert (chosen(pool), words(pool)) == (None, ["was asked less than 30 seconds ago"])


# --- properties -------------------------------------------------------------------------------

moments = st.none() | st.integers(0, 120)
candidates = st.builds(
    lambda idle, asked, **fields: candidate(0, idle, asked, **fields),
    moments,
    moments,
    ready=st.sampled_from([True, True, True, False]),
    present=st.sampled_from([True, True, True, False]),
    load=st.integers(0, 4),
    slots=st.integers(0, 4),
    unclosed=st.integers(0, 6),
    route_ringing=st.sampled_from([False, False, False, True]),
    party=st.sampled_from([False, False, False, True]),
)
pools = st.lists(candidates, max_size=8).map(
    lambda found: [replace(one, id=UUID(int=number)) for number, one in enumerate(found, 1)]
)


def by_id(pool) -> dict:
    return {one.id: one for one in pool}


def lately(one: Candidate) -> bool:
    return one.asked_at is not None and NOON - one.asked_at < ASK_AGAIN


@given(pools)
def test_nobody_unfit_is_ever_chosen(pool):
    id, _ = choose(pool, NOON)
    one = by_id(pool).get(id)
    assert one is None or (
        one.ready
        and one.present
        and one.load < one.slots
        and one.unclosed < one.unclosed_limit
        and not one.route_ringing
        and not one.party
    )


@given(pools)
def test_nobody_waits_while_somebody_fresh_is_free(pool):
    free = [one for one in pool if judge(one).fit and not lately(one)]
    id, _ = choose(pool, NOON)
    if free:
        assert id in {one.id for one in free}
        longest = min((one.idle_since for one in free), key=lambda since: (since is not None, since or NOON))
        assert by_id(pool)[id].idle_since == longest


@given(pools)
def test_two_who_were_both_asked_keep_the_chat_moving(pool):
    able = [one for one in pool if judge(one).fit]
    id, _ = choose(pool, NOON)
    if len(able) > 1:
        assert id is not None
    if able and all(lately(one) for one in able) and len(able) > 1:
        assert by_id(pool)[id].asked_at == min(one.asked_at for one in able)


@given(pools, st.randoms())
def test_the_order_of_the_rows_does_not_matter(pool, random):
    mixed = list(pool)
    random.shuffle(mixed)
    if not any(lately(one) for one in pool):
        assert choose(mixed, NOON)[0] == choose(pool, NOON)[0]


@given(pools)
def test_everybody_is_explained_once_and_one_is_fit(pool):
    id, verdicts = choose(pool, NOON)
    assert [verdict.id for verdict in verdicts] == [one.id for one in pool]
    assert [verdict.id for verdict in verdicts if verdict.fit] == ([id] if id else [])
    for verdict in verdicts:
        judged = judge(by_id(pool)[verdict.id])
        assert verdict.reason and (judged.fit or verdict.reason == judged.reason)


@given(pools)
def test_choosing_does_not_depend_on_who_cannot_be_asked(pool):
    able = [one for one in pool if judge(one).fit]
    assert choose(able, NOON)[0] == choose(pool, NOON)[0]


@given(pools)
def test_picking_is_choosing_without_words(pool):
    picked = pick(pool, NOON)
    assert (picked and picked.id) == choose(pool, NOON)[0]
