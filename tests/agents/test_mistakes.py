"""Amber after red, whoever of several levels said what."""

import pytest

from agents.mistakes import find
from agents.models import Agent, AgentGroup, Site
from core import mistakes
from tests.support import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(world):
    Site.objects.get_or_create(pk=1)
    groups = [AgentGroup.objects.create(name=name) for name in ("Day", "Night")]
    world.bo.groups.add(*groups)
    return groups


def said() -> list[str]:
    return [each.words for each in mistakes.find(NOON) if "comes before amber" in each.words]


def test_nothing_is_said_where_amber_comes_first(people):
    AgentGroup.objects.filter(name="Day").update(pending_amber=10, pending_red=20)
    Agent.objects.update(pending_amber=15)
    assert said() == []


def test_what_the_site_turned_round(people):
    Site.objects.update(pending_amber=60)
    assert said() == ["The site: red after 60 s (the site) comes before amber after 60 s (the site)."]


def test_a_group_and_the_site(people, world):
    AgentGroup.objects.filter(name="Day").update(pending_amber=90)
    expected = "Agents of Day: red after 60 s (the site) comes before amber after 90 s (group Day)."
    assert said() == [expected]
    day = AgentGroup.objects.get(name="Day")
    assert [each.words for each in mistakes.of_row(day, NOON)] == [expected], "its page says it, too"


def test_two_groups_that_are_right_alone(people, world):
    AgentGroup.objects.filter(name="Day").update(pending_amber=90, pending_red=120)
    AgentGroup.objects.filter(name="Night").update(pending_amber=100, pending_red=110)
    AgentGroup.objects.filter(name="Night").update(pending_red=80, pending_amber=None)
    world.ana.groups.add(*people)
    assert said() == [
        "Agents of Day and Night: red after 80 s (group Night) comes before amber after 90 s (group Day)."
    ]


def test_an_agent_and_what_is_above(people, world):
    AgentGroup.objects.filter(name="Day").update(pending_red=40)
    Agent.objects.filter(pk=world.bo.pk).update(pending_amber=50)
    assert said() == [f"{world.bo}: red after 40 s (group Day) comes before amber after 50 s (the agent)."]
    Agent.objects.filter(pk=world.bo.pk).update(pending_red=55)
    assert said() == []
    world.bo.user.is_active = False
    Agent.objects.filter(pk=world.bo.pk).update(pending_red=20)
    world.bo.user.save()
    assert said() == [], "nobody sees it"


def test_it_costs_no_query_for_each_agent(people, world, django_assert_max_num_queries):
    for agent in Agent.objects.all():
        agent.groups.add(*people)
    AgentGroup.objects.update(pending_amber=90)
    with django_assert_max_num_queries(4):
        assert len(list(find(NOON))) == 3
