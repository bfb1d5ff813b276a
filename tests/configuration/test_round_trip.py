"""What is exported changes nothing when it comes back; what was changed can be undone, whatever it was."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agents.models import Agent, Site
from agents.options import AGENT, GROUP, OPTIONS, QUEUE, SITE, at
from core.configuration import actions, document
from core.configuration.telling import tell
from core.models import Change, Event, KeptState
from interactions import demo
from interactions.models import DispositionCode
from routing.models import Queue
from tests.configuration.conftest import File
from tests.support import NOON


def test_a_thousand_agents_cost_no_query_each(harbour, django_assert_max_num_queries):
    users = User.objects.bulk_create([User(username=f"agent{n}", is_active=True) for n in range(1100)])
    agents = Agent.objects.bulk_create([Agent(user=user, name=user.username, nickname="A") for user in users])
    Queue.objects.get(name="Billing").agents.add(*agents)
    with django_assert_max_num_queries(30):
        text = actions.export()
    assert text.count("- agent1099\n") == 1
    with django_assert_max_num_queries(70):
        assert actions.plan(text, now=NOON).steps == []


def run(*args) -> str:
    out = StringIO()
    call_command("configuration", *args, stdout=out)
    return out.getvalue()


def test_the_demo_round_trip_changes_nothing(harbour):
    text = actions.export()
    rows = dict(Agent.objects.values_list("pk", "version")), Event.objects.count()
    assert actions.plan(text, now=NOON).steps == []
    assert actions.apply(text, who="boss", now=NOON) == []
    assert actions.export() == text
    assert rows == (dict(Agent.objects.values_list("pk", "version")), Event.objects.count())
    assert not KeptState.objects.exists() and not Change.objects.exists()


def test_an_empty_site_becomes_the_exported_one(harbour):
    """All that the file holds comes from the file: nothing of it was in the rows alone."""
    text = actions.export()
    empty(harbour)
    assert "Billing" not in actions.export()
    actions.apply(text, who="boss", now=NOON)
    assert actions.export() == text
    assert not Agent.objects.get(user__username="ana").user.has_usable_password()


def empty(harbour) -> None:
    kept = {"administrators": harbour["administrators"], "status_menu": harbour["status_menu"]}
    lists = {name: [] for name in ("contact_texts", "disposition_rules", "favourites")}
    harbour.data = {name: {} for name in harbour.data} | lists | kept
    for chosen in ("Network outcomes", "Outcomes"):
        DispositionCode.objects.filter(set__name=chosen).delete()
    harbour.apply()


def test_the_command_plans_applies_and_goes_back(harbour, tmp_path):
    before, file = actions.export(), tmp_path / "parley.yaml"
    run("export", str(file))
    assert file.read_text() == before == run("export")
    file.write_text(before.replace("  Billing:\n    agents:", "  Billing:\n    ring_time: 12\n    agents:"))
    said = run("plan", str(file))
    assert said == "~ queues Billing\n    ring_time: - -> 12\n"
    assert Queue.objects.get(name="Billing").ring_time is None, "a plan changes nothing"
    assert run("apply", str(file)) == said
    assert Queue.objects.get(name="Billing").ring_time == 12
    assert run("apply", str(file)) == "Nothing to change.\n"
    assert "ring_time: 12 -> -" in run("back")
    assert actions.export() == before
    assert "ring_time: - -> 12" in run("back"), "and from there forth again"
    assert run("states").count("manage.py") == 3


def test_a_state_that_is_not_kept(harbour):
    with pytest.raises(CommandError, match="No file was applied yet"):
        run("back")
    with pytest.raises(CommandError, match="There is no state 99"):
        run("back", "99")
    with pytest.raises(CommandError, match="cannot be read"):
        run("plan", "/nowhere/parley.yaml")
    with pytest.raises(CommandError, match="cannot be written"):
        run("export", "/nowhere/parley.yaml")


def values(level: str):
    """Options of a level, some of them said, within their limits; red after amber."""

    def one(name):
        option = OPTIONS[name]
        if option.kind is bool:
            return st.booleans()
        if option.choices:
            return st.sampled_from(list(option.choices))
        if option.kind is str:
            return st.sampled_from([option.default, "{queue}: {contact}", "{topic}"])
        return st.integers(option.least, min(option.most, 1000))

    names = [name for name in at(level) if not name.startswith("pending")]
    return st.fixed_dictionaries({}, optional={name: one(name) for name in names})


NAMES = st.text(st.characters(blacklist_categories=["C", "Z"], blacklist_characters="\x85"), min_size=1, max_size=20)


class AnyConfiguration(TestCase):
    """Names of all kinds, options at all levels: what was applied is exported again, and going back leaves no trace."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        site=values(SITE),
        groups=st.dictionaries(NAMES, values(GROUP), max_size=3),
        agent=values(AGENT),
        queues=st.dictionaries(
            NAMES.filter(lambda name: name not in ("Billing", "Network")), values(QUEUE), max_size=3
        ),
    )
    def test_it_comes_back_as_it_went(self, site, groups, agent, queues):
        demo.load("three plain words", now=NOON)
        before, file = actions.export(), File()
        file.data["site"] |= site
        file.data["groups"] |= groups
        file["agents"]["ana"] |= agent | {"groups": list(groups)}
        file.data["queues"] |= {name: given | {"agents": ["ana"]} for name, given in queues.items()}
        plan = file.plan()
        assert actions.export() == before, "a plan changes nothing"
        steps = file.apply(basis=plan.basis)
        assert list(tell(steps)) == list(tell(plan.steps))
        after = actions.export()
        assert actions.plan(after, now=NOON).steps == []
        assert document.read(after).data["queues"].keys() == file["queues"].keys()
        assert all(getattr(Site.current(), name) == value for name, value in site.items())
        if steps:
            actions.back(who="boss", now=NOON)
        assert actions.export() == before
