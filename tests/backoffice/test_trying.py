"""Try it: the page says what the code that routes would do, and writes nothing."""

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Skill
from core.clock import now
from interactions.models import RoutingDecision
from interactions.trying import attempt
from routing.models import OpeningHours, OverflowStep, Queue, RequiredSkill, RoutingPoint
from routing.rules import Sample

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
