"""The load test: counts only what really arrived, and leaves nothing behind."""

import asyncio

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError

from agents.models import Agent
from core.errors import Conflict, NotFound
from core.models import Event, Lease
from interactions.doctor import load, scratch
from interactions.models import Interaction, Message, Party, Segment
from routing.models import RoutingPoint


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models() if not model._meta.proxy}


@pytest.mark.django_db
def test_nothing_is_left_of_it(world):
    chat = world.handled(world.ana)
    world.line(chat, None, "hello")
    before = rows()
    made = scratch.fill(4)
    assert len(made) == 4 and rows() != before
    one = Interaction.objects.get(pk=made[0]["chat"])
    world.line(one, None, "load")
    Event.objects.create(subject=one.id, version=900, name="party.away", at=world.now)
    Lease.objects.create(holder=one.holder, expires_at=world.now)
    assert scratch.remove() == 4
    assert rows() == before
    assert scratch.remove() == 0


@pytest.mark.django_db
def test_nobody_elses_rows_are_touched(world):
    """Whatever people are called: names as forms take them are no marks."""
    names = ("doctor", "doctor-a1b2c3-0", "doctor.no")
    for name in names:
        User._meta.get_field("username").clean(name, None)
        agent = world.agent(name, name, "Billing", world.billing)
        world.line(world.handled(agent), None, "hello")
        world.absent(agent)
    for key in ("other", "doctor0", "doctor9z"):
        Session.objects.create(session_key=key, session_data="", expire_date=world.now)
    before = rows()
    scratch.remove()
    assert rows() == before


def test_no_form_takes_a_marked_name():
    with pytest.raises(ValidationError):
        User._meta.get_field("username").clean(scratch.MARK + "1", None)


@pytest.mark.django_db
def test_whom_a_colleague_met_stays_with_what_was_said_and_the_rest_goes(world):
    """Test agents stand in everybody's list for two minutes: they are written to, and invited into real chats."""
    chat = world.handled(world.ana)
    before = rows()
    scratch.fill(3)
    written, joined, *others = Agent.objects.filter(user__username__startswith=scratch.MARK).order_by("user__username")
    world.im(world.ana, written, "Are you new?")
    Segment.objects.create(party=seat(chat, joined), interaction=chat, agent=joined, joined_at=world.now)
    world.line(chat, world.ana, "stays")
    assert scratch.remove() == scratch.remove() + 3
    assert Interaction.objects.get() == chat and Message.objects.filter(text="stays").exists()
    assert set(Agent.objects.filter(user__username__startswith=scratch.MARK)) == {written, joined}
    assert not User.objects.filter(agent__in=(written, joined), is_active=True).exists()
    assert rows()["interactions.InstantMessage"] == before["interactions.InstantMessage"] + 1


def seat(chat, agent) -> Party:
    return Party.objects.create(
        interaction=chat, kind=Party.AGENT, agent=agent, nickname=agent.nickname, joined_at=chat.created_at
    )


@pytest.mark.django_db
def test_a_site_without_a_routing_point_says_so(db):
    assert not RoutingPoint.objects.exists()
    with pytest.raises(NotFound, match="no routing point"):
        scratch.fill(1)


@pytest.mark.django_db
def test_a_site_that_is_not_there_is_said_and_cleaned_up(world):
    before, said = rows(), []
    assert load.run("http://127.0.0.1:9", 5, 2, said.append) is False
    assert "Sockets could not be opened" in said[0] and rows() == before


# --- what counts ---------------------------------------------------------------------------------


def person() -> load.Person:
    return load.Person("chat", asyncio.Event())


def line(number: int, id: str = "") -> dict:
    return {"type": "message", "lane": "public", "id": id or str(number), "number": number}


@pytest.mark.once
@pytest.mark.parametrize(
    ("numbers", "wrong"), [([1, 2, 3], 0), ([1, 3], 1), ([2, 1], 1), ([1, 1], 1), ([1, 2, 5], 2), ([], 0)], ids=str
)
async def test_holes_doubles_and_disorder_are_seen(numbers, wrong):
    reader = person()
    for number in numbers:
        reader._take(line(number), 0.0)
    assert reader.wrong == wrong


