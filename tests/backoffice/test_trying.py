"""Try it: the page says what the code that routes would do, and writes nothing."""

import random
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Agent, Skill
from core.backoffice import choosing
from core.clock import now
from interactions.actions import ageing, candidates, overflow
from interactions.admin import moments
from interactions.admin.trying import TryForm
from interactions.models import RoutingDecision
from interactions.trying import attempt
from routing.models import OpeningHours, OverflowStep, Queue, RequiredSkill, RoutingPoint
from routing.rules import Sample
from routing.strategies import STRATEGIES
from tests.support import NOON

ADDRESS = "/admin/try_it/"


@pytest.fixture
def page(boss, client, world):
    world.clock.now = now()  # the page asks about agents as they are now

    def tried(**given) -> str:
        answer = client.get(f"{ADDRESS}?{urlencode({'try': '1', **given})}")
        assert answer.status_code == 200
        return answer.content.decode()

    return tried


def verdicts(found) -> dict:
    return {one.agent.nickname: (one.chosen, one.reason) for one in found.looked}


def test_it_says_rule_queue_agent_and_why_not(page, world):
    world.ready(world.bo, world.cy)
    said = page(case_topic="Network")
    assert "Rule 1: topic is Network." in said and ">Network</a>" in said
    assert "It rings at <b>Bo Lind</b>: longest idle of those who can be asked." in said
    for words in ("is not Ready", "idle for a shorter time"):
        assert words in said
    assert "No rule fits." in page(case_topic="Billing")
    assert "Rule 1 does not fit: topic is “Billing”, it asks for: topic is Network." in page(case_topic="Billing")


@pytest.mark.parametrize("waited", [0, 70])
def test_a_real_chat_goes_the_same_way(world, waited):
    """Same queue, same candidates, same words, whatever stands in between."""
    fibre = Skill.objects.create(name="Fibre")
    fibre.levels.create(agent=world.bo, level=3)
    for after, level in ((0, 5), (60, 3)):
        RequiredSkill.objects.create(queue=world.billing, skill=fibre, after=after, level=level)
    OverflowStep.objects.create(queue=world.billing, after=60, target=world.network)
    world.ready(world.bo, world.cy)
    world.point.rules.create(contact="@big.example", queue=world.billing, priority=4)
    chat = world.chat(email="kim@big.example")
    moment = world.clock.pass_(waited)
    sample = Sample(chat.created_at, contact="Kim Lee kim@big.example", language="en")
    point = RoutingPoint.objects.select_related("queue").get()
    found = attempt(point, sample, waited=waited, now=moment)
    world.offer()
    decision = RoutingDecision.objects.get()
    assert {row["name"]: (row["chosen"], row["reason"]) for row in decision.candidates} == verdicts(found)
    assert decision.notes == [found.route.because, *found.plan.notes]
    place = chat.invitations.get()
    assert (place.queue, place.priority) == (found.queue, found.priority)


def any_site(world, chance: random.Random) -> None:
    """Strategies, skills, steps, hours, priorities and agents of any kind."""
    fibre, never = Skill.objects.create(name="Fibre"), OpeningHours.objects.create(name="Never")
    for after, level in chance.choice([(), ((0, 3),), ((0, 5), (25, 3), (80, 0))]):
        RequiredSkill.objects.create(queue=world.billing, skill=fibre, after=after, level=level)
    for after, target in chance.choice([(), ((20, world.network),), ((20, world.network), (50, None))]):
        action = OverflowStep.ALSO if target else OverflowStep.MESSAGE
        OverflowStep.objects.create(queue=world.billing, after=after, target=target, action=action)
    Queue.objects.update(strategy=chance.choice(list(STRATEGIES)), ageing=chance.choice([0, 10]))
    Queue.objects.filter(name="Network").update(opening_hours=chance.choice([None, never]))
    world.point.rules.create(contact="@big.example", queue=world.billing, priority=chance.choice([None, 0, 998, 2000]))
    for agent in (world.ana, world.bo, world.cy):
        if level := chance.choice([0, 3, 5]):
            fibre.levels.create(agent=agent, level=level)
        if chance.random() < 0.8:
            world.ready(agent)
        changes = {"capacity": chance.choice([None, 0, 1]), "after_last": chance.choice(["", "", "logged_off"])}
        Agent.objects.filter(pk=agent.pk).update(**changes)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_site_is_like_it_says_what_the_engine_does(world, seed):
    chance = random.Random(seed)
    any_site(world, chance)
    last, waited = chance.choice([None, world.ana, world.bo]), chance.choice([0, 15, 29, 31, 95])
    chat = world.chat(email="kim@big.example")
    chat.invitations.update(preferred=last)
    moment = world.clock.pass_(waited)
    sample = Sample(chat.created_at, contact="Kim Lee kim@big.example", language="en")
    point = RoutingPoint.objects.select_related("queue").get()
    found = attempt(point, sample, waited=waited, last_agent=last, now=moment)
    ageing.rise(moment)
    world.offer()
    decision, place = RoutingDecision.objects.get(), chat.invitations.get()
    assert {row["name"]: (row["chosen"], row["reason"]) for row in decision.candidates} == verdicts(found)
    assert decision.notes == [found.route.because, *found.plan.notes]
    assert (place.queue, place.priority) == (found.queue, found.priority)
    assert place.id in overflow.due(moment) if found.offers_message else place.id not in overflow.due(moment)


