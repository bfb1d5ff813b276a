"""Roles in the administration: check-boxes by story, who has them, what holds for an agent, and the history."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import TestCase

from agents.models import Agent, AgentGroup, Role
from agents.privileges import SWITCHES, USUAL, Privilege
from core import realtime
from tests.backoffice.pages import errors, url
from tests.support import fresh

pytestmark = pytest.mark.django_db


def shown(client, *args) -> dict:
    """The form as the browser sends it back."""
    form = client.get(url("agents_role", *args)).context["adminform"].form
    return {name: value for name, value in form.initial.items() if name in form.fields and value is not None}


@pytest.fixture
def trainee():
    return Role.objects.create(name="Trainee", allowed=USUAL)


def test_every_switch_is_a_box_and_a_new_role_starts_with_what_is_usual(boss, client):
    form = client.get(url("agents_role", "add")).context["adminform"].form
    boxes = {value for field in form.declared_fields.values() for value, _ in field.choices}
    assert boxes == set(SWITCHES)
    given = {"name": "Agent", **shown(client, "add")}
    assert client.post(url("agents_role", "add"), given).status_code == 302
    assert set(Role.objects.get(name="Agent").allowed) == set(USUAL)


def test_a_role_is_changed_box_by_box_and_the_history_says_what(boss, client, trainee):
    given = shown(client, "change", trainee.pk)
    given["conference"] = [box for box in given["conference"] if box != "conference.queue"] + ["remove_party"]
    assert client.post(url("agents_role", "change", trainee.pk), given).status_code == 302
    trainee.refresh_from_db()
    assert set(trainee.allowed) == {*USUAL, "remove_party"} - {"conference.queue"}
    said = LogEntry.objects.latest("id").get_change_message()
    assert said == (
        "Changed Conference: invite queues (taken) and "
        "Conference: remove agents whom others invited, the owner excepted (given)."
    )


def test_an_unknown_box_is_refused(boss, client, trainee):
    given = shown(client, "change", trainee.pk) | {"chats": ["use_chat", "be_root"]}
    assert "be_root" in errors(client.post(url("agents_role", "change", trainee.pk), given))
    assert set(fresh(trainee).allowed) == set(USUAL)


def outdated() -> set:
    return set(Agent.objects.filter(outdated=True).values_list("nickname", flat=True))


def test_who_has_the_role_hears_of_it_and_nobody_else(boss, client, world, trainee):
    group = AgentGroup.objects.create(name="Floor", role=trainee)
    group.agents.set([world.bo])
    Agent.objects.filter(pk=world.cy.pk).update(role=trainee)
    given = shown(client, "change", trainee.pk)
    client.post(url("agents_role", "change", trainee.pk), given)
    assert outdated() == set(), "nothing was changed"
    with realtime.capture(), TestCase.captureOnCommitCallbacks(execute=True):
        client.post(url("agents_role", "change", trainee.pk), given | {"chats": ["use_chat"]})
    assert outdated() == {"Bo", "Cy"}
    Agent.objects.update(outdated=False)
    world.site.role = trainee
    world.site.save()
    client.post(url("agents_role", "change", trainee.pk), given)
    assert outdated() == {"Ana", "Bo", "Cy", "Sue"}


def test_a_role_in_use_cannot_be_deleted(boss, client, world, trainee):
    Agent.objects.filter(pk=world.cy.pk).update(role=trainee)
    answer = client.post(url("agents_role", "delete", trainee.pk), {"post": "yes"}, follow=True)
    assert b"Trainee cannot be deleted: in use by 1 agent. Give them another role first." in answer.content
    Agent.objects.update(role=None)
    assert client.post(url("agents_role", "delete", trainee.pk), {"post": "yes"}).status_code == 302
    assert not Role.objects.exists()


def test_the_list_says_whose_role_it_is_and_what_it_does_not_allow(boss, client, world, trainee):
    trainee.allowed = [switch for switch in USUAL if switch != Privilege.END]
    trainee.save()
    world.site.role = trainee
    world.site.save()
    Agent.objects.filter(pk=world.cy.pk).update(role=trainee)
    page = client.get(url("agents_role")).content.decode()
    assert "everybody else, Cy Marsh" in page and "Chats: end chats" in page


def agent_form(client, agent) -> dict:
    form = client.get(url("agents_agent", "change", agent.pk)).context["adminform"].form
    given = {name: value for name, value in form.initial.items() if name in form.fields and value}
    given["groups"] = [group.pk for group in agent.groups.all()]
    return given | {"skill_levels-TOTAL_FORMS": 0, "skill_levels-INITIAL_FORMS": 0}


def test_an_agent_gets_a_role_and_their_page_says_what_holds_and_whose_word_it_is(boss, client, world, trainee):
    usual = client.get(url("agents_agent", "change", world.ana.pk)).content.decode()
    assert "no role: as usual" in usual
    AgentGroup.objects.create(name="Floor", role=trainee).agents.set([world.ana])
    assert "Trainee (group Floor)" in client.get(url("agents_agent", "change", world.ana.pk)).content.decode()
    lead = Role.objects.create(name="Lead", allowed=list(SWITCHES))
    given = agent_form(client, world.ana) | {"role": str(lead.pk)}
    assert client.post(url("agents_agent", "change", world.ana.pk), given).status_code == 302
    assert fresh(world.ana).role == lead and outdated() == {"Ana"}
    page = client.get(url("agents_agent", "change", world.ana.pk)).content.decode()
    assert "Lead (the agent)" in page and "Trainee (" not in page
    assert client.get(url("agents_agent", "add")).status_code == 200


def test_an_agent_who_changes_groups_hears_of_it_and_one_who_changes_names_does_not(boss, client, world, trainee):
    given = agent_form(client, world.ana) | {"nickname": "Anna"}
    client.post(url("agents_agent", "change", world.ana.pk), given)
    assert outdated() == set()
    floor = AgentGroup.objects.create(name="Floor", role=trainee)
    client.post(url("agents_agent", "change", world.ana.pk), given | {"groups": [floor.pk]})
    assert outdated() == {"Anna"}


def test_who_was_in_a_group_that_is_deleted_hears_of_it(boss, client, world, trainee):
    floor = AgentGroup.objects.create(name="Floor", role=trainee)
    floor.agents.add(world.ana)
    before = dict(Agent.objects.values_list("pk", "version"))
    assert client.post(url("agents_agentgroup", "delete", floor.pk), {"post": "yes"}).status_code == 302
    after = dict(Agent.objects.values_list("pk", "version"))
    assert {pk for pk in after if after[pk] > before[pk]} == {world.ana.pk}
    assert list(Agent.objects.filter(outdated=True)) == [world.ana]


def test_a_group_gets_a_role_and_members_come_and_go(boss, client, world, trainee):
    floor = AgentGroup.objects.create(name="Floor")
    floor.agents.set([world.ana])
    given = {"name": "Floor", "role": str(trainee.pk), "agents": [world.ana.pk]}
    client.post(url("agents_agentgroup", "change", floor.pk), given)
    assert fresh(floor).role == trainee and outdated() == {"Ana"}
    Agent.objects.update(outdated=False)
    client.post(url("agents_agentgroup", "change", floor.pk), given | {"agents": [world.bo.pk]})
    assert outdated() == {"Ana", "Bo"}


def test_the_site_has_a_role_for_everybody_else(boss, client, world, trainee):
    form = client.get(url("agents_site", "change", world.site.pk)).context["adminform"].form
    given = {name: value for name, value in form.initial.items() if value is not None and value is not False}
    client.post(url("agents_site", "change", world.site.pk), given)
    assert outdated() == set()
    client.post(url("agents_site", "change", world.site.pk), given | {"role": str(trainee.pk)})
    assert fresh(world.site).role == trainee and outdated() == {"Ana", "Bo", "Cy", "Sue"}


@pytest.mark.parametrize(
    ("boxes", "fine"),
    [
        (["consult_chat", "consult.agent"], True),
        ([], True),
        (["consult_chat", "consult_im"], False),
        (["consult.agent", "consult.queue"], False),
    ],
)
def test_whom_to_consult_and_by_what_belong_together(boss, client, trainee, boxes, fine):
    given = shown(client, "change", trainee.pk) | {"consultation": boxes}
    answer = client.post(url("agents_role", "change", trainee.pk), given)
    assert answer.status_code == 302 if fine else "Choose both whom to consult and by what" in errors(answer)
    assert (set(fresh(trainee).allowed) == set(USUAL)) is not fine