@pytest.mark.once
async def test_own_lines_are_known_by_their_acks():
    sender = person()
    sender._take(line(1), 0.0)
    sender._take({"type": "ack", "id": "2", "number": 2}, 0.0)
    sender._take(line(3), 0.0)
    assert sender.wrong == 0


@pytest.mark.once
async def test_a_line_counts_when_it_was_acknowledged_and_is_at_both_others():
    three = [person(), person(), person()]
    about = (1.0, three, three[0])
    three[1]._take(line(1, "x"), 1.5)
    three[2]._take(line(1, "x"), 1.7)
    assert load._time_of("x", *about) is None, "no ack yet"
    three[0]._take({"type": "ack", "id": "x", "number": 1}, 1.2)
    assert load._time_of("x", *about) == pytest.approx(0.7)
    three[2].came.clear()
    assert load._time_of("x", *about) is None, "one of them has it not"


@pytest.mark.once
async def test_sockets_that_are_cut_for_being_quiet_are_told_of():
    people = [[person(), person(), person()]]
    await load._stay(people, 0)
    people[0][1].cut = 1
    with pytest.raises(Conflict, match=r"1 of 3 sockets .* time-out to 60 s"):
        await load._stay(people, 0)


def step(**more) -> load.Step:
    given = {"offered": 100.0, "sent": 10, "late": 0, "times": [0.01] * 10, "wrong": 0, "cut": 0, "busy": 0.1}
    return load.Step(**{**given, **more})


@pytest.mark.once
def test_a_rate_is_held_only_without_any_fault():
    assert step().held and step().words.endswith("held") and not step().words.endswith("not held")
    for fault in ({"late": 1}, {"wrong": 1}, {"cut": 1}, {"times": [0.01] * 9 + [3.0]}, {"times": []}):
        assert not step(**fault).held and "not held" in step(**fault).words


@pytest.mark.once
def test_the_sum_says_what_was_held_and_what_was_the_limit():
    said: list[str] = []
    assert load._sum_up([step(offered=50.0), step(offered=100.0), step(offered=200.0, late=3)], said.append)
    assert "holds 100 lines a second" in said[0] and len(said) == 1
    said.clear()
    assert load._sum_up([step(busy=0.99)], said.append)
    assert "not brought to its limit" in said[1] and "whole core" in said[2]
    assert not load._sum_up([step(late=1)], said.append)


COUNT = "from tests.doctor.test_load import rows; result = rows()"
COME_AND_GO = ("core.Lease", "core.Process")
MEASURE = ("--load", "--seconds", "5", "--chats", "3")


def examined(site) -> tuple[bool, str]:
    """Is nothing wrong, and what was said. On a busy machine even the lowest rate may be missed, but not each time."""
    for _ in range(5):
        try:
            well, said = True, site.manage("doctor", "--url", site.url, *MEASURE)
        except RuntimeError as failed:
            well, said = False, str(failed)
        if "Not even the lowest rate" not in said:
            break
    return well, said


def changed(site, before: dict[str, int]) -> dict[str, int]:
    """Tables with another number of rows; leases come and go with open sockets, processes with servers."""
    return {name: n for name, n in site.run(COUNT).items() if n != before[name] and name not in COME_AND_GO}


@pytest.mark.server
@pytest.mark.timeout(400)  # a site is set up, started and measured; a busy machine takes its time
@pytest.mark.once
def test_a_real_site_is_examined_and_measured_and_keeps_nothing_of_it(server):
    before = server.run(COUNT)
    well, said = examined(server)
    assert well, said
    assert "This site holds" in said and "Removed 3 chats" in said and "wrong" not in said
    assert changed(server, before) == {}


@pytest.mark.server
@pytest.mark.timeout(400)  # a site is set up, started and measured; a busy machine takes its time
@pytest.mark.once
def test_behind_a_proxy_too_and_what_is_wrong_with_its_database_is_found(cluster):
    before = cluster.run(COUNT)
    well, said = examined(cluster)
    assert not well
    assert "fsync=off" in said and said.count("wrong") == 1, "the tests' own PostgreSQL does not wait for the disk"
    assert "This site holds" in said and "messages arrived, in order" in said
    assert changed(cluster, before) == {}
