"""Which queue: the first rule that fits, else the routing point's own."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine import Rule, fits, pick_queue
from routing.models import Queue

A, B, ELSE = (UUID(int=number) for number in (1, 2, 3))


def rule(operator="is", value="Network", queue=A, field="topic") -> Rule:
    return Rule(field, operator, value, queue)


@pytest.mark.parametrize(
    "operator, value, answer, fitting",
    [
        ("is", "Network", "Network", True),
        ("is", "Network", " nETWORK ", True),
        ("is", " network ", "Network", True),
        ("is", "Network", "Networks", False),
        ("is", "Network", "", False),
        ("is", "straße", "STRASSE", True),
        ("contains", "net", "The NETWORK is down", True),
        ("contains", "net", "nothing", False),
        ("contains", "", "anything", False),
        ("contains", "  ", "two  spaces", False),
        ("contains", "a.c", "abc", False),
    ],
)
def test_an_answer_fits(operator, value, answer, fitting):
    assert fits(rule(operator, value), {"topic": answer}) is fitting


def test_an_answer_not_given_is_empty():
    assert not fits(rule(), {})
    assert not fits(rule(), {"other": "Network"})
    assert not fits(rule("contains"), {})


def test_the_first_that_fits_decides():
    rules = [rule("is", "Billing", A), rule("contains", "net", B), rule("is", "Network", A)]
    assert pick_queue(rules, {"topic": "Network"}, ELSE) == B
    assert pick_queue(reversed(rules), {"topic": "Network"}, ELSE) == A


def test_none_fits():
    assert pick_queue([], {"topic": "Network"}, ELSE) == ELSE
    assert pick_queue([rule()], {"topic": "Weather"}, ELSE) == ELSE


@given(
    st.lists(st.builds(rule, st.sampled_from(["is", "contains"]), st.text(max_size=4), st.sampled_from([A, B]))),
    st.text(),
)
def test_the_queue_is_the_default_or_a_rules(rules, answer):
    queue = pick_queue(rules, {"topic": answer}, ELSE)
    first = next((one for one in rules if fits(one, {"topic": answer})), None)
    assert queue == (first.queue if first else ELSE)


@pytest.mark.django_db
class TestRoutingPoints:
    def test_rules_are_tried_by_position(self, world):
        third = Queue.objects.create(name="Third")
        world.point.rules.create(field="topic", operator="contains", value="net", queue=third, position=0)
        world.point.rules.filter(queue=world.network).update(position=1)
        assert world.chat(topic="Network").queue == third
        world.point.rules.filter(queue=third).update(position=2)
        assert world.chat(topic="Network").queue == world.network

    def test_a_change_takes_effect_at_the_next_start(self, world):
        waiting = world.chat(topic="Network")
        world.point.rules.all().delete()
        assert world.chat(topic="Network").queue == world.billing
        assert waiting.invitations.get().queue == world.network
