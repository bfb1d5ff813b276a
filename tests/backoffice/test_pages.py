"""The administration: every page opens, costs the same whatever is stored, and what happened cannot be changed."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from agents.actions import people
from agents.models import Agent, AgentGroup, Reason, Site, Skill
from core.models import ApiToken, Change, Event
from interactions.models import (
    DispositionCode,
    DispositionFolder,
    DispositionRule,
    DispositionSet,
    Favourite,
    Interaction,
    Message,
)
from routing.models import Queue, RoutingPoint
from tests.backoffice.pages import queries, url
from tests.support import CANARY, NOON

LISTS = [
    "agents_agent",
    "agents_agentgroup",
    "agents_skill",
    "agents_reason",
    "agents_menuentry",
    "auth_user",
    "routing_queue",
    "routing_routingpoint",
    "interactions_dispositionset",
    "interactions_dispositioncode",
    "interactions_dispositionfolder",
    "interactions_dispositionrule",
    "interactions_favourite",
    "interactions_interaction",
    "interactions_outgoingmail",
    "core_apitoken",
    "webhooks_webhook",
    "webhooks_delivery",
    "core_event",
    "admin_logentry",
    "core_change",
]
SHOWN_ONLY = ["interactions_interaction", "core_event", "admin_logentry"]


@pytest.fixture
def story(world):
    """A chat with internal lines, a conference and an end."""
    chat = world.handled(world.ana)
    world.line(chat, world.ana, f"{CANARY} in words", lane="internal")
    world.conferenced(chat, world.ana, world.bo)
    world.end(chat, world.ana)
    return chat


def fill(first: int, last: int) -> None:
    """One row of each kind for each number, with what belongs to it."""
    for n in range(first, last):
        user = User.objects.create(username=f"user{n}", is_staff=True, is_superuser=True)
        group = AgentGroup.objects.create(name=f"Group {n}")
        Reason.objects.create(name=f"Reason {n}")
        agent = people.enroll(user, name=f"Agent {n}", nickname="A", groups=[group], now=NOON)
        Skill.objects.create(name=f"Skill {n}").levels.create(agent=agent)
        queue = Queue.objects.create(name=f"Queue {n}")
        Favourite.objects.create(queue=queue)
        queue.agents.add(agent)
        point = RoutingPoint.objects.create(slug=f"p{n}", name=f"Point {n}", title="T", queue=queue)
        point.rules.create(field="topic", value="x", queue=queue)
        codes = DispositionSet.objects.create(name=f"Set {n}")
        folder = DispositionFolder.objects.create(set=codes, name="Folder")
        DispositionCode.objects.create(set=codes, folder=folder, name="Done")
        DispositionRule.objects.create(queue=queue, set=codes)
        ApiToken.objects.create(owner=user, name=f"Token {n}", digest=str(n), created_at=NOON)
        Change.objects.create(
            at=NOON, who="boss", way="form", section="queues", row=f"Queue {n}", after={"priority": n}
        )
        LogEntry.objects.log_actions(user.pk, [queue], 2, "changed", single_object=True)


def test_each_list_costs_the_same_with_3_and_30_rows(boss, client, world, story):
    fill(0, 3)
    few = costs(client)
    fill(3, 30)
    for _ in range(5):
        world.chat()
    assert costs(client) == few


def costs(client) -> dict[str, int]:
    """Of each list; what a process reads only once is read already."""
    return {name: (client.get(url(name)), queries(client, url(name)))[1] for name in LISTS}


def test_the_menu_is_ordered_by_task(boss, client):
    sections = [section["name"] for section in admin.site.get_app_list(client.get("/admin/").wsgi_request)]
    assert sections == ["People", "Routing", "Outcomes", "Texts", "Site", "Programs", "History"]


def test_every_page_of_every_row_opens(boss, client, world, story):
    fill(0, 1)
    kinds = (Agent, AgentGroup, Skill, Reason, Queue, RoutingPoint, Favourite, User)
    kinds += (ApiToken, DispositionSet, DispositionFolder, DispositionCode, DispositionRule)
    for model in kinds:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        row = model.objects.filter(is_superuser=True).first() if model is User else model.objects.first()
        for address in (url(name, "add"), url(name, "change", row.pk), url(name, "history", row.pk)):
            assert client.get(address).status_code == 200, address


def test_searches_and_filters_work(boss, client, world, story):
    for name in LISTS:
        assert client.get(url(name), {"q": "ana"}).status_code == 200, name
    assert b"Ana Ruiz" in client.get(url("agents_agent"), {"queues__id__exact": world.billing.pk}).content
    found = client.get(url("core_event"), {"q": str(story.pk)}).context["cl"].result_list
    assert {event.subject for event in found} == {story.pk}


def test_site_options_open_the_one_row(boss, client, db):
    assert client.get(url("agents_site")).url == url("agents_site", "add")
    site = Site.objects.create(name="Harbour Net")
    assert client.get(url("agents_site")).url == url("agents_site", "change", site.pk)
    assert client.get(url("agents_site", "add")).status_code == 403
    assert client.post(url("agents_site", "delete", site.pk), {"post": "yes"}).status_code == 403


def test_history_shows_the_whole_story(boss, client, world, story):
    page = client.get(url("interactions_interaction", "change", story.pk))
    words = page.content.decode()
    for expected in (CANARY, "agents only", "Bo (Network) has joined", "was asked", "Conference", "party.left"):
        assert expected in words, expected


def test_the_story_costs_the_same_however_long(boss, client, world, story):
    address = url("interactions_interaction", "change", story.pk)
    before = queries(client, address)
    for n in range(20):
        world.line(story, world.bo, f"line {n}")
    assert queries(client, address) == before


def test_a_long_transcript_has_pages_in_the_lane_s_order(boss, client, world, story, monkeypatch):
    monkeypatch.setattr("interactions.admin.history.LINES_PER_PAGE", 5)
    for n in range(9):
        world.line(story, world.bo, f"line {n}")
    lines = client.get(url("interactions_interaction", "change", story.pk), {"p": 2}).context["lines"]
    numbers = [line.number for line in lines if line.lane.name == "public"]
    assert len(lines) == 5 and numbers == sorted(numbers)


@pytest.mark.parametrize("name", SHOWN_ONLY)
def test_what_happened_cannot_be_changed(name, boss, client, world, story):
    LogEntry.objects.log_actions(boss.pk, [world.billing], 2, "changed", single_object=True)
    row = {"core_event": Event, "admin_logentry": LogEntry}.get(name, Interaction).objects.first()
    before = counts()
    assert client.get(url(name, "add")).status_code == 403
    for page, data in (("add", {}), ("change", {"state": "waiting"}), ("delete", {"post": "yes"})):
        args = [] if page == "add" else [row.pk]
        assert client.post(url(name, page, *args), data).status_code == 403, page
    client.post(url(name), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert counts() == before


def counts() -> tuple:
    chats = list(Interaction.objects.order_by("pk").values_list("pk", "state", "version"))
    return chats, Message.objects.count(), Event.objects.count(), LogEntry.objects.count()


def test_messages_parties_and_the_like_have_no_page_at_all(boss):
    shown = {model.__name__ for model in admin.site._registry}
    assert shown.isdisjoint({"Message", "Party", "Segment", "Invitation", "Ring", "RoutingDecision", "Lane", "Lease"})


def test_agents_are_refused(client, world):
    client.force_login(world.ana.user)
    for address in ("/admin/", url("agents_agent"), url("interactions_interaction"), url("agents_agent", "add")):
        answer = client.get(address, follow=True)
        assert answer.status_code == 403 and b"for administrators" in answer.content


def test_who_is_not_signed_in_goes_to_the_one_log_in_page(client, db):
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login/?next=/admin/")
    answer = client.post("/admin/login/?next=/admin/", {"username": "boss", "password": "x"})
    assert answer.status_code == 302 and answer.url.startswith("/login/")


def test_log_out_ends_the_session(boss, client):
    assert client.post("/admin/logout/").url == "/login/"
    assert client.get("/admin/").status_code == 302


def test_nothing_inline_that_the_content_policy_forbids(boss, client, world, story):
    pages = [url(name) for name in LISTS] + [url("interactions_interaction", "change", story.pk), "/admin/"]
    pages += [url("routing_routingpoint", "change", world.point.pk), url("agents_agent", "add")]
    for address in pages:
        words = client.get(address).content.decode()
        assert "<style" not in words and " style=" not in words and " onclick=" not in words, address
        assert "<script>" not in words, address
