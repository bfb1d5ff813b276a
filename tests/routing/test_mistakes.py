"""What Checks says of the configuration of routing: on its page, on the page of a row, and for a file."""

import itertools

import pytest
from django.contrib.auth.models import User

from agents.models import Agent, AgentGroup, AgentSkill, Role, Site, Skill
from core.mistakes import about, find, of_row
from interactions import demo, permissions
from routing import mistakes
from routing.models import Queue
from tests.backoffice.test_large import people
from tests.rows import seem_empty
from tests.support import NOON, World

pytestmark = pytest.mark.django_db


def test_a_database_that_takes_the_tables_for_empty_answers_soon(world):
    world.billing.agents.add(*people(0, 1000))
    world.billing.required_skills.create(skill=Skill.objects.create(name="Fibre"), level=2)
    seem_empty(User, Agent, Agent.groups.through, AgentSkill, Queue.agents.through)
    assert any("has it: its chats would wait for ever" in each.words for each in mistakes.find(world.now))


@pytest.fixture
def titled(world: World):
    """titled(site=..., billing=...): what is said about these titles."""

    def say(site: str = "{contact}", billing: str = "") -> list:
        Site.objects.update(window_title=site)
        Queue.objects.filter(pk=world.billing.pk).update(window_title=billing)
        return [each for each in mistakes.find(world.now) if "window title" in each.words]

    return say


@pytest.mark.parametrize("title", ["{contact}", "{queue} ({routing_point})", "{contact}, {topic}"])
def test_what_chats_have_is_no_mistake(titled, title):
    assert titled(site=title, billing=title) == []


def test_each_unknown_field_is_named_once_with_those_there_are(titled, world):
    world.point.fields.create(key="order", label="Order")
    found = titled(site="{contact} {oder} {oder} {topic}", billing="{topic_} {order}")
    words = "{}: the window title names “{{{}}}”, which no routing point has as a field. Nothing stands there."
    assert [(each.words, each.about, each.hint) for each in found] == [
        (words.format("Site options", "oder"), about(world.site), "Fields are order, topic."),
        (words.format("Billing", "topic_"), about(world.billing), "Fields are order, topic."),
    ]
    assert [each.words for each in of_row(world.site, world.now)] == [found[0].words]
    assert [each.words for each in of_row(world.billing, world.now)] == [found[1].words]
    assert {each.words for each in found} <= {each.words for each in find(world.now)}


def test_a_field_of_any_routing_point_counts_and_one_that_went_no_longer(titled, world):
    field = world.point.fields.create(key="order", label="Order")
    assert titled(site="{order}") == []
    world.point.fields.all().delete()
    (found,) = titled(site="{order}")
    assert field.key in found.words and found.hint == "There are no fields yet: add one to a routing point."


def said(world: World) -> list[str]:
    return [each.words for each in mistakes.find(world.now) if each.about == about(world.billing)]


WAITS = "No agent of Billing may take chats: they would wait for ever."


def test_agents_who_may_take_no_chats_are_as_good_as_none(world):
    """By the role and the capacity that hold: the agent's own, else those of the groups, else the site's."""
    listener = Role.objects.create(name="Listener", allowed=["reject"])
    taker, group = Role.objects.create(name="Taker", allowed=["use_chat"]), AgentGroup.objects.create(name="Floor")
    world.billing.agents.set([world.ana])
    group.agents.add(world.ana)
    steps = [
        (Site, {"role": listener}, [WAITS]),
        (AgentGroup, {"role": taker}, []),
        (Agent, {"role": listener}, [WAITS]),
        (Agent, {"role": taker}, []),
        (Site, {"capacity": 0}, [WAITS]),
        (AgentGroup, {"capacity": 2}, []),
        (Agent, {"capacity": 0}, [WAITS]),
        (Agent, {"capacity": 1}, []),
        (Agent, {"role": None}, []),
        (AgentGroup, {"role": listener}, [WAITS]),
        (AgentGroup, {"role": None}, [WAITS]),
        (Site, {"role": None}, []),
    ]
    row = {Agent: Agent.objects.filter(pk=world.ana.pk), AgentGroup: AgentGroup.objects.all(), Site: Site.objects.all()}
    for model, change, words in steps:
        row[model].update(**change)
        assert said(world) == words, change
    world.billing.agents.add(world.bo)
    Agent.objects.filter(pk=world.ana.pk).update(capacity=0)
    Site.objects.update(capacity=3)
    assert said(world) == []


def test_who_may_take_chats_is_whom_routing_takes(world):
    """The question of the check, asked of the database, is the one that routing asks agent by agent."""
    roles = [None, *(Role.objects.create(name=name, allowed=[name]) for name in ("use_chat", "reject"))]
    groups = [AgentGroup.objects.create(name=f"G{n}", role=role) for n, role in enumerate(roles)]
    for own, one, other, site in itertools.product(roles, groups, groups, roles):
        Agent.objects.filter(pk=world.ana.pk).update(role=own)
        Site.objects.update(role=site)
        world.ana.groups.set([one, other])
        ana = Agent.objects.get(pk=world.ana.pk)
        able = Agent.objects.able(Site.current()).filter(pk=ana.pk).exists()
        assert able is (permissions.can_use_chat(ana) is None), (own, one, other, site)


def test_nobody_who_has_all_that_is_needed_at_once(world):
    fibre, french = Skill.objects.create(name="Fibre"), Skill.objects.create(name="French")
    world.billing.agents.set([world.ana, world.bo])
    for skill, level in ((fibre, 5), (french, 2)):
        world.billing.required_skills.create(skill=skill, level=level)
    has = AgentSkill.objects.create
    has(agent=world.ana, skill=fibre, level=9)
    has(agent=world.bo, skill=french, level=9)
    words = "Billing needs Fibre at 5 and French at 2, and nobody of it has all of it: its chats would wait for ever."
    assert said(world) == [words]
    relaxed = world.billing.required_skills.create(skill=french, level=0, after=60)
    assert said(world) == []
    relaxed.delete()
    world.billing.overflow_steps.create(after=90, target=world.network)
    world.network.agents.add(world.cy)
    has(agent=world.cy, skill=fibre, level=5)
    assert said(world) == [words.replace("nobody of it", "nobody of it or of where it overflows to", 1)]
    has(agent=world.cy, skill=french, level=2)
    assert said(world) == []


def test_the_demo_has_no_mistake(db):
    demo.load("three plain words", now=NOON)
    assert find(NOON) == []
