"""Simulate: a day as it was or made up, with and without changes; the command, and what the page shows."""

import asyncio
import json
import os
from datetime import time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.actions.status import change
from agents.models import Reason, Skill
from agents.status import Status
from interactions.actions import arrival, closing, invitations, status
from interactions.models import Interaction, Invitation
from reporting import admin, days, replays, simulating
from reporting.days import Demand, Mistaken
from reporting.management.commands.simulate import POLITE, change_of
from reporting.simulating import Change
from routing.models import OpeningHours, OverflowStep, Queue, RequiredSkill
from routing.simulation import Waited

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")


@pytest.fixture(autouse=True)
def polite(monkeypatch):
    """How much the command stepped back; this process does not, as it could not come forward again for other tests."""
    steps = []
    monkeypatch.setattr(os, "nice", steps.append)
    return steps


def compare(*changes: Change, day=None, **more):
    return simulating.compare(day or Demand(300), changes, zone=UTC, **more)


def test_without_changes_both_days_are_the_same_and_nothing_is_written(world):
    told = []
    with CaptureQueriesContext(connection) as captured:
        found = compare(progress=told.append)
    assert found.before == found.after and found.before.total.offered == 300
    assert found.names == ["Billing", "Network"]
    assert told == sorted(told) and told[-1] == 1.0
    assert all(query["sql"].lstrip("(").startswith(("SELECT", "DECLARE", "FETCH", "CLOSE")) for query in captured)


def test_agents_more_shorten_the_wait_and_fewer_lengthen_it(world):
    busy = Demand(900, (8, 18), 360.0, 600.0)
    more = compare(Change("Billing", agents=4), day=busy)
    assert more.after.queues["Billing"].service_level > more.before.queues["Billing"].service_level
    assert more.after.total.occupancy < more.before.total.occupancy
    fewer = compare(Change("Billing", agents=-2), day=busy)
    assert fewer.after.queues["Billing"].answered == 0, "nobody is left in it"
    assert fewer.before == more.before, "the same day"
    assert compare(day=busy, capacity=1).after.total.abandoned > more.before.total.abandoned


def test_skills_and_overflow_are_those_of_the_site_or_changed(world):
    fibre = Skill.objects.create(name="Fibre")
    RequiredSkill.objects.create(queue=world.billing, skill=fibre, level=5)
    calm = Demand(60, patience=10.0**6)
    found = compare(Change("Billing", skills=False), day=calm)
    assert (found.before.queues["Billing"].answered, found.after.queues["Billing"].abandoned) == (0, 0)
    skilled = compare(Change("Billing", agents=3), day=calm).after.queues["Billing"]
    assert skilled.answered == skilled.offered, "new agents are as good as the queue needs"
    RequiredSkill.objects.all().delete()
    world.billing.agents.clear()
    helped = compare(Change("Billing", also=("Network", 10)), day=calm)
    assert helped.after.queues["Billing"].average == pytest.approx(14)
    OverflowStep.objects.create(queue=world.billing, after=10, target=world.network)
    assert compare(day=calm).before == helped.after


def test_a_day_that_was(world):
    """One chat is handled for a minute, one contact leaves after 40 s, one leaves a message."""
    world.ready(world.ana)
    served = world.chat()
    world.offer()
    world.accept(world.ana)
    world.clock.pass_(60)
    world.end(served, world.ana, "close")
    world.clock.pass_(20)
    closing.mark_done(served.id, by=world.ana, now=world.clock.tick())
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    gone = world.chat(topic="Network")
    arrival.leave(gone.id, now=world.clock.pass_(40))
    world.chat(message="Call me")
    day = world.now.date()
    played = replays.recorded(day, UTC, 1)
    shifts = played.shifts
    assert played.about == f"2 chats of {day}, 0.0% of the rings rejected and 0.0% missed"
    first, second = played.chats
    assert (first.queue, round(first.handling), round(first.wrap_up)) == (world.billing.pk, 60, 20)
    assert (second.queue, round(second.patience), second.priority) == (world.network.pk, 40, None)
    assert first.patience > 0, "drawn: nobody knows it"
    assert [round(ends - begins) for begins, ends in shifts[world.ana.pk]] == [80] and list(shifts) == [world.ana.pk]
    found = compare(day=day)
    assert (found.before.queues["Billing"].answered, found.before.queues["Network"].abandoned) == (1, 1)


