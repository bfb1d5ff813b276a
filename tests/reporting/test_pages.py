"""The pages: who gets in, what they ask and read, what is behind a figure, and what a wrong question is told."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, AgentGroup
from core.models import Event
from interactions.actions import arrival, locking
from reporting import counting, pages, quarters, reports, showing, workbook
from reporting.picture import draw

from . import asked

pytestmark = pytest.mark.django_db

PAGES = [*(f"/reports/{key}/" for key in reports.ALL), "/wallboard/"]
NIGHT = (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC))
DAY = {"from": "2026-03-04", "to": "2026-03-04", "timezone": "UTC", "interval": "day"}


@pytest.fixture
def busy(at_worlds_time):
    """Two chats answered, one given up."""
    world = at_worlds_time
    for agent in (world.ana, world.bo):
        chat = world.handled(agent)
        world.line(chat, None, "hello?")
        world.clock.pass_(10)
        world.line(chat, agent, "hello")
        world.end(chat, agent, "close")
        world.ready(agent)
        world.absent(agent)
    lost = world.chat(name="Lou")
    world.clock.pass_(40)
    arrival.leave(lost.id, now=world.clock.tick())
    world.lost = lost
    return world


@pytest.mark.parametrize("address", PAGES)
def test_only_supervisors_and_staff_get_in(client, world, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login/")
    client.force_login(world.ana.user)
    assert client.get(address).status_code == 403
    Agent.objects.filter(pk=world.ana.pk).update(supervisor=True)
    assert client.get(address).status_code == 200
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get(address).status_code == 200


def test_behind_a_lock_the_password_comes_first(sue, world):
    session = Session.objects.get(pk=sue.session.session_key)
    locking.sit_down(world.sue, session.pk, now=world.now)
    locking.lock(world.sue.id, now=world.now)
    assert sue.get("/reports/queues/")["Location"] == "/"
    assert sue.get("/api/v1/reports/queues").json()["code"] == "locked"


def test_pages_run_no_script_but_the_wallboard_its_own(sue):
    assert "script-src 'none'" in sue.get("/reports/queues/")["Content-Security-Policy"]
    board = sue.get("/wallboard/")
    assert "script-src 'self'" in board["Content-Security-Policy"]
    for page in (sue.get("/reports/agents/").content.decode(), board.content.decode()):
        assert " style=" not in page
        assert "<style" not in page


def test_a_page_says_what_was_counted_and_what_each_figure_means(sue, busy):
    html = sue.get("/reports/queues/", DAY).content.decode()
    for figure in reports.QUEUES.figures:
        assert f'popovertarget="about-{figure.key}"' in html
        assert f'<div popover id="about-{figure.key}"><b>{figure.name}</b><p>{figure.definition}</p></div>' in html
    (line,), _ = asked.by_page(sue, "queues", DAY)
    assert line[:3] == [3, 2, 1]
    assert "<svg" in html and "Wed 2026-03-04, Billing, " not in html


@pytest.mark.parametrize("by", ["agent", "none"])
@pytest.mark.parametrize("interval", ["day", "total"])
def test_more_figures_than_a_window_holds_stand_in_tables_with_the_same_lines(sue, busy, interval, by):
    """Each under its name, which the way to it and its region bear; no figure is left out or told twice."""
    html = sue.get("/reports/agents/", {**DAY, "interval": interval, "by": by}).content.decode()
    heads, lines = [], []
    for table in html.split("<table")[1:]:
        heads += re.findall(r'popovertarget="about-([^"]+)"', table)
        lines.append(
            [re.findall(r'<th scope="row"[^>]*>([^<]*)', row) for row in re.findall("<tr>.*?</tr>", table, re.S)]
        )
    assert heads == [figure.key for figure in reports.PEOPLE.figures]
    assert len(lines[0]) == 2 + (2 if by == "agent" else 1)
    assert all(each == lines[0] for each in lines)
    names = re.findall(r'<h3 id="([^"]+)">([^<]+)</h3>', html)
    assert [name for _, name in names] == list(reports.PEOPLE.parts)
    assert re.findall(r'<a href="#([^"]+)">([^<]+)</a>', html.partition('aria-label="Tables"')[2]) == names
    assert re.findall(r'role="region" aria-labelledby="([^"]+)"', html) == [id for id, _ in names]


@pytest.mark.parametrize("report", reports.ALL.values(), ids=lambda report: report.key)
def test_no_table_has_more_figures_than_a_window_of_1280_holds(report):
    """Measured with two heads before them: dates and names."""
    assert max(map(len, report.parts.values())) <= 13
    assert ("" in report.parts) == (len(report.parts) == 1)


def test_each_counted_figure_opens_what_is_behind_it(sue, busy):
    """As many facts as the figure says, for all reports, all figures and all ways to split."""
    opened = 0
    for report in reports.ALL.values():
        for split in ["none", *(split.key for split in report.splits)]:
            html = sue.get(f"/reports/{report.key}/", {**DAY, "by": split}).content.decode()
            cells = re.findall(r'<a href="(/reports/[^"]+/details/[^"]+)"><data value="(\d+)">', html)
            for link, value in cells:
                page = sue.get(link.replace("&amp;", "&")).content.decode()
                assert page.count("What happened</a>") == int(value), link
                opened += 1
    assert opened > 30


def test_the_way_leads_on_to_what_happened(sue, busy):
    page = sue.get("/reports/queues/details/", {**DAY, "figure": "abandoned"}).content.decode()
    (way,) = re.findall(r'href="(/reports/timeline/[^"]+)"', page)
    assert str(busy.lost.id) in way
    told = sue.get(way).content.decode()
    for words in ("interaction.started", "route asked, queue Billing", "contact.left", "the chat ended: left"):
        assert words in told
    agent = sue.get(f"/reports/timeline/{busy.ana.id}/").content.decode()
    assert "Ana Ruiz: Ready" in agent
    assert sue.get("/reports/timeline/00000000-0000-4000-8000-000000000000/").status_code == 404


def test_every_page_tells_the_time_of_the_zone_that_it_names(sue, busy, settings):
    """Also where the site's own zone is another one."""
    settings.TIME_ZONE = "America/New_York"
    asked_for = {**DAY, "timezone": "Asia/Kathmandu"}
    whole_day = "2026-03-04 00:00 to 2026-03-05 00:00, Asia/Kathmandu."
    assert whole_day in sue.get("/reports/queues/", asked_for).content.decode()
    behind = sue.get("/reports/interactions/details/", {**asked_for, "figure": "started"}).content.decode()
    assert whole_day in behind
    ways = re.findall(r'href="(/reports/timeline/[^"]+)"', behind)
    (way,) = (each for each in ways if str(busy.lost.id) in each)
    for address, zone in ((way, "Asia/Kathmandu"), (way.partition("?")[0], "America/New_York")):
        story = sue.get(address).content.decode()
        began = busy.lost.created_at.astimezone(ZoneInfo(zone))
        assert f"{began:%Y-%m-%d %H:%M:%S}" in story
        assert f"Times are those of {zone}." in story


