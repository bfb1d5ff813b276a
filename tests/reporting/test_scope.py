"""Whoever administers groups reads what belongs to these, wherever the figures are asked for."""

import json
import re
from io import BytesIO
from itertools import product
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver

from agents.models import Agent, AgentGroup
from core.tokens import issue
from interactions.actions import arrival, closing, survey
from interactions.models import Survey
from reporting import permissions, reports, urls
from reporting.api import urls as api_urls
from reporting.scope import EVERYTHING

from . import asked

pytestmark = pytest.mark.django_db

DAY = {"from": "2026-03-04", "to": "2026-03-04", "timezone": "UTC", "interval": "day"}
FOREIGN = ("Network", "Cy Marsh", "Foreign group", "Foreign point")


@pytest.fixture
def split(at_worlds_time):
    """Ana and Billing are the floor's; Cy and Network are not. Each has a chat with Sue in it, and a lost one."""
    world = at_worlds_time
    world.floor = AgentGroup.objects.create(name="Floor")
    world.other = AgentGroup.objects.create(name="Foreign group")
    for group, agent, queue in ((world.floor, world.ana, world.billing), (world.other, world.cy, world.network)):
        group.agents.add(agent)
        queue.group = group
        queue.save()
    world.foreign_point = type(world.point).objects.create(slug="f", name="Foreign point", queue=world.network)
    world.chats = {}
    Survey.objects.create(name="After chats").questions.create(key="content", text="Are you content?")
    for agent, topic, name in ((world.ana, None, "Kim Lee"), (world.cy, "Network", "Nora Foreign")):
        chat = world.handled(agent, topic=topic, name=name)
        world.conferenced(chat, agent, world.sue)
        world.end(chat, agent)
        world.end(chat, world.sue)
        closing.mark_done(chat.id, by=agent, now=world.clock.tick())
        own = world.handled(agent, topic=topic, name=name)
        world.end(own, agent, "close")
        survey.answer(own.id, {"content": "4"}, now=world.clock.tick())
        closing.mark_done(own.id, by=agent, now=world.clock.tick())
        world.absent(agent)
        lost = world.chat(name=name, topic=topic)
        arrival.leave(lost.id, now=world.clock.tick())
        world.chats[agent] = (chat, lost)
    return world


@pytest.fixture
def ben(split, client):
    """Administers the floor, and nothing else."""
    split.ben = User.objects.create_user("ben")
    split.floor.administrators.add(split.ben)
    client.force_login(split.ben)
    return client


def filled(route: str, world) -> list[str]:
    """Every address of this route: of each report, and of what is foreign."""
    subjects = [str(chat.id) for chat in world.chats[world.cy]] + [str(world.cy.id)]
    routes = [route]
    for part, values in (("<str:key>", reports.ALL), ("<str:report>", reports.ALL), ("<uuid:subject>", subjects)):
        routes = [one.replace(part, value) for one in routes for value in (values if part in one else [""])]
    assert not any("<" in one for one in routes), route
    return routes


def routes(patterns, before="/") -> list[str]:
    found = []
    for each in patterns:
        route = before + str(each.pattern)
        found += routes(each.url_patterns, route) if isinstance(each, URLResolver) else [route]
        assert isinstance(each, URLPattern | URLResolver)
    return found


def addresses(world) -> list[str]:
    given = routes(urls.urlpatterns) + routes(api_urls.urlpatterns, "/api/v1/")
    return [address for route in given for address in filled(route, world)]


def body(answer) -> str:
    """As text; of a workbook all its sheets."""
    if answer["Content-Type"].startswith("application/vnd"):
        book = ZipFile(BytesIO(answer.content))
        return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def foreign(text: str, world) -> list[str]:
    """What of it is said here, by name or by id."""
    ids = [str(each.pk) for each in (world.cy, world.network, world.other, world.foreign_point, *world.chats[world.cy])]
    return [word for word in (*FOREIGN, *ids) if word in text]


def test_no_address_of_the_reports_tells_what_is_foreign(ben, split):
    answered = 0
    for address, more in product(addresses(split), ({}, {"by": "none"}, {"format": "csv"}, {"format": "xlsx"})):
        given = {**DAY, **more} if "/reports/" in address and "timeline" not in address else {}
        answer = ben.get(address, given)
        assert answer.status_code in (200, 302, 400, 403, 404), address
        assert foreign(body(answer), split) == [], address
        answered += answer.status_code == 200
    assert answered >= 8 * len(reports.ALL)


def test_the_whole_site_tells_all_of_that_at_the_same_addresses(sue, split):
    """The control: what nobody is told above is there to be told."""
    for more in ({}, {"format": "xlsx"}):
        asked_for = [(address, DAY | more if "/reports/" in address else {}) for address in addresses(split)]
        told = "".join(body(sue.get(address, given)) for address, given in asked_for)
        assert {"Network", "Cy Marsh", "Foreign point"} <= set(foreign(told, split)), more