def recorded(world) -> days.Day:
    return replays.recorded(world.now.date(), UTC, 1)


def test_what_agents_did_when_it_rang(world):
    """One rejects, one misses, one accepts after six seconds; a ring that was taken back asked nobody."""
    world.ready(world.ana, world.bo)
    world.chat()
    for seconds, answer in ((5, "reject"), (30, "expire"), (3, "withdraw"), (6, "accept")):
        world.offer()
        invitation = Invitation.objects.get()
        ring, now = invitation.rings.get(outcome=""), world.clock.pass_(seconds)
        if answer == "expire":
            invitations.expire(ring.id, now=now)
        elif answer == "withdraw":
            invitations.take_back(ring.id, why="absent", now=now)
        else:
            getattr(invitations, answer)(invitation.id, by=ring.agent, now=now)
    habits = recorded(world).habits
    assert (habits.rejects, habits.misses) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert habits.answer == pytest.approx(6) and habits.away == days.AWAY
    assert recorded(world).about.endswith("33.3% of the rings rejected and 33.3% missed")


def test_whom_missed_rings_set_not_ready_and_who_came_back_counts_as_there(world):
    """The simulation makes misses of its own; any other reason is a pause."""
    world.chat()
    world.ready(world.ana)
    _not_ready(world, world.ana, Reason.NOT_RESPONDING)
    world.clock.pass_(90)
    world.ready(world.ana)
    _not_ready(world, world.ana, Reason.LOCKED)
    world.clock.pass_(50)
    world.ready(world.ana)
    _not_ready(world, world.ana, Reason.NOT_RESPONDING)
    played = recorded(world)
    first, second = (ends - begins for begins, ends in played.shifts[world.ana.pk])
    assert first == pytest.approx(60 + 90 + 60, abs=3) and second == pytest.approx(60, abs=3)
    assert played.habits.away == pytest.approx(90, abs=3)


def _not_ready(world, agent, reason: str) -> None:
    """After a minute."""
    change(agent, Status.NOT_READY, Reason.of_system(reason), now=world.clock.pass_(60))


def test_who_came_back_to_whom_and_who_helped(world):
    chat = world.handled(world.ana)
    world.clock.pass_(30)
    world.conferenced(chat, world.ana, world.bo)
    world.clock.pass_(60)
    world.end(chat, world.bo, "leave")
    world.clock.pass_(20)
    closing.mark_done(chat.id, by=world.bo, now=world.clock.tick())
    world.end(chat, world.ana, "close")
    again = world.chat(previous=Interaction.objects.get(pk=chat.pk))
    Invitation.objects.filter(interaction=again).update(priority=7)
    played = recorded(world)
    assert [one.last for one in played.chats] == [None, world.ana.pk]
    assert [one.priority for one in played.chats] == [None, 7]
    ((begins, ends),) = played.helps[world.bo.pk]
    assert list(played.helps) == [world.bo.pk] and ends - begins == pytest.approx(80, abs=3)


@pytest.mark.parametrize(
    "spans, extra",
    [
        ([(0, 100, 110), (20, 50, 60)], [(20, 60)]),
        ([(0, 100, 110), (20, 50, None)], [(20, 50 + 120)]),  # wrap-up at most so long
        ([(0, 100, 110), (20, 150, 160)], [(20, 100)]),  # from then on they have the chat
        ([(0, 100, 110), (100, 150, 160)], []),  # one after the other
        ([(0, 100, 110), (20, 150, 160), (120, 140, 140)], [(20, 100), (120, 140)]),
        ([(0, None, None), (20, None, None)], []),  # it goes on
    ],
)
def test_only_what_takes_a_second_slot_is_help(world, spans, extra):
    def at(seconds):
        return None if seconds is None else world.now + timedelta(seconds=seconds)

    stretches = {1: [(number, *map(at, span), False) for number, span in enumerate(spans)]}
    found = [span for helped in replays._helps(stretches, world.now).values() for span in helped]
    assert found == extra