def test_of_a_large_pool_it_looks_at_those_whom_the_engine_looks_at(page, world, monkeypatch):
    """Who has room, and the last agent; of the others it says how many there are, as the decision does."""
    monkeypatch.setattr(candidates, "WHOLE", 1)
    world.billing.agents.add(world.cy)
    world.ready(world.bo)
    chat = world.chat()
    chat.invitations.update(preferred=world.ana)
    sample = Sample(chat.created_at, contact="Kim Lee", language="en")
    point = RoutingPoint.objects.select_related("queue").get()
    found = attempt(point, sample, last_agent=world.ana, now=world.now)
    assert (set(verdicts(found)), found.others) == ({"Ana", "Bo"}, 1)
    assert "Each of 1 more agents had no room or was not Ready." in page(last_agent=world.ana.pk)
    world.offer()
    assert RoutingDecision.objects.get().notes[-1] == "each of 1 more agents had no room or was not Ready"


def test_among_many_agents_the_last_one_is_searched(page, world, monkeypatch):
    last = {"last_agent": world.ana.pk}
    assert f'<option value="{world.bo.pk}">' in page(**last)
    monkeypatch.setattr(choosing, "GLANCE", 1)
    said = page(**last)
    assert "autocomplete.js" in said and f'<option value="{world.ana.pk}" selected>Ana Ruiz</option>' in said
    assert str(world.bo.pk) not in said
    assert "nobody” is not a valid" in page(last_agent="nobody")


def test_while_the_queue_is_closed_there_is_a_message_and_no_chat(page, world):
    """It waits for the agents of the queue alone: nobody waits with it, so nothing overflows."""
    Queue.objects.filter(pk=world.billing.pk).update(opening_hours=OpeningHours.objects.create(name="Never"))
    OverflowStep.objects.create(queue=world.billing, after=10, target=world.network)
    world.ready(world.cy)
    words = "No chat begins. A message that they leave {}."
    assert words.format("waits until an agent of the queue can be asked") in page(waited="20")
    world.ready(world.bo)
    said = page(waited="20")
    assert words.format("rings at <b>Bo Lind</b>: longest idle of those who can be asked") in said
    assert "Also offered to Network" not in said and ">Cy Marsh</th>" not in said


