"""`manage.py demo`: once, into an empty site only, and whatever happens to its password."""

import stat
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from agents.models import Agent, AgentGroup, Reason, Role, Site, Skill
from agents.privileges import Privilege
from core.models import Event
from interactions import demo
from interactions.actions import arrival
from interactions.checks import dispositions
from interactions.models import DispositionRule, Favourite, Survey, SurveyQuestion
from routing.models import Queue, RoutingPoint, RoutingRule
from tests.support import NOON


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.delenv("PARLEY_DEMO_PASSWORD", raising=False)
    return tmp_path


def run(*args) -> str:
    out = StringIO()
    call_command("demo", *args, stdout=out)
    return out.getvalue()


def password(folder) -> str:
    return (folder / "demo-password").read_text().strip()


def rows() -> dict:
    models = (User, Agent, Queue, RoutingPoint, RoutingRule, Reason, Role, Site, DispositionRule, Event)
    models += (AgentGroup, Skill, Skill.agents.through, AgentGroup.agents.through, Favourite)
    models += (Survey, SurveyQuestion)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def test_the_first_run_loads_people_routing_and_outcomes(db, folder):
    said = run()
    queues = {agent.user.username: {queue.name for queue in agent.queues.all()} for agent in Agent.objects.all()}
    assert queues == {"ana": {"Billing", "Network"}, "bo": {"Billing", "Network"}, "cy": {"Network"}, "sue": set()}
    assert Agent.objects.get(supervisor=True).name == "Sue Park"
    assert {agent.chat().status for agent in Agent.objects.all()} == {"logged_off"}
    admin = User.objects.get(username="admin")
    assert admin.is_superuser and admin.is_staff and not hasattr(admin, "agent")
    assert Site.current().name == "Harbour Net"
    rules = {rule.place: (rule.required, rule.display, rule.max_codes) for rule in DispositionRule.objects.all()}
    assert rules == {
        "Billing": (True, "radio", 1),
        "Network": (False, "tree", 3),
        "Every other chat": (False, "dropdown", 1),
    }
    may = {agent.nickname: agent.held for agent in Agent.objects.all()}
    roles = {name: held.roles for name, held in may.items()}
    assert roles == {"Ana": "Agent", "Bo": "Agent", "Cy": "Agent", "Sue": "Lead"}
    assert may["Sue"].allows(Privilege.REMOVE_PARTY) and not may["Ana"].allows(Privilege.REMOVE_PARTY)
    trainee = set(Role.objects.get(name="Trainee").allowed)
    assert "conference.agent" in trainee and "conference.queue" not in trainee
    assert dispositions(databases=["default"]) == []
    for name in (*demo.SIGN_INS, password(folder)):
        assert name in said
    assert all(Client().login(username=name, password=password(folder)) for name in demo.SIGN_INS)


def test_there_is_somebody_to_ask_of_every_kind(db):
    run()
    levels = {each.agent.nickname: each.level for each in Skill.objects.get(name="Fibre").levels.all()}
    assert levels == {"Bo": 8, "Cy": 5}
    assert {agent.nickname for agent in AgentGroup.objects.get(name="Second level").agents.all()} == {"Bo", "Cy"}
    assert str(Favourite.objects.get()) == "Queue Network" and Favourite.objects.get().agent is None


def test_every_contact_is_asked_how_it_was(db):
    run()
    (survey,) = Survey.objects.asked()
    assert survey.active and survey.queue is None
    assert [(each.kind, each.required, each.answers()) for each in survey.asks] == [
        ("rating", True, ["1", "2", "3", "4", "5"]),
        ("choice", False, ["Yes", "Partly", "No"]),
        ("text", False, []),
    ]
    for each in survey.asks:
        each.full_clean()


@pytest.mark.parametrize(
    ("answers", "queue"), [({}, "Billing"), ({"topic": "Billing"}, "Billing"), ({"topic": "Network"}, "Network")]
)
def test_chats_find_their_queue(answers, queue, db):
    run()
    chat, _ = arrival.start("website", client_id="c", answers=answers, now=NOON)
    assert chat.queue.name == queue


def test_a_second_run_changes_nothing_and_says_the_same(db):
    said, before = run(), rows()
    assert run() == said
    assert rows() == before


def test_what_an_administrator_changed_stays(db):
    run()
    Queue.objects.filter(name="Network").update(name="Technik")
    RoutingPoint.objects.update(active=False)
    Agent.objects.filter(user__username="cy").delete()
    before = rows()
    said = run()
    assert rows() == before
    assert "Technik" in said and "cy " not in said


def test_a_site_with_people_is_left_alone(db):
    User.objects.create(username="somebody")
    assert "so the demo stays out" in run()
    assert not Agent.objects.exists() and demo.demo_page_context() is None


def test_the_password_is_kept_for_the_owner_only(db, folder):
    run()
    assert stat.S_IMODE((folder / "demo-password").stat().st_mode) == 0o600


def test_a_given_password_is_taken_on_the_first_start_only(db, folder, monkeypatch):
    monkeypatch.setenv("PARLEY_DEMO_PASSWORD", "demo-demo")
    run()
    monkeypatch.setenv("PARLEY_DEMO_PASSWORD", "another")
    assert "counts on the first start only" in run()
    assert Client().login(username="ana", password="demo-demo")
    run("--reset-password")
    assert Client().login(username="ana", password="another") and password(folder) == "another"


def test_a_lost_password_file_does_not_stop_the_start(db, folder):
    run()
    (folder / "demo-password").unlink()
    said = run()
    assert "is gone" in said and "demo --reset-password" in said
    run("--reset-password")
    assert Client().login(username="bo", password=password(folder))


def test_there_is_nothing_to_reset_without_the_demo(db):
    with pytest.raises(CommandError):
        run("--reset-password")


def test_a_load_that_fails_leaves_nothing_and_can_be_repeated(db, folder, monkeypatch):
    broken = monkeypatch.context()
    with broken as patch:
        patch.setattr(demo.demo_outcomes, "load", lambda queues: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run()
    assert demo.is_empty() and not demo.is_loaded()
    kept = password(folder)
    assert kept in run() and password(folder) == kept


def test_the_guide_shows_who_is_there_now(db):
    run()
    User.objects.filter(username="cy").update(is_active=False)
    guide = demo.demo_page_context()
    assert [person["username"] for person in guide["people"]] == ["ana", "bo", "sue"]
    assert guide["contact_url"] == "/chat/website/" and guide["administrator"]
    assert "password" not in str(guide).casefold(), "the page is open to everybody"