def test_a_long_story_goes_on_in_the_zone_asked_for(sue, busy, monkeypatch):
    monkeypatch.setattr(pages, "TIMELINE", 1)
    story = sue.get(f"/reports/timeline/{busy.lost.id}/", {"timezone": "Asia/Kathmandu"}).content.decode()
    (way,) = re.findall(r'href="([^"]+)">Next page', story)
    more = sue.get(f"/reports/timeline/{busy.lost.id}/{way.replace('&amp;', '&')}").content.decode()
    assert "Times are those of Asia/Kathmandu." in more and "contact.left" in more


def test_an_hour_that_comes_twice_is_told_apart():
    span = quarters.Span(*(quarters.quarter_of(at) for at in NIGHT), ZoneInfo("Europe/Berlin"), quarters.HOUR)
    answer = SimpleNamespace(question=SimpleNamespace(span=span))
    told = [showing.interval(answer, start) for start, _ in span.each()]
    assert told[1:5] == ["2026-10-25 01:00", "2026-10-25 02:00 CEST", "2026-10-25 02:00 CET", "2026-10-25 03:00"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"from": "yesterday"}, "Write it as 2026-03-29"),
        ({"from": "2026-03-05"}, "The end must come after the beginning."),
        ({"from": "2024-01-01"}, "At most 400 days at once."),
        ({"from": "1999-12-31"}, "Reports begin on 2000-01-01."),
        ({"from": "2026-03-04T12:05"}, "on a quarter of an hour"),
        ({"timezone": "Mars/Olympus"}, "There is no such time zone."),
        ({"interval": "fortnight"}, "is not a valid choice"),
        ({"by": "agent"}, "can be split by queue or none"),
        ({"agent": "0" * 8}, "Must be a valid UUID"),
        ({"point": "00000000-0000-4000-8000-000000000000"}, "is not told apart by this"),
        ({"from": "2026-01-01", "interval": "quarter"}, "more than 1500 intervals"),
        ({"nonsense": "1"}, "There is no such field."),
    ],
    ids=str,
)
def test_a_wrong_question_is_told_what_is_wrong_and_loses_nothing(sue, given, words):
    page = sue.get("/reports/queues/", {**DAY, **given})
    assert page.status_code == 400
    html = page.content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    assert words in html
    assert 'role="alert"' in html
    for value in given.values():
        assert value in html or "nonsense" in given or "interval" in given or "by" in given or "0" * 8 in value
    answer = sue.get("/api/v1/reports/queues", {**DAY, **given})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert words in str(answer.json()["detail"])


