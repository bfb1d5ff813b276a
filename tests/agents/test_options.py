"""Options: who may say what, whose word holds, and that code asks for the value in force."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from agents.models import Agent, AgentGroup, Site
from agents.options import AGENT, GROUP, OPTIONS, QUEUE, SITE, Effective, at, effective
from routing.models import Queue

LEVELS = {SITE: Site, GROUP: AgentGroup, AGENT: Agent, QUEUE: Queue}
SITE_ROW = Site()


def named(name: str, **values):
    return SimpleNamespace(name=name, **{option: None for option in OPTIONS} | values)


@pytest.mark.parametrize("name", OPTIONS)
def test_each_level_has_a_column_exactly_where_it_may_be_set(name):
    for level, model in LEVELS.items():
        assert (name in {field.name for field in model._meta.fields}) == (level in OPTIONS[name].levels)
    assert getattr(SITE_ROW, name) == OPTIONS[name].default
    assert all(
        getattr(model(), name) in (None, "") for level, model in LEVELS.items() if level != SITE and name in at(level)
    )


@pytest.mark.parametrize("name", [name for name, option in OPTIONS.items() if option.least])
def test_less_than_the_least_is_refused_at_every_level(name):
    option = OPTIONS[name]
    for level in option.levels:
        field = LEVELS[level]._meta.get_field(name)
        assert field.clean(option.least, None) == option.least
        with pytest.raises(ValidationError):
            field.clean(option.least - 1, None)


def test_the_nearest_word_holds():
    queue, agent = named("Billing", auto_answer="off"), named("Ana", auto_answer="at_once")
    floor = named("Floor", auto_answer="preview")
    held = {"site": SITE_ROW, "agent": agent, "groups": [floor], "queue": queue}
    for nobody, source in (("queue", "queue Billing"), ("agent", "the agent"), ("groups", "group Floor")):
        assert effective("auto_answer", **held).source == source
        held.pop(nobody)
    assert effective("auto_answer", **held) == Effective("off", "the site")


def test_zero_and_no_are_words_and_nothing_is_none():
    assert effective("missed_limit", site=SITE_ROW, agent=named("Ana", missed_limit=0)).value == 0
    said = effective("lock_not_ready", site=SITE_ROW, agent=named("Ana", lock_not_ready=False))
    assert said == Effective(False, "the agent")
    assert effective("auto_answer", site=SITE_ROW, agent=named("Ana", auto_answer="")).source == "the site"


@pytest.mark.parametrize(
    "name, said, holds",
    [
        ("capacity", [2, 4, None], 4),
        ("lock_minutes", [0, 30, 5], 5),
        ("lock_minutes", [0, None], 0),
        ("auto_answer", ["at_once", "preview"], "preview"),
        ("pending_red", [90, 45], 45),
        ("lock_not_ready", [False, True], True),
        ("missed_limit", [0, 3], 3),
        ("unclosed_limit", [7, 2], 2),
    ],
)
def test_several_groups_agree_whatever_their_order(name, said, holds):
    groups = [named(f"Group {n}", **{name: value}) for n, value in enumerate(said)]
    for order in (groups, groups[::-1]):
        found = effective(name, site=SITE_ROW, groups=order)
        assert found.value == holds
        assert found.source == f"group Group {said.index(holds)}"


def test_an_agent_asks_for_their_groups_once(world, django_assert_num_queries):
    world.ana.groups.add(AgentGroup.objects.create(name="Floor", capacity=5, pending_red=20))
    ana = Agent.objects.get(pk=world.ana.pk)
    with django_assert_num_queries(1):
        held = {name: ana.option(name, world.site) for name in at(AGENT)}
    assert (held["capacity"], held["pending_red"]) == (Effective(5, "group Floor"), Effective(20, "group Floor"))
    ana.groups.clear()
    ana = Agent.objects.get(pk=world.ana.pk)
    assert ana.option("capacity", world.site).source == "the site"


def test_a_queue_inherits_from_the_site_until_it_says_otherwise(world):
    assert world.billing.option("ring_time") == Effective(30, "the site")
    Site.objects.update(ring_time=12)
    assert world.billing.option("ring_time") == Effective(12, "the site")
    world.billing.ring_time = 7
    assert world.billing.option("ring_time") == Effective(7, "queue Billing")
