"""Two administrators on one page: nobody saves over what they could not see."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client

from agents.models import AgentGroup
from core.backoffice import conflicts
from core.backoffice.pages import Page, ReadOnlyPage
from core.models import ApiToken
from interactions import demo
from interactions.models import Survey
from routing.models import ContactTexts, OpeningHours, OverflowStep, Queue
from tests.backoffice.pages import errors, url
from tests.backoffice.test_checks import queue
from tests.races.gate import together
from tests.support import NOON
from webhooks import actions
from webhooks.models import Webhook

OTHERS = "This was changed after you opened the page"
SHOWING = (ReadOnlyPage, type(admin.site._registry[ApiToken]))  # nothing is saved there
PAGES = [page for page in admin.site._registry.values() if isinstance(page, Page) and not isinstance(page, SHOWING)]


def opened(client, world) -> str:
    return client.get(url("routing_queue", "change", world.billing.pk)).context["seen"]


def save(client, world, seen: str, **changes):
    return client.post(url("routing_queue", "change", world.billing.pk), queue(**changes) | {"seen": seen})


def test_who_saves_later_is_told_first_and_loses_nothing(boss, client, world):
    mine = opened(client, world)
    assert mine == opened(client, world)
    assert save(client, world, mine, ring_time=10, priority=3).status_code == 302
    refused = save(client, world, mine, ring_time=20)
    assert all(words in errors(refused) for words in (OTHERS, "Priority", "Ring time"))
    assert Queue.objects.values_list("ring_time", "priority").get(pk=world.billing.pk) == (10, 3)
    page = refused.content.decode()
    assert 'name="ring_time" value="20"' in page and f'name="seen" value="{opened(client, world)}"' in page
    assert save(client, world, refused.context["seen"], ring_time=20).status_code == 302
    assert Queue.objects.get(pk=world.billing.pk).ring_time == 20


def test_rows_on_the_page_and_what_other_pages_change_count_too(boss, client, world):
    mine = opened(client, world)
    OverflowStep.objects.create(queue=world.billing, after=60, target=world.network)
    assert OTHERS in errors(save(client, world, mine))
    floor = AgentGroup.objects.create(name="Floor")
    group = client.get(url("agents_agentgroup", "change", floor.pk)).context["seen"]
    world.ana.groups.add(floor)
    answer = client.post(url("agents_agentgroup", "change", floor.pk), {"name": "Floor", "seen": group})
    assert f"{OTHERS}" in errors(answer) and "Agents" in errors(answer)
    assert list(floor.agents.all()) == [world.ana]


def test_what_does_not_stand_on_the_page_hinders_nobody(boss, client, world):
    mine = opened(client, world)
    world.network.agents.clear()
    world.ready(world.ana)
    world.chat()
    assert save(client, world, mine, ring_time=10).status_code == 302


def test_no_page_is_in_conflict_with_itself(boss, client):
    """What a page shows is the same when it comes back, for each kind of row."""
    demo.load("three plain words", now=NOON)
    billing = Queue.objects.get(name="Billing")
    ContactTexts.objects.create(queue=billing, texts={"closed": "Later."})
    Survey.objects.create(name="After", queue=billing).questions.create(key="how", text="How?")
    OpeningHours.objects.create(name="Day").week.create(weekday=1, opens="8:00", closes="18:00")
    actions.subscribe(Webhook(name="W", url="https://w.example/", events=["*"], owner=boss), now=NOON)
    request, conflicting = client.get(url("routing_queue")).wsgi_request, []
    for page in PAGES:
        row, name = page.get_queryset(request).first(), f"{page.opts.app_label}_{page.opts.model_name}"
        seen = client.get(url(name, "change", row.pk)).context["seen"]
        answer = client.post(url(name, "change", row.pk), {"seen": seen})
        conflicting += [name] if not seen or OTHERS in answer.content.decode() else []
    assert conflicting == [] and len(PAGES) > 15


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_told(world):
    assert sorted(at_once(world)) == [200, 302]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_guard_one_change_is_lost_in_silence(world, monkeypatch):
    monkeypatch.setattr(conflicts, "guarded", lambda page, form, obj, seen: form)
    assert at_once(world) == [302, 302]


def at_once(world) -> list[int]:
    clients = []
    for name in ("ben", "eva"):
        clients.append(Client())
        clients[-1].force_login(User.objects.create(username=name, is_staff=True, is_superuser=True))
    seen = [opened(client, world) for client in clients]
    changes = [{"ring_time": 10}, {"priority": 5}]
    return together(*[lambda n=n: save(clients[n], world, seen[n], **changes[n]).status_code for n in range(2)])
