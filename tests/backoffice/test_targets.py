"""What agents can ask into a chat, in the administration: skills, groups, corporate favourites, queues' new times."""

import pytest
from django.contrib.admin.models import LogEntry

from agents.models import Agent, AgentGroup, Site, Skill
from interactions import directory
from interactions.actions import conference, invitations
from interactions.models import Favourite
from tests.backoffice.pages import errors, url
from tests.backoffice.test_checks import formset, queue
from tests.backoffice.test_people import form


def levels(rows: list[dict], initial: int = 0, prefix: str = "levels") -> dict:
    return formset(prefix, rows, initial)


def test_a_skill_with_its_agents_and_levels(boss, client, world):
    rows = [{"agent": world.bo.pk, "level": 8}, {"agent": world.cy.pk, "level": 5}]
    answer = client.post(url("agents_skill", "add"), {"name": "Fibre"} | levels(rows))
    assert answer.status_code == 302
    assert {each.agent: each.level for each in Skill.objects.get().levels.all()} == {world.bo: 8, world.cy: 5}
    assert b"Bo 8, Cy 5" in client.get(url("agents_skill")).content


@pytest.mark.parametrize("level", [0, 11, ""])
def test_a_level_is_1_to_10(level, boss, client, world):
    given = {"name": "Fibre"} | levels([{"agent": world.bo.pk, "level": level}])
    assert client.post(url("agents_skill", "add"), given).status_code == 200
    assert not Skill.objects.exists()


def test_an_agent_has_a_skill_once(boss, client, world):
    given = {"name": "Fibre"} | levels([{"agent": world.bo.pk, "level": 3}, {"agent": world.bo.pk, "level": 4}])
    assert "duplicate" in errors(client.post(url("agents_skill", "add"), given))


def test_skills_on_the_agent_s_page(boss, client, world):
    fibre, dutch = Skill.objects.create(name="Fibre"), Skill.objects.create(name="Dutch")
    rows = [{"skill": fibre.pk, "level": 9}]
    assert client.post(url("agents_agent", "add"), form(**levels(rows, prefix="skill_levels"))).status_code == 302
    dee = Agent.objects.get(user__username="dee")
    assert [(each.skill, each.level) for each in dee.skill_levels.all()] == [(fibre, 9)]
    rows = [{"id": dee.skill_levels.get().pk, "agent": dee.pk, "skill": dutch.pk, "level": 2}]
    given = form(password="", **levels(rows, 1, "skill_levels"))
    assert client.post(url("agents_agent", "change", dee.pk), given).status_code == 302
    assert [(each.skill, each.level) for each in dee.skill_levels.all()] == [(dutch, 2)]


def test_members_of_a_group_and_their_desks(boss, client, world):
    client.post(url("agents_agentgroup", "add"), {"name": "Second level", "agents": [world.bo.pk], "capacity": 2})
    group = AgentGroup.objects.get()
    assert list(group.agents.all()) == [world.bo]
    before = dict(Agent.objects.values_list("pk", "version"))
    given = {"name": "Second level", "agents": [world.cy.pk], "capacity": 4}
    assert client.post(url("agents_agentgroup", "change", group.pk), given).status_code == 302
    after = dict(Agent.objects.values_list("pk", "version"))
    assert list(group.agents.all()) == [world.cy] and world.cy.slots(world.site) == 4
    assert {pk for pk in after if after[pk] > before[pk]} == {world.bo.pk, world.cy.pk}
    assert "Agents" in LogEntry.objects.latest("pk").get_change_message()
    page = client.get(url("agents_agentgroup", "change", group.pk))
    assert page.context["adminform"].form.initial["agents"] == [world.cy.pk]


def test_a_corporate_favourite_by_kind_and_name(boss, client, world):
    page = client.get(url("interactions_favourite", "add")).content.decode()
    for kind, name in (("Queue", "Network"), ("Agent", "Bo Lind"), ("Routing point", "Website")):
        assert f'<optgroup label="{kind}">' in page and name in page
    given = {"target": f"queue:{world.network.pk}"}
    assert client.post(url("interactions_favourite", "add"), given).status_code == 302
    assert LogEntry.objects.latest("pk").object_repr == "Queue Network"
    (hit,) = directory.search(world.ana, view="favourites", now=world.now).hits
    assert (hit.name, hit.favourite) == ("Network", "corporate")
    assert "already" in errors(client.post(url("interactions_favourite", "add"), given))
    found = client.get(url("interactions_favourite"), {"q": "netw"}).context["cl"].result_list
    assert [str(row) for row in found] == ["Queue Network"]