def test_it_only_reads(page, world):
    world.ready(world.ana)
    OverflowStep.objects.create(queue=world.billing, after=10, target=world.network)
    with CaptureQueriesContext(connection) as captured:
        assert "also offered to Network after 10 s" in page(waited="20").replace("Also", "also")
    writing = [q["sql"] for q in captured if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writing == [] and captured


def test_the_moment_moves_hours_and_the_wait_moves_steps(world):
    hours = OpeningHours.objects.create(name="Day", time_zone="Europe/Berlin")
    hours.week.create(weekday=2, opens="8:00", closes="18:00")
    world.point.rules.create(hours=hours, when="outside", queue=world.network, position=0)
    world.billing.opening_hours, world.billing.ageing = hours, 30
    world.billing.save()
    OverflowStep.objects.create(queue=world.billing, after=60, action="message")
    point = RoutingPoint.objects.select_related("queue").get()
    berlin = ZoneInfo("Europe/Berlin")
    inside = attempt(point, Sample(datetime(2026, 3, 4, 17, 59, tzinfo=berlin)), waited=61, now=world.now)
    assert (inside.queue, inside.open, inside.priority, inside.offers_message) == (world.billing, True, 2, True)
    outside = attempt(point, Sample(datetime(2026, 3, 4, 18, 0, tzinfo=berlin)), now=world.now)
    assert (outside.queue, outside.route.because) == (world.network, "rule 2: outside of Day")
    point.rules.all().delete()
    point = RoutingPoint.objects.select_related("queue").get()
    closed = attempt(point, Sample(datetime(2026, 3, 4, 18, 0, tzinfo=berlin)), now=world.now)
    assert (closed.open, closed.opening) == (False, datetime(2026, 3, 11, 8, tzinfo=berlin))


def test_the_last_agent_is_kept_for_a_while(world):
    world.ready(world.ana, world.bo)
    point = RoutingPoint.objects.select_related("queue").get()
    for waited, chosen in ((29, "Bo"), (31, "Ana")):
        found = attempt(point, Sample(world.now), waited=waited, last_agent=world.bo, now=world.now)
        assert found.chosen.agent.nickname == chosen


def test_bad_input_is_said_where_it_is(page, world):
    for given, words in (
        ({"at": "soon"}, "Enter a valid date/time."),
        ({"at": "9999-12-31T23:59"}, "Choose a moment from 2000 to 2100."),
        ({"at": "0001-01-01T00:00"}, "Choose a moment from 2000 to 2100."),
        ({"waited": "-1"}, "greater than or equal to 0"),
        ({"case_topic": "Weather"}, "Select a valid choice."),
        ({"point": "x"}, "is not a valid UUID"),
    ):
        said = page(**given)
        assert words in said and "What would happen" not in said, given


def test_an_empty_queue_and_an_empty_site_say_so(page, world):
    assert "of whom nobody is logged in: contacts are told so" in page()
    empty = Queue.objects.create(name="Empty")
    world.point.queue = empty
    world.point.save()
    assert "The queue has no agents: the contact would wait for ever." in page()
    world.point.delete()
    assert "There is no routing point yet." in page()


def test_it_stands_in_the_menu_for_administrators_only(boss, client, world):
    assert f'href="{ADDRESS}"' in client.get("/admin/").content.decode()
    client.logout()
    assert client.get(ADDRESS).status_code == 302


def test_of_an_hour_that_comes_twice_one_says_which(page, world, settings):
    """On 25 October 2026 clocks in Berlin show 2:30 twice, an hour apart."""
    settings.TIME_ZONE = "Europe/Berlin"
    asked = []
    for which in ("first", "second"):
        said = page(at="2026-10-25T02:30", which=which)
        assert f'<option value="{which}" selected>' in said and "comes twice" in said
        form = TryForm({"at": "2026-10-25T02:30", "which": which}, world.point)
        assert form.is_valid(), form.errors
        asked.append(form.sample(NOON).at)
    assert [f"{at:%H:%M}" for at in asked] == ["00:30", "01:30"] and asked[0].tzinfo is UTC
    assert '<option value="first" selected>' in page(at="2026-10-25T02:30"), "who says nothing means the first"
    assert "not one of the available choices" in page(at="2026-10-25T02:30", which="third")


@pytest.mark.parametrize("at", ["2026-10-25T01:59", "2026-10-25T03:00", "2026-06-01T12:00", "nonsense", ""])
def test_of_any_other_moment_nobody_is_asked_which(page, settings, at):
    settings.TIME_ZONE = "Europe/Berlin"
    assert "Which of the two" not in page(at=at, which="second")


def test_a_moment_that_does_not_exist_is_said_in_words(page, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    said = page(at="2026-03-29T02:30")
    assert "There is no 02:30 on this day in Europe/Berlin: clocks are put forward past it." in said
    assert "What would happen" not in said and "What would happen" in page(at="2026-03-29T03:00")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "UTC"])
def test_every_moment_can_be_named(zone):
    """Around each change of the clocks, by half an hour, too."""
    changes = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 28), (4, 4), (10, 3), (10, 24))]
    with timezone.override(zone):
        for at in [day + timedelta(minutes=15 * n) for day in changes for n in range(4 * 48)]:
            shown = timezone.localtime(at).replace(tzinfo=None, fold=0)
            which = [one for one, _ in moments.twice(shown)] or [moments.FIRST]
            assert at in [moments.moment(shown, one) for one in which]