def test_what_nobody_knows_is_not_there(sue):
    assert sue.get("/reports/nothing/").status_code == 404
    assert sue.get("/reports/statuses/details/").status_code == 404
    assert sue.get("/api/v1/reports/nothing").status_code == 404
    assert sue.get("/reports/queues/details/", {**DAY, "after": "x"}).status_code == 400
    assert sue.get("/api/v1/reports/queues/details", {**DAY, "after": "x"}).status_code == 400
    assert sue.get("/api/v1/reports/queues/details", {**DAY, "figure": "service_level"}).status_code == 400


def test_details_are_read_page_by_page_and_whole_as_csv(sue, busy):
    address, found, after = "/api/v1/reports/queues/details", [], ""
    while after is not None:
        page = sue.get(address, {**DAY, "after": after, "limit": 1}).json()
        found += page["results"]
        after = page["next"]
    assert [row["outcome"] for row in found] == ["Answered", "Answered", "Abandoned"]
    lines = b"".join(sue.get(address, {**DAY, "format": "csv"}).streaming_content).decode().splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("interaction,at,queue,outcome,waited")
    assert [line.split(",")[0] for line in lines[1:]] == [row["interaction"] for row in found]


def test_details_as_xlsx(sue, busy):
    address = "/api/v1/reports/queues/details"
    found = sue.get(address, DAY).json()["results"]
    answer = sue.get(address, {**DAY, "format": "xlsx"})
    assert answer.headers["Content-Disposition"].endswith('.xlsx"')
    head, *rows = asked.sheet(answer.content)
    assert list(head.values())[:4] == ["Interaction", "Began", "Queue", "How it ended"]
    assert [(row["A"], row["D"]) for row in rows] == [(row["interaction"], row["outcome"]) for row in found]


