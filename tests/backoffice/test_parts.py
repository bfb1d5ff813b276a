"""Administrators of a group: its own queues, and nothing else."""

import pytest
from django.contrib import admin
from django.urls import reverse

from agents.models import Agent, AgentGroup
from core.models import Change
from routing.models import Queue
from tests.backoffice.pages import url
from tests.backoffice.test_checks import queue

OTHERS = [model for model in admin.site._registry if model is not Queue]


@pytest.fixture
def bo(world, client):
    """Bo administers the floor, to which Ana belongs and the queue Billing."""
    floor = AgentGroup.objects.create(name="Floor")
    floor.agents.add(world.ana)
    floor.administrators.add(world.bo.user)
    world.billing.group = floor
    world.billing.save()
    client.force_login(world.bo.user)
    return client


def test_they_see_their_own_queues_and_nothing_else(bo, world):
    page = bo.get(reverse("admin:index")).content.decode()
    assert ">Queues<" in page and "Latest changes" not in page
    assert not any(f">{name}<" in page for name in ("Agents", "Roles", "Configuration", "Checks", "Events", "Try it"))
    assert [row.name for row in bo.get(url("routing_queue")).context["cl"].result_list] == ["Billing"]
    assert bo.get(url("routing_queue", "change", world.network.pk)).status_code == 302
    assert bo.get(url("routing_queue", "add")).status_code == 403
    assert bo.post(url("routing_queue", "delete", world.billing.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", OTHERS, ids=str)
def test_no_other_page(bo, model):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    assert bo.get(url(name), follow=True).status_code == 403
    assert bo.get(url(name, "add")).status_code == 403


def test_none_of_the_pages_without_rows(bo):
    extra = [reverse(f"admin:{page.key}") for page in admin.site.extras]
    assert len(extra) > 2
    for address in (*extra, reverse("admin:configuration_export")):
        assert bo.get(address).status_code == 403, address
    for name in ("plan", "apply"):
        assert bo.post(reverse(f"admin:configuration_{name}"), {"text": "x"}).status_code == 403


def test_they_change_what_is_the_queues_own(bo, world):
    given = queue(name="Mine", agents=[world.ana.pk], ring_time=12, group="") | {"opening_hours": ""}
    assert bo.post(url("routing_queue", "change", world.billing.pk), given).status_code == 302
    world.billing.refresh_from_db()
    assert (world.billing.name, world.billing.ring_time, world.billing.group.name) == ("Billing", 12, "Floor")
    assert set(world.billing.agents.all()) == {world.ana, world.bo}, "Bo is of another group, so Bo stays"
    assert Change.objects.get().who == world.bo.user.username


def test_agents_of_others_can_be_neither_taken_nor_put_there(bo, world):
    address = url("routing_queue", "change", world.billing.pk)
    answer = bo.post(address, queue(agents=[world.cy.pk]))
    assert answer.status_code == 200 and "not one of the available choices" in answer.content.decode()
    assert bo.post(address, queue(agents=[])).status_code == 302
    assert set(world.billing.agents.all()) == {world.bo}


def test_the_right_ends_with_the_row(bo, world):
    AgentGroup.objects.get(name="Floor").administrators.clear()
    assert bo.get(url("routing_queue")).status_code == 302
    assert bo.get(url("routing_queue"), follow=True).status_code == 403


def test_an_administrator_says_who_it_is(boss, client, world):
    given = {"name": "Floor", "agents": [world.ana.pk], "administered_by": "nobody"}
    answer = client.post(url("agents_agentgroup", "add"), given)
    assert "Nobody has the user name nobody." in answer.content.decode()
    username = world.bo.user.username
    assert client.post(url("agents_agentgroup", "add"), given | {"administered_by": username}).status_code == 302
    floor = AgentGroup.objects.get(name="Floor")
    assert list(floor.administrators.all()) == [Agent.objects.get(pk=world.bo.pk).user]
    page = client.get(url("agents_agentgroup", "change", floor.pk)).content.decode()
    assert f'value="{username}"' in page