def test_a_rules_priority_is_kept_and_what_rose_is_not(world):
    Queue.objects.filter(pk=world.billing.pk).update(priority=5, ageing=60)
    chat = world.chat()
    place = Invitation.objects.get(interaction=chat)
    assert (place.priority, recorded(world).chats[0].priority) == (5, None)
    Invitation.objects.update(priority=8, rises_at=place.rises_at + timedelta(seconds=120))
    assert recorded(world).chats[0].priority == 6, "8, of which 2 by waiting"


def test_opening_hours_are_those_of_the_queue_or_changed(world):
    hours = OpeningHours.objects.create(name="Mornings")
    hours.week.create(weekday=0, opens=time(8), closes=time(12))
    hours.exceptions.create(day=days.MONDAY)  # a day that is made up has no date
    free = compare()
    assert free.before.total.turned_away == 0
    Queue.objects.update(opening_hours=hours)
    found = compare(Change("Billing", hours="always"), Change("Network", hours="Mornings"))
    before, after = found.before.queues, found.after.queues
    assert 0 < before["Billing"].turned_away < before["Billing"].turned_away + before["Billing"].offered
    assert after["Billing"].turned_away == 0 and after["Network"].turned_away == before["Network"].turned_away > 0
    assert found.before.total.offered + found.before.total.turned_away == 300


def test_rejected_and_missed_rings_cost_time(world):
    assert compare(day=Demand(300, rejects=0.2, misses=0.2)).before.total.average > compare().before.total.average


def test_a_day_is_that_of_the_zone_and_right_at_the_change_of_clocks(world):
    chat = world.chat()
    berlin = ZoneInfo("Europe/Berlin")
    moment = days.midnight(days.date(2026, 3, 30), berlin) - timedelta(
        minutes=1
    )  # 23:59, after 22 hours and 59 minutes
    type(chat).objects.update(created_at=moment)
    Invitation.objects.update(created_at=moment)
    played = replays.recorded(days.date(2026, 3, 29), berlin, 1)
    (only,) = played.chats
    assert only.at == 23 * 3600 - 60
    assert simulating._by_hour([Waited(only, 7.0, None)], played.start, berlin)[23] == 7.0, "by the clock on the wall"
    with pytest.raises(Mistaken, match="No chats came on 2026-03-30"):
        replays.recorded(days.date(2026, 3, 30), berlin, 1)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize("day", [days.date.min, days.date.max], ids=str)
def test_on_the_first_and_the_last_day_that_there_are_nobody_came(db, day, zone):
    with pytest.raises(Mistaken, match=f"No chats came on {day}"):
        replays.recorded(day, ZoneInfo(zone), 1)


@pytest.mark.parametrize(
    "words, mistake",
    [
        ("Nowhere agents=1", "There is no queue Nowhere. There are: Billing, Network."),
        ("Billing agents=many", "'agents=many' is no change of a queue."),
        ("Billing colour=red", "'colour=red' is no change of a queue."),
        ("Billing strategy=best", "There is no strategy best."),
        ("Billing also=Billing:5", "Billing cannot overflow to itself."),
        ("Billing agents=9999", "At most 500 agents more or fewer."),
        ("Billing hours=Never", "There are no opening hours Never. There are: always."),
        ("Billing ageing=-1", "is no change of a queue"),
        ("", "Begin with the name of a queue"),
        ('"', "Begin with the name of a queue"),
    ],
)
def test_mistakes_are_said_in_words(world, words, mistake):
    with pytest.raises(CommandError, match=mistake):
        call_command("simulate", chats=10, queue=[words])


@pytest.mark.parametrize(
    "given",
    [
        {"hours": "18-8"},
        {"hours": "x"},
        {"chats": 0},
        {"handling": 0.0},
        {"handling": float("inf")},
        {"patience": float("nan")},
        {"misses": float("nan")},
        {"capacity": 10**9},
        {"misses": -1.0},
        {"rejects": 60.0, "misses": 31.0},
    ],
)
def test_a_day_that_makes_no_sense(world, given):
    with pytest.raises(CommandError):
        call_command("simulate", **{"chats": 10} | given)


