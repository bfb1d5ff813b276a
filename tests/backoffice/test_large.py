"""Rows with many lines, or with many others to choose from: no query for each, a search instead of boxes."""

import re

import pytest
from django.contrib.auth.models import User

from agents.models import Agent, AgentGroup, AgentSkill, Skill
from core.backoffice import choosing
from core.configuration import actions
from core.models import Change
from interactions.models import DispositionSet
from routing.models import Queue
from tests.backoffice.pages import errors, queries, url
from tests.rows import seem_empty
from tests.support import NOON

pytestmark = pytest.mark.django_db


def people(first: int, last: int) -> list[Agent]:
    users = User.objects.bulk_create([User(username=f"p{n}") for n in range(first, last)])
    made = [Agent(user=user, name=f"Person {user.username}", nickname="P") for user in users]
    return Agent.objects.bulk_create(made)


def lines(world, first: int, last: int) -> None:
    """So many lines on each page that has lines, each with other rows to choose from."""
    for n in range(first, last):
        (agent,) = people(1000 + n, 1001 + n)
        skill = Skill.objects.create(name=f"Skill {n}")
        AgentSkill.objects.create(agent=agent, skill=world.skill, level=3)
        AgentSkill.objects.create(agent=world.ana, skill=skill, level=2)
        queue = Queue.objects.create(name=f"Queue {n}")
        world.billing.overflow_steps.create(after=30 + n, target=queue)
        world.billing.required_skills.create(skill=skill, level=2)
        world.point.rules.create(field="topic", value=f"x{n}", queue=queue)
        world.point.fields.create(key=f"key{n}", label="What?")
        world.codes.codes.create(name=f"Code {n}")
        AgentGroup.objects.create(name=f"Group {n}").agents.add(agent, world.ana)
        world.billing.agents.add(agent)


def pages(world) -> dict[str, str]:
    group = world.ana.groups.first()
    rows = {"agent": world.ana, "skill": world.skill, "group": group, "queue": world.billing, "point": world.point}
    rows |= {"set": world.codes, "user": world.boss}
    return {name: url(f"{row._meta.app_label}_{row._meta.model_name}", "change", row.pk) for name, row in rows.items()}


def test_a_page_costs_the_same_with_3_and_30_lines(boss, client, world):
    world.skill, world.codes = Skill.objects.create(name="Fibre"), DispositionSet.objects.create(name="B")
    world.boss = boss
    lines(world, 0, 3)
    for address in pages(world).values():
        client.get(address)
    few = {name: queries(client, address) for name, address in pages(world).items()}
    lines(world, 3, 30)
    assert {name: queries(client, address) for name, address in pages(world).items()} == few


@pytest.mark.parametrize("name", ["group", "queue"])
def test_what_one_cannot_look_over_is_searched(boss, client, world, name):
    """Boxes up to a hundred agents, then only those who are in it stand on the page; others are found by name."""
    group = AgentGroup.objects.create(name="Floor")
    row, chosen = {"group": group, "queue": world.billing}[name], {world.ana, world.bo}
    row.agents.set(chosen)
    address = url(f"{row._meta.app_label}_{row._meta.model_name}", "change", row.pk)
    assert 'type="checkbox" name="agents"' in client.get(address).content.decode()
    people(0, choosing.GLANCE)
    page = client.get(address).content.decode()
    assert 'type="checkbox" name="agents"' not in page and "admin-autocomplete" in page
    assert "Ana Ruiz" in page and "Person p7" not in page
    field = {"group": ("agents", "agent_groups", "agent"), "queue": ("routing", "queue", "agents")}[name]
    asked = dict(zip(("app_label", "model_name", "field_name"), field, strict=True))
    found = client.get("/admin/autocomplete/", {**asked, "term": "p77"}).json()["results"]
    assert [one["text"] for one in found] == ["Person p77"]
    answer = client.post(address, filled(client.get(address)) | {"agents": [str(world.ana.pk), found[0]["id"]]})
    assert answer.status_code == 302, answer.context["errors"]
    assert {agent.name for agent in row.agents.all()} == {"Ana Ruiz", "Person p77"}
    answer = client.post(address, filled(client.get(address)) | {"agents": [str(world.ana.pk), "nobody"]})
    assert "nobody” is not a valid" in errors(answer)


def filled(page) -> dict:
    """What a browser would send of this page as it is."""
    forms = [
        page.context["adminform"].form,
        *(inline.formset.management_form for inline in page.context["inline_admin_formsets"]),
    ]
    given = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: value for name, value in given.items() if value not in (None, "") and value is not False}


def test_a_queue_with_thousands_of_agents_can_be_saved(boss, client, world):
    many = people(0, 1500)
    world.billing.agents.add(*many)
    seem_empty(User, Agent, Agent.groups.through, AgentSkill, Queue.agents.through)
    address = url("routing_queue", "change", world.billing.pk)
    page = client.get(address)
    assert 'data-allow-clear="false"' in page.content.decode(), "one click would take them all away"
    given = filled(page)
    assert len(given["agents"]) > 1500
    answer = client.post(address, given | {"priority": 4})
    assert answer.status_code == 302, answer.content
    world.billing.refresh_from_db()
    assert (world.billing.priority, world.billing.agents.count()) == (4, len(given["agents"]))


