"""Who changed what: each change of the configuration with its difference, and the way back."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from agents.models import Agent, AgentGroup, Reason, Skill
from core.configuration import actions
from core.configuration.document import Refused
from core.models import Change
from interactions.models import DispositionCode, Favourite
from routing.models import Queue
from tests.backoffice.pages import PASSWORD, errors, url
from tests.backoffice.test_checks import queue as queue_form
from tests.backoffice.test_people import form as agent_form
from tests.support import NOON


@pytest.fixture
def boss(harbour, client):
    client.force_login(User.objects.get(username="admin"))
    return client


def send(client, page_name: str, obj, **changes):
    """The change form as it is, with these fields otherwise."""
    page = client.get(url(page_name, "change", obj.pk)).context
    initial = page["adminform"].form.initial
    given = {key: value for key, value in initial.items() if value is not None and value is not False}
    for inline in page["inline_admin_formsets"]:
        given |= {f"{inline.formset.prefix}-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
    given = {key: [each.pk for each in value] if key == "agents" else value for key, value in given.items()}
    answer = client.post(url(page_name, "change", obj.pk), given | changes)
    assert answer.status_code == 302, errors(answer)


def revert(client, change: Change):
    address = reverse("admin:configuration_revert", args=[change.pk])
    shown = client.get(address)
    return shown, client.post(address, follow=True)


def test_a_form_leaves_who_what_and_when(boss):
    send(boss, "routing_queue", Queue.objects.get(name="Billing"), ring_time=12)
    change = Change.objects.get()
    assert (change.section, change.row, change.who, change.way) == ("queues", "Billing", "admin", "form")
    page = boss.get(url("core_change")).content.decode()
    assert "Ring time: as it comes → 12" in page and "queues Billing" in page


def test_a_form_that_changes_nothing_leaves_nothing(boss):
    send(boss, "routing_queue", Queue.objects.get(name="Billing"))
    assert not Change.objects.exists()


def test_reverting_shows_what_it_does_and_is_a_change_itself(boss):
    billing = Queue.objects.get(name="Billing")
    before = actions.export()
    send(boss, "routing_queue", billing, ring_time=12, name="Accounts", agents=[])
    change = Change.objects.get()
    assert (change.row, change.former) == ("Accounts", "Billing")
    shown, done = revert(boss, change)
    assert "<td>ring_time</td><td>12</td><td>as it comes</td>" in shown.content.decode()
    assert "Reverted" in done.content.decode()
    assert actions.export() == before and Queue.objects.get(name="Billing").pk == billing.pk
    assert [each.way for each in Change.objects.order_by("at")] == ["form", "revert"]
    assert "Nothing would change" in revert(boss, change)[0].content.decode()


def test_a_change_is_reverted_under_the_name_that_the_row_has_by_now(boss):
    billing = Queue.objects.get(name="Billing")
    send(boss, "routing_queue", billing, ring_time=12)
    first = Change.objects.get()
    send(boss, "routing_queue", billing, name="Accounts")
    boss.post(url("routing_queue", "add"), queue_form(name="Billing"))
    shown, _ = revert(boss, first)
    assert "Change queues Accounts" in shown.content.decode()
    billing.refresh_from_db()
    assert (billing.name, billing.ring_time) == ("Accounts", None)
    assert Queue.objects.get(name="Billing").ring_time == 30, "another one, which has the name now"


def test_what_changed_since_one_looked_is_not_reverted_unseen(boss):
    billing = Queue.objects.get(name="Billing")
    send(boss, "routing_queue", billing, ring_time=12)
    change = Change.objects.get()
    address = reverse("admin:configuration_revert", args=[change.pk])
    basis = boss.get(address).context["basis"]
    send(boss, "routing_queue", billing, priority=7)
    answer = boss.post(address, {"basis": basis}, follow=True)
    assert "This row has changed since you looked." in answer.content.decode()
    billing.refresh_from_db()
    assert (billing.ring_time, billing.priority) == (12, 7)
    assert "<td>priority</td><td>7</td>" in boss.get(address).content.decode(), "now one sees that it goes, too"


def test_what_was_added_goes_and_what_was_removed_comes_back(boss):
    boss.post(url("agents_reason", "add"), {"name": "Tea", "position": 3, "active": "on"})
    added = Change.objects.get()
    assert (added.before, added.after) == (None, {"position": 3})
    revert(boss, added)
    assert not Reason.objects.filter(name="Tea").exists()
    lunch = Reason.objects.get(name="Lunch")
    boss.post(url("agents_reason", "delete", lunch.pk), {"post": "yes"})
    removed = Change.objects.get(row="Lunch")
    assert removed.after is None and removed.way == "form"
    revert(boss, removed)
    assert Reason.objects.filter(name="Lunch", active=True).exists()


def test_codes_are_changes_of_their_set(boss):
    code = DispositionCode.objects.get(name="Resolved")
    boss.post(url("interactions_dispositioncode"), {"action": "retire", "_selected_action": [code.pk]})
    change = Change.objects.get()
    assert (change.section, change.row) == ("disposition_sets", "Outcomes")
    assert not change.after["codes"]["Resolved"]["active"]
    revert(boss, change)
    assert DispositionCode.objects.get(pk=code.pk).active


def test_agents_with_their_sign_in_but_never_a_password(boss):
    boss.post(url("agents_agent", "add"), agent_form())
    dee = Change.objects.get(row="dee")
    assert dee.after["name"] == "Dee Wood" and PASSWORD not in str(dee.after)
    agent = Agent.objects.get(user__username="dee")
    boss.post(url("agents_agent"), {"action": "shut_out", "_selected_action": [agent.pk]})
    shut = Change.objects.exclude(pk=dee.pk).get()
    assert shut.after["may_sign_in"] is False
    revert(boss, shut)
    agent.user.refresh_from_db()
    assert agent.user.is_active


def test_what_cannot_be_reverted_says_why(boss, harbour):
    harbour["skills"]["Copper"] = {}
    harbour.apply()
    added = Change.objects.get(row="Copper")
    harbour["queues"]["Billing"]["required_skills"] = [{"skill": "Copper"}]
    harbour.apply()
    before = actions.export()
    with pytest.raises(
        Refused, match=r"Copper: it cannot be removed because something needs it\. Take its agents out instead"
    ):
        actions.revert(added, who="boss", now=NOON)
    assert "something needs it" in revert(boss, added)[1].content.decode()
    assert actions.export() == before


def delete(client, page_name: str, obj) -> dict:
    """Who became what by it: {(section, row): change}."""
    assert client.post(url(page_name, "delete", obj.pk), {"post": "yes"}).status_code == 302
    assert not type(obj).objects.filter(pk=obj.pk).exists()
    return {(change.section, change.row): change for change in Change.objects.all()}


@pytest.fixture
def floor(harbour):
    """A group of Ana and Bo, whose own queue is Billing and whom everybody has among the favourites."""
    group = AgentGroup.objects.create(name="Floor")
    group.agents.set(Agent.objects.filter(user__username__in=("ana", "bo")))
    Queue.objects.filter(name="Billing").update(group=group)
    Favourite.objects.create(group=group)
    return group


def test_a_deleted_group_stands_in_the_history_of_whom_it_concerned(boss, floor):
    found = delete(boss, "agents_agentgroup", floor)
    assert set(found) == {
        ("groups", "Floor"),
        ("agents", "ana"),
        ("agents", "bo"),
        ("queues", "Billing"),
        ("favourites", "group Floor"),
    }
    ana = found["agents", "ana"]
    assert (ana.before["groups"], ana.after["groups"]) == (["Billing team", "Floor"], ["Billing team"])
    assert {**ana.before, "groups": ana.after["groups"]} == ana.after
    assert found["favourites", "group Floor"].after is None
    assert {(change.who, change.way) for change in found.values()} == {("admin", "form")}
    assert "Groups: Floor → as it comes" in boss.get(url("core_change")).content.decode()


def test_all_of_it_comes_back_and_nothing_before_the_group(boss, floor):
    before = actions.export()
    found = delete(boss, "agents_agentgroup", floor)
    group = found.pop(("groups", "Floor"))
    for change in found.values():
        said = revert(boss, change)[1].content.decode()
        assert "There is no agent group “Floor”. It was removed since, or has another name: revert that first." in said
    for change in (group, *found.values()):
        assert "Reverted" in revert(boss, change)[1].content.decode()
    assert actions.export() == before


def test_groups_are_deleted_one_by_one(boss, floor):
    chosen = {"action": "delete_selected", "_selected_action": [floor.pk], "post": "yes"}
    boss.post(url("agents_agentgroup"), chosen)
    assert floor.agents.count() == 2 and not Change.objects.exists()


def test_who_looks_and_does_not_delete_changes_nothing(boss, floor):
    assert boss.get(url("agents_agentgroup", "delete", floor.pk)).status_code == 200
    assert not Change.objects.exists()


def test_a_deleted_skill_and_a_deleted_agent_stand_there_too(boss, harbour):
    """Agents lose the skill, queues and groups the agent; an agent of whom nobody says anything is alone."""
    copper = Skill.objects.create(name="Copper")
    ana = Agent.objects.get(user__username="ana")
    ana.skill_levels.create(skill=copper, level=4)
    found = delete(boss, "agents_skill", copper)
    assert set(found) == {("skills", "Copper"), ("agents", "ana")}
    assert found["agents", "ana"].before["skills"]["Copper"] == {"level": 4}
    Change.objects.all().delete()
    boss.post(url("agents_agent", "add"), agent_form())
    Change.objects.all().delete()
    dee = Agent.objects.get(user__username="dee")
    Queue.objects.get(name="Billing").agents.add(dee)
    AgentGroup.objects.get(name="Supervisors").administrators.add(dee.user)
    found = delete(boss, "agents_agent", dee)
    assert set(found) == {("agents", "dee"), ("queues", "Billing"), ("groups", "Supervisors")}
    assert "dee" in found["groups", "Supervisors"].before["administrators"]
    assert "dee" in found["queues", "Billing"].before["agents"]


def test_a_group_that_goes_by_a_file_or_by_reverting_leaves_its_agents_in_the_history(harbour):
    """Also where the file says nothing of agents. What it says of them is told once."""
    harbour["groups"]["Floor"] = {}
    harbour["agents"]["ana"]["groups"] = ["Billing team", "Floor"]
    harbour.apply()
    added = Change.objects.get(section="groups")
    Change.objects.all().delete()
    steps = actions.revert(added, who="boss", now=NOON)
    assert [(step.table.name, step.name) for step in steps] == [("groups", "Floor"), ("agents", "ana")]
    assert Change.objects.get(section="agents").after["groups"] == ["Billing team"]
    harbour.apply()
    Change.objects.all().delete()
    harbour["groups"].pop("Floor")
    agents = harbour.data.pop("agents")
    planned = [(step.table.name, step.name) for step in harbour.plan().steps]
    assert (
        planned
        == [(step.table.name, step.name) for step in harbour.apply()]
        == [("groups", "Floor"), ("agents", "ana")]
    )
    assert set(Change.objects.values_list("section", "row")) == set(planned)
    assert harbour.plan().steps == []
    agents["ana"]["groups"] = ["Billing team", "Floor"]
    harbour.data["agents"], harbour["groups"]["Floor"] = agents, {}
    harbour.apply()
    Change.objects.all().delete()
    harbour["groups"].pop("Floor")
    agents["ana"]["groups"] = []
    harbour.apply()
    assert sorted(Change.objects.values_list("section", "row")) == [("agents", "ana"), ("groups", "Floor")]
    assert "groups" not in Change.objects.get(section="agents").after
