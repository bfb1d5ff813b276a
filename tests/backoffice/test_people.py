"""Agents, administrators and site options in the administration."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client, TestCase

from agents.actions import people
from agents.models import Agent, AgentGroup, ChannelStatus, MenuEntry, Reason
from agents.options import OPTIONS
from core import realtime
from core.models import Event
from tests.backoffice.pages import PASSWORD, errors, url
from tests.support import NOON

NO_SKILLS = {"skill_levels-TOTAL_FORMS": 0, "skill_levels-INITIAL_FORMS": 0}


def form(**changes) -> dict:
    given = {"name": "Dee Wood", "nickname": "Dee", "department": "", "capacity": "", "username": "dee"}
    given |= {"password": PASSWORD, "may_sign_in": "on"} | NO_SKILLS | changes
    return {key: value for key, value in given.items() if value is not None}


def test_enroll_makes_an_agent_who_is_logged_off(db):
    group = AgentGroup.objects.create(name="Billing team")
    user = User.objects.create(username="dee")
    agent = people.enroll(user, name="Dee Wood", nickname="Dee", groups=[group], now=NOON)
    assert agent.chat().status == "logged_off" and agent.chat().since == NOON
    assert {(period.channel, period.status) for period in agent.periods.all()} == {
        ("chat", "logged_off"),
        ("voice", "logged_off"),
    }
    assert list(agent.groups.all()) == [group]
    assert Event.objects.get(subject=agent.pk).name == "agent.enrolled"


def test_a_new_agent_signs_in_at_once(boss, client, world):
    answer = client.post(url("agents_agent", "add"), form(queues=[world.billing.pk]))
    assert answer.status_code == 302, errors(answer)
    agent = Agent.objects.get(user__username="dee")
    assert {row.status for row in ChannelStatus.objects.filter(agent=agent)} == {"logged_off"}
    assert list(agent.queues.all()) == [world.billing] and not agent.user.is_staff
    assert Client().login(username="dee", password=PASSWORD)
    assert LogEntry.objects.get(object_id=str(agent.pk)).is_addition()


def test_an_administrator_becomes_an_agent_too(boss, client):
    given = form(username="", password="", existing=boss.pk, may_sign_in=None)
    assert client.post(url("agents_agent", "add"), given).status_code == 302
    boss.refresh_from_db()
    assert boss.agent.name == "Dee Wood" and boss.is_superuser and boss.is_active


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": ""}, "Write a user name"),
        ({"password": ""}, "needs a password"),
        ({"password": "12345"}, "too short"),
        ({"username": "ANA"}, "already a user"),
        ({"username": "d ee/"}, "Enter a valid username"),
        ({"nickname": ""}, "required"),
    ],
)
def test_mistakes_are_named(changes, words, boss, client, world):
    assert words in errors(client.post(url("agents_agent", "add"), form(**changes)))
    assert not Agent.objects.filter(name="Dee Wood").exists()


def test_a_change_keeps_what_moved_meanwhile(boss, client, world):
    """The form writes its own fields; version and misses are not its business."""
    Agent.objects.filter(pk=world.ana.pk).update(missed=1)
    before = Agent.objects.get(pk=world.ana.pk)
    given = form(name="Ana Ruiz", nickname="Anna", username="ana", password="", queues=[world.network.pk])
    with realtime.capture() as posts, TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(url("agents_agent", "change", before.pk), given).status_code == 302
    agent = Agent.objects.get(pk=before.pk)
    assert (agent.nickname, agent.missed, list(agent.queues.all())) == ("Anna", 1, [world.network])
    assert agent.version == before.version + 1
    assert agent.user.password == before.user.password
    assert [post.control for post in posts] == ["recheck"]
    assert "Nickname" in LogEntry.objects.get(object_id=str(agent.pk)).get_change_message()


def test_a_new_password_counts(boss, client, world):
    given = form(name="Ana Ruiz", nickname="Ana", username="ana")
    assert client.post(url("agents_agent", "change", world.ana.pk), given).status_code == 302
    assert Client().login(username="ana", password=PASSWORD)


def test_the_sign_in_is_taken_away_and_given_back(boss, client, world):
    rows = {"_selected_action": [world.ana.pk, world.bo.pk]}
    with realtime.capture() as posts, TestCase.captureOnCommitCallbacks(execute=True):
        client.post(url("agents_agent"), {"action": "shut_out", **rows})
    assert set(Agent.objects.active()) == {world.cy, world.sue}
    assert {post.groups for post in posts} == {(world.ana.holder,), (world.bo.holder,)}
    client.post(url("agents_agent"), {"action": "let_in", **rows})
    assert Agent.objects.active().count() == 4
    assert LogEntry.objects.filter(object_id=str(world.ana.pk)).count() == 2


def test_nobody_locks_themselves_out(boss, client, world):
    agent = people.enroll(boss, name="Boss", nickname="B", now=NOON)
    given = form(name="Boss", nickname="B", username="boss", password="", may_sign_in=None)
    assert "You cannot take this from yourself" in errors(client.post(url("agents_agent", "change", agent.pk), given))
    client.post(url("agents_agent"), {"action": "shut_out", "_selected_action": [agent.pk]})
    answer = client.post(url("auth_user", "change", boss.pk), {"username": "boss"})
    assert "cannot take away your own sign-in" in errors(answer)
    assert client.post(url("auth_user", "delete", boss.pk), {"post": "yes"}).status_code == 403
    boss.refresh_from_db()
    assert boss.is_active and boss.is_superuser


def test_an_agent_with_history_stays_in_words(boss, client, world):
    world.handled(world.ana)
    for send in (client.get, client.post):
        answer = send(url("agents_agent", "delete", world.ana.pk), {"post": "yes"}, follow=True)
        assert b"Ana Ruiz cannot be deleted: in use by" in answer.content
    assert Agent.objects.filter(pk=world.ana.pk).exists()


def test_an_agent_without_history_goes_with_the_sign_in(boss, client, world):
    assert client.post(url("agents_agent", "delete", world.cy.pk), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(username="cy").exists()


def test_an_administrator_comes_and_whose_changes_are_recorded_stays(boss, client):
    given = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(url("auth_user", "add"), given).status_code == 302
    eve = User.objects.get(username="eve")
    assert eve.is_superuser and eve.is_staff
    LogEntry.objects.log_actions(eve.pk, [boss], 2, "changed", single_object=True)
    answer = client.post(url("auth_user", "delete", eve.pk), {"post": "yes"}, follow=True)
    assert b"the history shows changes of theirs" in answer.content
    assert User.objects.filter(username="eve").exists()


def test_agents_are_no_administrators(boss, client, world):
    assert client.get(url("auth_user", "change", world.ana.user_id)).status_code == 302
    listed = client.get(url("auth_user")).content
    assert b">boss<" in listed and b">ana<" not in listed


def test_reasons_of_parley_itself_are_not_shown(boss, client, world):
    Reason.of_system(Reason.CONNECTION_LOST)
    assert b"Connection lost" not in client.get(url("agents_reason")).content


def test_a_new_reason_reaches_open_desks(boss, client, world):
    before = Agent.objects.get(pk=world.ana.pk).version
    client.post(url("agents_reason", "add"), {"name": "Lunch", "position": 0, "active": "on"})
    assert Agent.objects.get(pk=world.ana.pk).version == before + 1


def test_red_comes_after_amber(boss, client):
    given = {"name": "N"} | {name: option.default for name, option in OPTIONS.items() if option.kind is not bool}
    given |= {"pending_amber": 60, "pending_red": 60}
    assert "Red comes after amber" in errors(client.post(url("agents_site", "add"), given))
    assert client.post(url("agents_site", "add"), given | {"pending_red": 61}).status_code == 302


def test_the_agents_page_says_what_holds_and_whose_word_it_is(boss, client, world):
    world.ana.groups.add(AgentGroup.objects.create(name="Floor", lock_minutes=5))
    page = client.get(url("agents_agent", "change", world.ana.pk)).content.decode()
    assert '<th scope="row">Lock after, minutes</th><td>5</td><td>group Floor</td>' in page
    assert '<th scope="row">Capacity</th><td>3</td><td>the site</td>' in page
    assert client.get(url("agents_agent", "add")).status_code == 200


# --- the status menu ----------------------------------------------------------------------------


def menu_form(**active) -> dict:
    """The list as it is, with these entries shown or not."""
    rows = list(MenuEntry.objects.all())
    given = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for n, row in enumerate(rows):
        given |= {f"form-{n}-id": row.pk, f"form-{n}-position": row.position}
        if active.get(row.status, row.active):
            given[f"form-{n}-active"] = "on"
    return given


def test_the_status_menu_is_changed_in_its_list_and_desks_hear_of_it(boss, client, world):
    before = Agent.objects.get(pk=world.ana.pk).version
    assert client.post(url("agents_menuentry"), menu_form(do_not_disturb=False)).status_code == 302
    assert not MenuEntry.objects.get(status="do_not_disturb").active
    assert Agent.objects.get(pk=world.ana.pk).version == before + 1
    assert LogEntry.objects.filter(content_type__model="menuentry").exists()


@pytest.mark.parametrize("status", ["ready", "logged_off"])
def test_what_agents_cannot_do_without_stays_in_the_menu(boss, client, world, status):
    answer = client.post(url("agents_menuentry"), menu_form(**{status: False}))
    assert answer.status_code == 200 and b"it stays in the menu" in answer.content
    assert MenuEntry.objects.get(status=status).active


def test_entries_are_neither_added_nor_deleted(boss, client, db):
    assert client.get(url("agents_menuentry", "add")).status_code == 403
    row = MenuEntry.objects.first()
    assert client.post(url("agents_menuentry", "delete", row.pk), {"post": "yes"}).status_code == 403
