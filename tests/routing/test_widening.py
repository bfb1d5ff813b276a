"""What changes while a chat waits: needs relax, queues are added, a message is offered."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.widening import Need, Step, in_force, lacks, offers_message, plan, risen

OWN, A, B, FIBRE, DUTCH = (UUID(int=n) for n in range(1, 6))
NEEDS = [Need(FIBRE, "Fibre", 5), Need(FIBRE, "Fibre", 3, 60), Need(FIBRE, "Fibre", 0, 120), Need(DUTCH, "Dutch", 1)]
STEPS = [Step(90), Step(60, B, "B"), Step(30, A, "A")]


@pytest.mark.parametrize("waited, levels", [(0, [1, 5]), (59.9, [1, 5]), (60, [1, 3]), (119, [1, 3]), (120, [1, 0])])
def test_skills_relax_by_steps(waited, levels):
    assert [need.level for need in in_force(NEEDS, waited)] == levels


def test_what_is_lacking_in_words():
    assert lacks(NEEDS[:1], {}) == "lacks the skill Fibre"
    assert lacks(NEEDS[:1], {FIBRE: 4}) == "has Fibre at 4, 5 is needed"
    assert lacks(NEEDS[:1], {FIBRE: 5}) == lacks([], {}) == ""
    assert lacks([NEEDS[0], NEEDS[3]], {FIBRE: 9}) == "lacks the skill Dutch"


@pytest.mark.parametrize("waited, queues", [(0, ()), (30, (A,)), (60, (A, B)), (9999, (A, B))])
def test_steps_add_up_in_the_order_of_time(waited, queues):
    assert plan(OWN, [], STEPS, {}, waited).queues == (OWN, *queues)


def test_a_queue_that_cannot_be_asked_is_passed_over_and_said():
    found = plan(OWN, NEEDS, STEPS, {A: "it is closed"}, 70)
    assert found.queues == (OWN, B)
    assert found.notes == (
        "needs Dutch at 1 or more",
        "needs Fibre at 3 or more",
        "not offered to A after 30 s: it is closed",
        "also offered to B after 60 s",
    )
    assert set(found.skills) == {FIBRE, DUTCH}


def test_a_message_is_offered_from_its_step_on():
    assert [offers_message(STEPS, waited) for waited in (0, 89, 90, 9999)] == [False, False, True, True]
    assert not offers_message([Step(0, A, "A")], 9999)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(2, 9)), max_size=8), st.integers(0, 120), st.integers(0, 120))
def test_waiting_longer_never_takes_a_queue_away(rows, one, other):
    steps = [Step(after, UUID(int=queue), str(queue)) for after, queue in rows]
    less, more = sorted((one, other))
    assert set(plan(OWN, [], steps, {}, less).queues) <= set(plan(OWN, [], steps, {}, more).queues)


@pytest.mark.parametrize(
    "priority, ageing, waited, expected",
    [
        (2, 0, 3600, 2),
        (2, 60, 59.9, 2),
        (2, 60, 60, 3),
        (-5, 1, 10, 5),
        (998, 1, 9000, 1000),
        (2000, 1, 9000, 2000),
    ],
)
def test_what_waits_rises_up_to_a_thousand(priority, ageing, waited, expected):
    assert risen(priority, ageing, waited) == expected