@pytest.mark.parametrize("path", ["queues/details", "queues"])
def test_more_rows_than_a_workbook_takes_are_refused_and_none_is_left_out(sue, busy, monkeypatch, path):
    asked_for = {**DAY, "interval": "hour", "format": "xlsx"}
    rows = len(asked.sheet(sue.get(f"/api/v1/reports/{path}", asked_for).content)) - 1
    monkeypatch.setattr(workbook, "MOST", rows)
    assert sue.get(f"/api/v1/reports/{path}", asked_for).status_code == 200
    monkeypatch.setattr(workbook, "MOST", rows - 1)
    refused = sue.get(f"/api/v1/reports/{path}", asked_for)
    assert refused.status_code == 400
    assert "Take CSV" in refused.json()["detail"]["format"][0]


def test_filters_narrow_a_report(sue, busy):
    def offered(**more):
        return asked.by_api(sue, "queues", {**DAY, **more})[1]["offered"]

    assert (offered(), offered(queue=str(busy.billing.id)), offered(queue=str(busy.network.id))) == (3, 3, 0)
    assert offered(queue=f"{busy.billing.id},{busy.network.id}") == 3
    work = asked.by_api(sue, "segments", {**DAY, "agent": str(busy.ana.id)})[1]
    assert (work["segments"], work["replies"], work["response"]) == (1, 1, 10.01)


def test_a_group_is_who_belongs_to_it_now(sue, busy):
    """Nobody in it: nothing is counted, instead of everything."""

    def asked_of(report="segments", **more):
        return asked.by_api(sue, report, {**DAY, "by": "agent", **more})[0]

    group = AgentGroup.objects.create(name="First level")
    assert asked_of(group=str(group.id)) == asked_of("agents", group=str(group.id)) == {}
    group.agents.set([busy.ana, busy.cy])
    of_ana = {key: row for key, row in asked_of().items() if key[1] == "Ana Ruiz"}
    assert of_ana and asked_of(group=str(group.id)) == of_ana
    assert asked_of(group=str(group.id), agent=str(busy.bo.id)) == {}
    assert asked_of(group=str(group.id), agent=str(busy.ana.id)) == of_ana
    other = AgentGroup.objects.create(name="Second level")
    other.agents.set([busy.ana])
    assert asked_of(group=f"{group.id},{other.id}") == of_ana
    assert sue.get("/api/v1/reports/queues", {**DAY, "group": str(group.id)}).status_code == 400
    page = sue.get("/reports/segments/", {**DAY, "group": str(group.id)}).content.decode()
    assert f'<option value="{group.id}" selected>First level</option>' in page


@pytest.mark.parametrize("report", reports.ALL)
def test_the_queries_of_a_page_do_not_grow(sue, busy, report):
    def queries() -> int:
        counting.catch_up_now()
        with CaptureQueriesContext(connection) as seen:
            assert sue.get(f"/reports/{report}/", DAY).status_code == 200
        return len(seen)

    few = queries()
    for number in range(4):
        agent = busy.agent(f"more{number}", f"More {number}", "Billing", busy.billing)
        chat = busy.handled(agent, name=f"Kim {number}")
        busy.end(chat, agent, "close")
        busy.absent(agent)
    assert queries() == few


def test_a_status_that_lasts_counts_up_to_now(sue, at_worlds_time):
    world = at_worlds_time
    world.ready(world.ana)
    start = world.now
    world.clock.pass_(3600)
    total = sue.get("/api/v1/reports/agents", DAY).json()["totals"]["ready"]
    assert total == round((world.now - start).total_seconds(), 3)


def test_the_feed_goes_on_where_it_was_left_and_knows_one_subject(sue, busy):
    found, after, more = [], 0, True
    while more:
        page = sue.get("/api/v1/events", {"after": after, "limit": 5}).json()
        found, after, more = found + page["results"], page["next"], page["more"]
    assert {row["id"] for row in found} == {str(uid) for uid in Event.objects.values_list("uid", flat=True)}
    assert sue.get("/api/v1/events", {"after": after}).json() == {"results": [], "next": after, "more": False}
    busy.ready(busy.ana)
    assert [row["name"] for row in sue.get("/api/v1/events", {"after": after}).json()["results"]] == [
        "agent.status_changed"
    ]
    mine = sue.get("/api/v1/events", {"subject": str(busy.lost.id)}).json()["results"]
    assert [row["name"] for row in mine] == ["interaction.started", "contact.left"]


