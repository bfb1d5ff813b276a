"""Which queue: the first rule of which everything fits, else the routing point's own."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mistakes import about
from interactions.models import RoutingDecision
from routing import mistakes
from routing.hours import Schedule, Span
from routing.models import OpeningHours, Queue, RoutingPoint
from routing.rules import OPERATORS, Hours, Rule, Sample, covers, fits, route, said, unreached, why_not

A, B, ELSE = (UUID(int=number) for number in (1, 2, 3))
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
OFFICE = Hours("Office hours", Schedule("Europe/Berlin", {2: [Span(time(8), time(18))]}))
LUNCH = Schedule("Europe/Berlin", {2: [Span(time(12), time(13))]})
NIGHT = Hours("Office hours", OFFICE.schedule, during=False)


def rule(operator="is", value="Network", queue=A, field="topic", **more) -> Rule:
    return Rule(queue, field, operator, value, **more)


def sample(topic="Network", **more) -> Sample:
    return Sample(**{"at": NOON, "case": {"topic": topic} if topic else {}} | more)


@pytest.mark.parametrize(
    "operator, value, answer, fitting",
    [
        ("is", "Network", "Network", True),
        ("is", "Network", " nETWORK ", True),
        ("is", " network ", "Network", True),
        ("is", "Network", "Networks", False),
        ("is", "Network", "", False),
        ("is", "straße", "STRASSE", True),
        ("is_not", "Network", "Billing", True),
        ("is_not", "Network", "network", False),
        ("is_not", "Network", "", True),
        ("contains", "net", "The NETWORK is down", True),
        ("contains", "net", "nothing", False),
        ("contains", "", "anything", False),
        ("contains", "  ", "two  spaces", False),
        ("contains", "a.c", "abc", False),
        ("begins", "net", "Network", True),
        ("begins", "work", "Network", False),
        ("begins", "", "anything", False),
        ("at_least", "100", "100", True),
        ("at_least", "100", "99,9", False),
        ("at_least", "9", "10", True),
        ("at_least", "100", "a lot", False),
        ("at_least", "100", "nan", False),
        ("at_least", "100", "", False),
        ("at_most", "100", "-3", True),
        ("at_most", "2026-01-31", "2026-01-31", True),
        ("at_most", "2026-01-31", "2026-02-01", False),
        ("at_most", "2026-01-31", "7", False),
        ("given", "", "anything", True),
        ("given", "", "  ", False),
    ],
)
def test_an_answer_fits(operator, value, answer, fitting):
    assert fits(operator, answer, value) is fitting


def test_an_answer_not_given_is_empty():
    assert why_not(rule(), sample(None)) == "topic is not answered, it asks for: topic is Network"
    assert why_not(rule(), Sample(NOON, {"other": "Network"}))
    assert why_not(rule("given"), sample(None)) == "topic is not answered, it asks for: topic is answered"


@pytest.mark.parametrize(
    "asked, about, obstacle",
    [
        ({"contact": "@big.example"}, {"contact": "Kim kim@BIG.example"}, None),
        ({"contact": "@big.example"}, {}, "the contact is not “@big.example”"),
        ({"language": "de"}, {"language": "de"}, None),
        ({"language": "de"}, {"language": "en"}, "the language is “en”, it asks for “de”"),
        ({"language": "de"}, {}, "the language is not known, it asks for “de”"),
        ({"page": "/shop/"}, {"page": "https://x.example/Shop/cart"}, None),
        ({"page": "/shop/"}, {"page": "https://x.example/"}, "the page's address does not contain “/shop/”"),
        ({"hours": OFFICE}, {}, None),
        ({"hours": NIGHT}, {}, "it is inside of Office hours"),
        ({"hours": OFFICE}, {"at": NOON.replace(hour=17)}, "it is outside of Office hours"),  # 18:00 in Berlin
        ({"hours": NIGHT}, {"at": NOON.replace(hour=17)}, None),
    ],
)
def test_each_condition_and_why_it_does_not_fit(asked, about, obstacle):
    assert why_not(Rule(A, **asked), Sample(**{"at": NOON} | about)) == obstacle


@pytest.mark.parametrize(
    ("page", "came_from", "fitting"),
    [
        ("müller.example", "https://xn--mller-kva.example/", True),
        ("https://MÜLLER.example/", "https://shop.xn--mller-kva.example/", False),
        ("xn--mller-kva", "https://müller.example/", True),
        ("/größe/", "https://shop.example/gr%C3%B6%C3%9Fe/xl?a=1", True),
        ("/gr%c3%b6%c3%9fe/", "https://shop.example/Größe/", True),
        ("ref=a b", "https://shop.example/?ref=a%20b", True),
        ("/koln/", "https://shop.example/k%C3%B6ln/", False),
        ("xn--", "https://shop.example/xn--/%C3%", True),
    ],
)
def test_a_page_fits_as_people_write_its_address(page, came_from, fitting):
    assert (why_not(Rule(A, page=page), Sample(NOON, page=came_from)) is None) is fitting


def test_letters_fit_however_they_are_composed():
    composed, apart = "K\N{LATIN SMALL LETTER O WITH DIAERESIS}ln", "Ko\N{COMBINING DIAERESIS}ln"
    for asked, answer in ((composed, apart), (apart, composed)):
        assert why_not(rule(value=asked), sample(answer)) is None
        assert why_not(Rule(A, page=asked), sample(page=f"https://shop.example/{answer}")) is None


def test_all_conditions_have_to_fit():
    both = rule(language="de")
    assert why_not(both, sample(language="de")) is None
    assert why_not(both, sample(language="en")) and why_not(both, sample("Billing", language="de"))
    assert why_not(Rule(A), Sample(NOON)) is None, "a rule that asks nothing is for everybody"


def test_a_rule_in_words():
    assert said(Rule(A)) == "every chat"
    everything = rule("at_least", "5", contact="Kim", language="de", page="/shop", hours=NIGHT)
    assert said(everything) == (
        "topic is at least 5, contact contains Kim, language is de, page contains /shop, outside of Office hours"
    )


def test_the_first_that_fits_decides_and_says_so():
    rules = [rule("is", "Billing", A), rule("contains", "net", B, priority=7), rule("is", "Network", A)]
    found = route(rules, sample(), ELSE)
    assert (found.queue, found.number, found.priority, found.because) == (B, 2, 7, "rule 2: topic contains net")
    assert found.passed == ("rule 1 does not fit: topic is “Network”, it asks for: topic is Billing",)
    assert route(rules[::-1], sample(), ELSE).queue == A


def test_none_fits():
    assert route([], sample(), ELSE).because == "there are no rules"
    found = route([rule()], sample("Weather"), ELSE)
    assert (found.queue, found.number, found.because, len(found.passed)) == (ELSE, None, "no rule fits", 1)


# --- never reached ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "earlier, later, covered",
    [
        (Rule(A), rule(), True),
        (rule(), Rule(A), False),
        (rule(), rule("is", "NETWORK"), True),
        (rule("contains", "net"), rule(), True),
        (rule("contains", "net"), rule("begins", "network"), True),
        (rule("contains", "net"), rule("contains", "network"), True),
        (rule("contains", "network"), rule("contains", "net"), False),
        (rule("begins", "work"), rule("contains", "network"), False),
        (rule("given"), rule("contains", "net"), True),
        (rule("given"), rule("is_not"), False),
        (rule("is_not", "Billing"), rule(), True),
        (rule("is_not", "Billing"), rule("is_not", "Weather"), False),
        (rule("at_least", "5"), rule("at_least", "9"), True),
        (rule("at_least", "9"), rule("at_least", "5"), False),
        (rule("at_most", "9"), rule("is", "5"), True),
        (rule(field="other"), rule(), False),
        (rule(language="de"), rule(), False),
        (rule(), rule(language="de"), True),
        (rule(hours=OFFICE), rule(hours=OFFICE, page="/x"), True),
        (rule(hours=OFFICE), rule(hours=NIGHT), False),
        (Rule(A, page="/shop"), Rule(B, page="/shop/cart"), True),
    ],
)
def test_a_rule_takes_all_of_anothers_chats(earlier, later, covered):
    assert covers(earlier, later) is covered


def test_which_rules_are_never_reached():
    rules = [rule(), rule("is", "Billing"), rule(language="de"), Rule(A), rule("contains", "x")]
    assert unreached(rules) == [(3, (1,)), (5, (4,))]


def test_two_rules_share_the_day_and_leave_nothing():
    """Inside of these hours and outside of them is always, unless one of the two asks for more."""
    day, night = Rule(A, hours=OFFICE), Rule(B, hours=NIGHT)
    assert unreached([day, night, rule()]) == [(3, (1, 2))]
    assert unreached([night, rule(language="de"), day, Rule(A)]) == [(4, (1, 3))]
    assert unreached([day, Rule(B, hours=NIGHT, page="/x"), Rule(A)]) == []
    assert unreached([day, Rule(B, hours=Hours("Lunch", LUNCH, during=False)), Rule(A)]) == []


words = st.sampled_from(["", "a", "ab", "B", "1", "2,5", "10", "2026-01-31"])
some_rules = st.builds(
    Rule,
    st.sampled_from([A, B]),
    st.sampled_from(["", "topic", "order"]),
    st.sampled_from(list(OPERATORS)),
    words,
    contact=st.sampled_from(["", "a", "ab"]),
    language=st.sampled_from(["", "de"]),
    page=st.sampled_from(["", "a", "b"]),
    hours=st.sampled_from([None, OFFICE, NIGHT]),
)
samples = st.builds(
    Sample,
    st.sampled_from([NOON, NOON.replace(hour=20)]),
    st.dictionaries(st.sampled_from(["topic", "order"]), words, max_size=2),
    words,
    st.sampled_from(["", "de", "en"]),
    words,
)


@given(st.lists(some_rules, max_size=5), samples)
def test_what_is_never_reached_is_never_reached(rules, about):
    found = route(rules, about, ELSE)
    first = next((number for number, one in enumerate(rules, 1) if why_not(one, about) is None), None)
    assert found.number == first and found.queue == (rules[first - 1].queue if first else ELSE)
    assert len(found.passed) == (first - 1 if first else len(rules))
    assert first not in {later for later, _ in unreached(rules)}


# --- rows -------------------------------------------------------------------------------------


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

    def test_contact_page_language_and_hours_decide(self, world):
        hours = OpeningHours.objects.create(name="Day", time_zone="Europe/Berlin")
        hours.week.create(weekday=2, opens="8:00", closes="18:00")
        asked = {"contact": "@big.example", "page": "/shop", "language": "de", "hours": hours, "position": 0}
        world.point.rules.create(queue=world.network, priority=9, **asked)
        about = {"email": "kim@big.example", "page": "https://big.example/shop/1", "language": "de"}
        place = world.chat(**about).invitations.get()
        assert (place.queue, place.priority) == (world.network, 9)
        assert place.because.startswith("rule 2: contact contains @big.example, language is de, page contains /shop")
        for other in ({"email": "kim@small.example"}, {"page": ""}, {"language": "en"}):
            assert world.chat(**about | other).queue == world.billing
        world.clock.pass_(6 * 3600)
        assert world.chat(**about).queue == world.billing

    def test_the_decision_says_which_rule_it_was(self, world):
        world.ready(world.cy)
        world.chat(topic="Network")
        world.offer()
        assert RoutingDecision.objects.get().notes == ["rule 1: topic is Network"]

    def test_rules_with_hours_cost_no_more_for_many(self, world, django_assert_num_queries):
        hours = OpeningHours.objects.create(name="Day")
        for number in range(6):
            world.point.rules.create(queue=world.network, page=f"/{number}", hours=hours, position=number)
        point = type(world.point).objects.select_related("queue").get()
        with django_assert_num_queries(3):
            assert point.route(Sample(world.now))[0] == world.billing

    def test_a_rule_outside_of_hours_that_never_close_is_named(self, world):
        always = OpeningHours.objects.create(name="Always")
        for weekday in range(7):
            always.week.create(weekday=weekday, opens=time(0), closes=time(0))
        world.point.rules.create(hours=always, when="outside", queue=world.billing, position=2)
        (found,) = mistakes.of_rules(world.point, world.now)
        assert found.words == "Website: rule 2 never fits, Always never close within sixty days."
        always.exceptions.create(day=world.now.date() + timedelta(days=20), opens=time(8), closes=time(0))
        assert mistakes.of_rules(RoutingPoint.objects.get(), world.now) == []

    def test_rules_that_are_never_reached_are_named(self, world):
        never = OpeningHours.objects.create(name="Never")
        world.point.rules.create(field="topic", value="network", language="de", queue=world.billing, position=1)
        world.point.rules.create(page="/x", hours=never, queue=world.billing, position=2)
        found = mistakes.find(world.now)
        assert found[0].about == about(never)
        assert [(each.words, each.about) for each in found[1:]] == [
            (
                "Website: rule 2 (topic is network, language is de) is never reached, rule 1 takes all its chats.",
                about(world.point),
            ),
            ("Website: rule 3 never fits, Never never open within sixty days.", about(world.point)),
        ]