def test_a_group_of_thousands_can_be_saved(boss, client, world):
    group = AgentGroup.objects.create(name="Floor")
    group.agents.set(people(0, 1500))
    seem_empty(User, Agent, Agent.groups.through, AgentSkill, Queue.agents.through)
    address = url("agents_agentgroup", "change", group.pk)
    given = filled(client.get(address))
    answer = client.post(address, given | {"name": "First floor", "agents": given["agents"][1:]})
    assert answer.status_code == 302, answer.content
    group.refresh_from_db()
    assert (group.name, group.agents.count()) == ("First floor", 1499)


def test_a_skill_that_more_agents_have_than_a_form_holds(boss, client, world):
    """The page says where they are and saves the rest; the list names the best and counts the others."""
    skill = Skill.objects.create(name="Fibre")
    AgentSkill.objects.create(agent=world.ana, skill=skill, level=9)
    AgentSkill.objects.bulk_create(AgentSkill(agent=each, skill=skill, level=3) for each in people(0, 500))
    assert "Ana 9, P 3" in (listed := client.get(url("agents_skill")).content.decode())
    assert "and 489 more" in listed
    page = client.get(address := url("agents_skill", "change", skill.pk))
    html = page.content.decode()
    assert "501 agents have it" in html and "levels-TOTAL_FORMS" not in html
    (way,) = re.findall(r"href='([^']+skills__id__exact[^']+)'", html)
    assert "501 agents" in client.get(way).content.decode()
    assert client.post(address, filled(page) | {"name": "Fibre optics"}).status_code == 302
    skill.refresh_from_db()
    assert (skill.name, skill.levels.count()) == ("Fibre optics", 501)


def test_some_of_the_many_who_have_a_skill_get_another_level(boss, client, world):
    skill = Skill.objects.create(name="Fibre")
    many = people(0, 501)
    AgentSkill.objects.bulk_create(AgentSkill(agent=each, skill=skill, level=3) for each in many)
    page = client.get(address := url("agents_skill", "change", skill.pk))

    def give(level, *agents):
        return client.post(address, filled(page) | {"who": [str(each.pk) for each in agents], "level": level})

    assert give(8, many[0], world.bo).status_code == 302
    assert give(0, many[1]).status_code == 302
    levels = dict(skill.levels.values_list("agent", "level"))
    assert (levels[many[0].pk], levels[world.bo.pk], levels[many[2].pk]) == (8, 8, 3)
    assert many[1].pk not in levels and len(levels) == 501
    told = {change.row: change.after.get("skills") for change in Change.objects.filter(section="agents")}
    assert told == {"p0": {"Fibre": {"level": 8}}, "bo": {"Fibre": {"level": 8}}, "p1": None}
    assert "Choose the level that these agents" in give("", many[3]).content.decode()
    assert "Choose the agents who are to have" in give(5).content.decode()
    assert client.post(address, filled(page)).status_code == 302, "neither is needed"
    assert dict(skill.levels.values_list("agent", "level")) == levels


@pytest.mark.parametrize("of", ["skill", "group"])
def test_what_another_page_changes_of_agents_is_in_the_history(boss, client, world, of):
    """Members and levels stand in the agents' rows, whichever page they were set on; and each can be reverted."""
    skill, group = Skill.objects.create(name="Fibre"), AgentGroup.objects.create(name="Floor")
    AgentSkill.objects.create(agent=world.ana, skill=skill, level=9)
    group.agents.add(world.ana)
    before = actions.export()
    row = {"skill": skill, "group": group}[of]
    address = url(f"agents_{row._meta.model_name}", "change", row.pk)
    lines = {"levels-TOTAL_FORMS": 2, "levels-INITIAL_FORMS": 1, "levels-0-id": AgentSkill.objects.get().pk}
    lines |= {"levels-0-skill": skill.pk, "levels-0-agent": world.ana.pk, "levels-0-DELETE": "on"}
    lines |= {"levels-1-skill": skill.pk, "levels-1-agent": world.bo.pk, "levels-1-level": 4}
    given = {"skill": lines, "group": {"agents": [str(world.bo.pk)]}}[of]
    assert client.post(address, filled(client.get(address)) | given).status_code == 302
    changes = Change.objects.filter(section="agents")
    assert {change.row for change in changes} == {"ana", "bo"} and {change.who for change in changes} == {"boss"}
    for change in changes:
        actions.revert(change, who="boss", now=NOON)
    assert actions.export() == before


def test_who_administers_a_group_is_not_told_of_others_by_the_search(client, world):
    floor = AgentGroup.objects.create(name="Floor")
    floor.administrators.add(world.bo.user)
    floor.agents.add(world.bo)
    type(world.billing).objects.filter(pk=world.billing.pk).update(group=floor)
    people(0, choosing.GLANCE)
    client.force_login(world.bo.user)
    page = client.get(url("routing_queue", "change", world.billing.pk)).content.decode()
    assert "Bo Lind" in page and "Person p1" not in page and "admin-autocomplete" not in page
    asked = {"app_label": "routing", "model_name": "queue", "field_name": "agents", "term": "p"}
    assert client.get("/admin/autocomplete/", asked).status_code == 403