def test_the_wallboard_says_how_it_stands(sue, busy):
    waiting = busy.chat(name="Max")
    busy.ready(busy.cy)
    busy.clock.pass_(30)
    board = sue.get("/api/v1/wallboard", {"timezone": "UTC"}).json()
    billing, network = board["queues"]
    assert (billing["name"], billing["waiting"], billing["messages"], billing["ready"]) == ("Billing", 1, 0, 0)
    assert (billing["offered"], billing["answered"], billing["abandoned"]) == (4, 2, 1)
    assert billing["service_level"] == round(2 / 3, 4)
    assert (network["waiting"], network["ready"], network["service_level"]) == (0, 1, None)
    assert billing["longest_since"].startswith(waiting.created_at.isoformat()[:19])
    people = {agent["name"]: agent for agent in board["agents"]}
    cy = people["Cy Marsh"]
    assert (cy["status"], cy["connected"], cy["load"]) == ("Ready", True, 0)
    assert (people["Ana Ruiz"]["connected"], people["Ana Ruiz"]["load"]) == (False, 1)
    assert people["Ana Ruiz"]["capacity"] == busy.site.capacity


def test_today_begins_at_the_zones_midnight(sue, busy):
    board = sue.get("/api/v1/wallboard", {"timezone": "Asia/Kathmandu"}).json()
    assert board["since"] == "2026-03-04T00:00:00+05:45"
    busy.clock.now += timedelta(hours=13)
    tomorrow = sue.get("/api/v1/wallboard", {"timezone": "Asia/Kathmandu"}).json()
    assert tomorrow["since"] == "2026-03-05T00:00:00+05:45"
    assert {queue["offered"] for queue in tomorrow["queues"]} == {0}


def test_a_picture_adds_up_to_its_scale():
    drawn = draw([("Mon", [3, 1]), ("Tue", [0, 0]), ("Wed", [8, 0])], ["Answered", "Abandoned"])
    assert [bar.words for bar in drawn.bars] == ["Mon, Answered: 3", "Mon, Abandoned: 1", "Wed, Answered: 8"]
    heights = [bar.height for bar in drawn.bars]
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.05)
    assert [mark.words for mark in drawn.scale] == ["0", "2", "4", "6", "8"]
    assert draw([("Mon", [0, 0])], ["a", "b"]) is None
    assert [mark.words for mark in draw([("Mon", [1])], ["a"], whole=True).scale] == ["0", "1"]
    assert [mark.words for mark in draw([("Mon", [1])], ["a"]).scale] == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


STACKED = {"queues": "offered", "agents": "logged_in", "requests": "asked"}


@pytest.mark.parametrize("report", reports.ALL.values(), ids=lambda report: report.key)
def test_bars_that_are_stacked_are_parts_of_one_figure(busy, sue, report):
    """So a bar is never higher than what was counted."""
    busy.conferenced(busy.handled(busy.ana), busy.ana, busy.cy)
    _, totals = asked.by_api(sue, report.key, {"by": "none"})
    whole = totals[STACKED.get(report.key, report.picture[0])]
    assert 0 <= sum(totals[key] for key in report.picture) <= whole
    assert whole or report.key in ("dispositions", "surveys")


@pytest.mark.parametrize(("bars", "told"), [(3, "Maximilian Oberhauser"), (10, "Maximilian…"), (40, "Maximilian…")])
def test_a_word_under_bars_ends_where_the_next_begins(bars, told):
    drawn = draw([("Maximilian Oberhauser", [1])] * bars, ["Ready"])
    assert {mark.words for mark in drawn.labels} == {told}
    assert {bar.words for bar in drawn.bars} == {"Maximilian Oberhauser, Ready: 1"}