@pytest.mark.parametrize("target", ["", "queue", "queue:x", "planet:1", "queue:00000000-0000-0000-0000-000000000000"])
def test_what_is_no_target_is_refused(target, boss, client, world):
    assert client.post(url("interactions_favourite", "add"), {"target": target}).status_code == 200
    assert not Favourite.objects.exists()


def test_a_corporate_favourite_changes_and_goes(boss, client, world):
    row = Favourite.objects.create(queue=world.network)
    address = url("interactions_favourite", "change", row.pk)
    assert client.post(address, {"target": f"queue:{world.network.pk}"}).status_code == 302
    assert client.post(address, {"target": f"agent:{world.cy.pk}"}).status_code == 302
    row.refresh_from_db()
    assert (row.type, row.target_id, row.agent) == ("agent", world.cy.pk, None)
    assert client.post(url("interactions_favourite", "delete", row.pk), {"post": "yes"}).status_code == 302
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("own", [True, False])
def test_a_favourite_goes_with_its_target(own, boss, client, world):
    skill = Skill.objects.create(name="Fibre")
    for target in ({"person": world.cy}, {"skill": skill}, {"queue": world.network}):
        Favourite.objects.create(agent=world.ana if own else None, **target)
    client.post(url("agents_agent", "delete", world.cy.pk), {"post": "yes"})
    client.post(url("agents_skill", "delete", skill.pk), {"post": "yes"})
    assert [row.queue for row in Favourite.objects.all()] == [world.network]


def test_agents_own_favourites_are_theirs(boss, client, world):
    row = Favourite.objects.create(agent=world.ana, queue=world.network)
    assert client.get(url("interactions_favourite", "change", row.pk)).status_code == 302
    assert client.get(url("interactions_favourite")).context["cl"].result_count == 0


def test_the_times_of_a_queue(boss, client, world):
    times = {"after_call_tail": 30, "idle_warning": 0, "idle_close": 20, "ring_time": 17, "wrap_up_limit": ""}
    given = queue(name="Billing", agents=[world.ana.pk], **times)
    assert client.post(url("routing_queue", "change", world.billing.pk), given).status_code == 302
    world.billing.refresh_from_db()
    assert (world.billing.after_call_tail, world.billing.idle_warning, world.billing.idle_close) == (30, 0, 20)
    page = client.get(url("routing_queue")).content.decode()
    assert '<td class="field-rings">17</td>' in page, "its own word"
    assert '<td class="field-rings">30</td>' in page, "the site's, for Network"
    page = client.get(url("routing_queue", "change", world.billing.pk)).content.decode()
    assert '<th scope="row">Ring time</th><td>17</td><td>queue Billing</td>' in page
    assert '<th scope="row">Wrap up limit</th><td>120</td><td>the site</td>' in page
    answer = client.post(url("routing_queue", "change", world.billing.pk), given | {"idle_close": 1})
    assert "greater than or equal to 10" in errors(answer)


def test_the_limits_of_requests(boss, client, world):
    page = client.get(url("agents_site", "change", world.site.pk)).context["adminform"].form
    given = {name: value for name, value in page.initial.items() if value is not None and value is not False}
    given |= {"pool_seconds": 60, "pool_rings": 3, "auto_after_call_work": "on"}
    assert client.post(url("agents_site", "change", world.site.pk), given).status_code == 302
    site = Site.current()
    assert (site.pool_seconds, site.pool_rings, site.auto_after_call_work) == (60, 3, True)
    answer = client.post(url("agents_site", "change", world.site.pk), given | {"pool_seconds": 0})
    assert "greater than or equal to 10" in errors(answer)


def test_the_history_shows_pooled_requests_and_their_decisions(boss, client, world):
    chat = world.handled(world.ana, topic="Billing")
    world.point.rules.create(field="topic", value="Billing", queue=world.network)
    world.ready(world.bo)
    group = AgentGroup.objects.create(name="Second level")
    world.bo.groups.add(group)
    ask(world, chat, "routing_point", world.point)
    world.offer()
    invitations.reject(world.ringing_at(world.bo).id, by=world.bo, now=world.clock.tick())
    ask(world, chat, "group", group)
    words = client.get(url("interactions_interaction", "change", chat.pk)).content.decode()
    for expected in (
        "Billing, queue",
        "Website, routing point: Network",
        "Second level, agent group",
        "Network: Bo Lind was asked",
        "Bo: Rejected",
    ):
        assert expected in words, expected


def ask(world, chat, type, target):
    conference.invite_pool(chat.id, type, target.id, by=world.ana, now=world.clock.tick())