def test_a_day_that_no_calendar_has():
    with pytest.raises(CommandError, match=r"there is no day 2026-02-30\. Write it as 2026-03-04"):
        call_command("simulate", "--day", "2026-02-30")


def test_an_empty_site_says_what_is_missing():
    with pytest.raises(CommandError, match="There is no queue yet"):
        call_command("simulate", chats=10)


def test_a_change_in_words():
    words = "'Second level' agents=-2 strategy=round_robin priority=-5 ageing=60 skills=no also='First line':30"
    given = {"skills": False, "also": ("First line", 30), "hours": "Office hours"}
    assert change_of(f"{words} hours='Office hours'") == Change("Second level", "round_robin", -5, 60, -2, **given)


def test_the_command_prints_both_days_and_lets_the_chats_go_first(world, polite):
    said = StringIO()
    call_command("simulate", chats=50, queue=["Billing agents=+1"], stdout=said)
    assert "50 made-up chats from 8 to 18 o'clock" in said.getvalue()
    assert said.getvalue().count("with the changes") == 3 and "service level" in said.getvalue()
    assert polite == [POLITE]


# --- the page ---------------------------------------------------------------------------------

ADDRESS = "/admin/simulate/"
DAY = {"run": "1", "chats": "60", "begins": "8", "ends": "18", "handling": "300", "patience": "300"}


def asked(client, **given):
    return client.get(ADDRESS, DAY | given)


async def whole(parts) -> str:
    return "".join([part if isinstance(part, str) else part.decode() async for part in parts])


def test_the_page_hands_its_form_to_the_command(admin_client, world, monkeypatch, unhashed_static_files):
    """Played here by the command itself, in this process, as the page reads it from the other one."""
    Queue.objects.filter(pk=world.network.pk).update(name="Second level")
    handed = []

    async def played(given):
        handed.extend(given)
        for line in lines:
            yield admin.told(line)

    monkeypatch.setattr(admin, "_played", played)
    said = StringIO()
    changes = {
        "misses": "5",
        "q1-hours": "always",
        "q1-agents": "3",
        "q1-strategy": "round_robin",
        "q1-also": str(world.billing.pk),
        "q1-after": "30",
    }
    given = ["--chats=60", "--hours=8-18", "--handling=300", "--patience=300", "--rejects=0", "--misses=5"]
    given.append("--queue='Second level' strategy=round_robin agents=3 hours=always also=Billing:30")
    call_command("simulate", "--json", *given, stdout=said)
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    answer = asked(admin_client, **changes)
    assert answer.headers["X-Accel-Buffering"] == "no"
    page = asyncio.run(whole(answer.streaming_content))
    assert handed == given
    assert "100% of both days" in page and "Service level, 20 s" in page and '<svg class="picture"' in page
    assert page.index("progress") < page.index("All queues") < page.index("What is otherwise")
    assert page.count("</html>") == 1


def test_the_form_is_refused_in_words(admin_client, world, unhashed_static_files):
    page = admin_client.get(ADDRESS).content.decode()
    assert "Day to replay" in page and "Second" not in page
    for given, words in (
        ({"ends": "8"}, "The day ends after it has begun."),
        ({"chats": "0"}, "greater than or equal to 1"),
        ({"day": "soon"}, "Enter a valid date."),
        ({"q0-also": str(world.billing.pk)}, "The queue&#x27;s own agents are asked already."),
        ({"rejects": "60", "misses": "60"}, "At most 90 % together with what is rejected."),
        ({"q0-agents": "x"}, "Enter a whole number."),
    ):
        answer = asked(admin_client, **given)
        assert not answer.streaming and words in answer.content.decode(), given


def test_one_at_a_time_and_it_stops_when_the_page_is_closed(monkeypatch, world):
    async def scenario():
        monkeypatch.setattr(admin.settings, "BASE_DIR", admin.settings.BASE_DIR / "nowhere")
        failed = "".join([part async for part in admin._played(["--chats=1"])])
        assert "The simulation failed" in failed and not admin._running
        admin._running.add(1)
        assert "Another simulation runs" in await whole(admin._answer(f"a{admin.HERE}b", []))
        admin._running.clear()

    asyncio.run(scenario())


def test_only_administrators(client, world):
    assert client.get(ADDRESS).status_code == 302