def test_page_csv_and_api_agree_on_the_part_and_the_part_is_not_the_whole(ben, split, client):
    split.clock.pass_(86_400)  # no status goes on
    parts = {}
    for report in reports.ALL:
        rows, parts[report] = asked.by_api(ben, report, DAY)
        assert asked.by_csv(ben, report, DAY) == rows
        lines = [list(row.values()) for row in rows.values()]
        assert asked.by_page(ben, report, DAY) == (lines, list(parts[report].values()))
    client.force_login(User.objects.create_user("boss", is_superuser=True))
    assert [report for report in reports.ALL if asked.by_api(client, report, DAY)[1] == parts[report]] == []


def test_asking_for_what_is_foreign_finds_nothing(ben, split):
    found = {"queue": split.network, "agent": split.cy, "group": split.other}
    for report in reports.ALL.values():
        for name in set(found) & set(report.filters):
            rows, totals = asked.by_api(ben, report.key, {**DAY, name: str(found[name].pk)})
            assert rows == {} and not any(totals.values()), (report.key, name)


def test_what_happened_is_told_of_own_interactions_and_agents_alone(ben, split):
    for chat in split.chats[split.ana]:
        assert ben.get(f"/reports/timeline/{chat.id}/").status_code == 200
        assert ben.get("/api/v1/events", {"subject": str(chat.id)}).json()["results"]
    for subject in (*(chat.id for chat in split.chats[split.cy]), split.cy.id):
        assert ben.get(f"/reports/timeline/{subject}/").status_code == 404
        assert ben.get("/api/v1/events", {"subject": str(subject)}).json()["results"] == []
    assert ben.get(f"/reports/timeline/{split.ana.id}/").status_code == 200
    whole = ben.get("/api/v1/events")
    assert (whole.status_code, whole.json()["message"]) == (403, permissions.WHOLE)


def test_a_chat_belongs_to_all_who_had_it(ben, split):
    """Ana is asked into a chat of the other group: from then on it is the floor's, too, with its whole history."""
    chat = split.handled(split.cy, topic="Network")
    assert ben.get(f"/reports/timeline/{chat.id}/").status_code == 404
    split.conferenced(chat, split.cy, split.ana)
    assert ben.get(f"/reports/timeline/{chat.id}/").status_code == 200


def test_the_wallboard_shows_own_queues_and_agents(ben, split):
    split.ready(split.cy)
    board = ben.get("/api/v1/wallboard", {"timezone": "UTC"}).json()
    assert [queue["name"] for queue in board["queues"]] == ["Billing"]
    assert [agent["name"] for agent in board["agents"]] == ["Ana Ruiz"]
    assert board["queues"][0]["abandoned"] == 1


def test_pages_say_what_they_are_about_and_offer_only_that(ben, split):
    page = ben.get("/reports/segments/", DAY).content.decode()
    assert "Only what belongs to Floor" in page
    offered = set(re.findall(r'<option value="[0-9a-f-]{36}"[^>]*>([^<]+)<', page))
    assert offered == {"Billing", "Ana Ruiz", "Floor"}
    points = ben.get("/reports/interactions/", DAY).content.decode()
    assert set(re.findall(r'<option value="[0-9a-f-]{36}"[^>]*>([^<]+)<', points)) == {"Billing", "Website"}


def test_what_belongs_to_two_groups_counts_once(ben, split):
    second = AgentGroup.objects.create(name="Second")
    second.administrators.add(split.ben)
    before = asked.by_api(ben, "segments", DAY)
    second.agents.add(split.ana)
    assert asked.by_api(ben, "segments", DAY) == before
    split.network.group = second
    split.network.save()
    assert asked.by_api(ben, "queues", {**DAY, "by": "none"})[1]["offered"] == 6


def test_who_is_whose(split):
    """A supervisor of groups sees these; of none the whole site; administrators of the site always all."""
    sue, of = split.sue.user, permissions.scope_of
    assert of(sue) is None
    Agent.objects.filter(user=sue).update(supervisor=True)
    assert of(sue) == EVERYTHING and permissions.sees_everything(sue)
    split.floor.administrators.add(sue)
    assert of(sue).groups == {split.floor.id} and not permissions.sees_everything(sue)
    staff = User.objects.create_user("staff", is_staff=True)
    assert of(staff) == EVERYTHING
    split.floor.administrators.add(staff)
    assert of(staff).groups == {split.floor.id}
    boss = User.objects.create_user("boss", is_superuser=True)
    split.floor.administrators.add(boss)
    assert of(boss) == EVERYTHING
    User.objects.filter(pk=staff.pk).update(is_active=False)
    assert of(User.objects.get(pk=staff.pk)) is None


def test_a_token_reaches_as_far_as_whose_it_is(ben, split):
    ben.logout()
    about = {"name": "board", "scopes": ["reports:read", "events:read"], "expires_at": None, "by": "test"}
    _, secret = issue(split.ben, **about, now=split.now)
    bearer = {"Authorization": f"Bearer {secret}"}
    answer = ben.get("/api/v1/reports/queues", DAY, headers=bearer)
    assert {row["name"] for row in answer.json()["rows"]} == {"Billing"}
    assert foreign(json.dumps(answer.json()), split) == []
    assert ben.get("/api/v1/events", headers=bearer).status_code == 403
