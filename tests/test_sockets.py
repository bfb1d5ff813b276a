"""Sockets over time: beats, leases, sessions, outages, losses. The time is given; nobody waits for it."""

import asyncio
import threading
import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.utils import timezone

from core import leases, realtime, socket
from core.db import db_call
from core.models import Lease, Process
from core.realtime import Faults, Post
from interactions import pulse, transcript
from interactions.actions import arrival, closing, locking
from interactions.consumers import AgentConsumer
from interactions.models import ContactSession, Message, Party
from interactions.transcript import Author, writing
from tests.protocol.clients import Dialer, InProcess, cookie_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(world):
    """Sockets run on the real time; only what they are given as `now` moves."""
    world.clock.now = timezone.now()
    return world


@pytest.fixture
def chat(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    chat.secret = ContactSession.issue(chat, world.now)
    return chat


@pytest.fixture
async def dial(transactional_db, monkeypatch):
    """Sockets in process; their pulse beats only when a test says so."""
    monkeypatch.setattr(pulse, "TURN", 3600)
    dialer = Dialer(InProcess, settings.ORIGINS[0])
    yield dialer
    realtime.inject(None)
    await dialer.hang_up()
    await realtime.stop()


async def turn(seconds: float) -> None:
    """One turn of the pulse, so long from now."""
    await pulse.pulse.turn(timezone.now() + timedelta(seconds=seconds))


def held(**which) -> list[Lease]:
    """`until`: when each runs out as things stand."""
    return list(Lease.objects.filter(**which).exclude(tab=leases.POLLER).annotate(until=Lease.end()))


# --- presence ---------------------------------------------------------------------------------


async def test_a_lease_is_opened_renewed_and_closed(dial, world, chat):
    before = timezone.now()
    ana = await dial.agent(world.ana, tab="one")
    [lease] = await db_call(held, holder=world.ana.holder)
    assert lease.tab == "one" and lease.until > before + timedelta(seconds=28)
    await turn(20)
    [renewed] = await db_call(held, holder=world.ana.holder)
    assert renewed.until >= lease.until + timedelta(seconds=19)
    await ana.close()
    [closed] = await db_call(held, holder=world.ana.holder)
    assert closed.until <= timezone.now() + leases.LINGER


async def test_a_process_that_was_given_up_opens_its_leases_anew(dial, world, chat):
    """It slept, or its clock stood, for longer than another process waits."""
    ana, bo = await dial.agent(world.ana), await dial.agent(world.bo)
    await turn(0)
    await db_call(leases.purge, timezone.now() + timedelta(days=3))
    assert await db_call(held) == []
    began = timezone.now()
    await turn(6)
    held_now = {lease.holder: lease.until for lease in await db_call(held)}
    assert set(held_now) == {world.ana.holder, world.bo.holder}
    assert min(held_now.values()) > began + timedelta(seconds=30)
    await ana.close()
    [closed] = await db_call(held, holder=world.ana.holder)
    assert closed.until <= timezone.now() + leases.LINGER, "it is the new one that ends"
    await bo.close()


async def test_a_lease_that_could_not_be_ended_runs_out_though_its_process_lives(dial, world, chat, monkeypatch):
    """The database was away just when the tab was closed: nobody stays here for ever by that."""
    await db_call(Lease.objects.all().delete)
    ana, bo = await dial.agent(world.ana), await dial.agent(world.bo)
    await turn(0)
    with monkeypatch.context() as outage:
        outage.setattr(leases, "close", _away)
        await ana.close()
    await _turns(91)
    assert await db_call(_present, world, 91) == {world.bo.holder}
    await bo.close()


async def test_who_goes_while_their_lease_is_opened_anew_is_gone(dial, world, chat, monkeypatch):
    opening, gone, open_ = threading.Event(), threading.Event(), leases.open

    def slowly(*given):
        opening.set()
        gone.wait(60)
        return open_(*given)

    ana, bo = await dial.agent(world.ana), await dial.agent(world.bo)
    await turn(0)
    await db_call(leases.purge, timezone.now() + timedelta(days=3))
    monkeypatch.setattr(leases, "open", slowly)
    renewing = asyncio.create_task(turn(6))
    await asyncio.to_thread(opening.wait, 60)
    await ana.close()
    gone.set()
    await renewing
    await _turns(97)
    assert await db_call(_present, world, 97) == {world.bo.holder}
    await bo.close()


async def _turns(seconds: int) -> None:
    """As they come while nobody comes or goes."""
    for second in range(10, seconds, 5):
        await turn(second)


def _present(world, seconds: float) -> set[str]:
    return leases.live([world.ana.holder, world.bo.holder], timezone.now() + timedelta(seconds=seconds))


async def test_a_clock_that_was_set_back_stops_neither_beats_nor_leases(dial, world, chat):
    """What was to come next is an hour ahead then; who comes now would count as gone half a minute later."""
    ana = await dial.agent(world.ana)
    await turn(3600)
    await ana.frame("beat")
    await db_call(Process.objects.update, expires_at=timezone.now())
    began = timezone.now()
    await turn(0)
    await ana.frame("beat")
    [renewed] = await db_call(held, holder=world.ana.holder)
    assert began + leases.TERM <= renewed.until <= timezone.now() + leases.TERM


async def test_coming_back_is_told(dial, world, chat):
    away = Party.objects.filter(interaction=chat)
    await db_call(away.update, away_since=world.now)
    await dial.agent(world.ana)
    await dial.contact(chat, chat.secret)
    left = await db_call(lambda: set(away.exclude(away_since=None).values_list("nickname", flat=True)))
    assert left == {"Bo"}


async def test_coming_and_going_wakes_the_engine(dial, world, chat):
    woken = asyncio.Event()
    realtime.on_wake("engine", woken.set)
    ana = await dial.agent(world.ana)
    await asyncio.wait_for(woken.wait(), 60)
    woken.clear()
    await ana.close()
    await asyncio.wait_for(woken.wait(), 60)


# --- sessions ---------------------------------------------------------------------------------


def _deactivate(world):
    world.ana.user.is_active = False
    world.ana.user.save()


def _change_password(world):
    world.ana.user.set_password("another")
    world.ana.user.save()


def _sign_out(world):
    Session.objects.all().delete()


def _let_expire(world):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("revoke", [_deactivate, _change_password, _sign_out, _let_expire])
async def test_a_revoked_session_ends_its_sockets_with_the_next_beat(dial, world, chat, revoke):
    ana = await dial.agent(world.ana)
    await turn(10.5)
    await ana.frame("beat")
    await db_call(revoke, world)
    await turn(21)
    assert await ana.closed() == 4401


async def test_a_hint_ends_them_at_once_and_leaves_other_sessions(dial, world, chat):
    here, there = await dial.agent(world.ana, tab="here"), await dial.agent(world.ana, tab="there")
    await db_call(lambda: Session.objects.first().delete())
    realtime.publish([Post((world.ana.holder,), control="recheck")])
    await asyncio.sleep(0)
    await turn(0)
    codes = await asyncio.gather(_code(here), _code(there))
    assert sorted(codes, key=str) == [4401, None]


async def _code(client) -> int | None:
    while (message := await client.socket.receive_output(2))["type"] != "websocket.close":
        if '"beat"' in message["text"]:
            return None
    return message["code"]


async def test_users_without_a_desk_are_signed_out(dial, world):
    cookie = await db_call(cookie_of, world.ana.user)
    await db_call(_deactivate, world)
    client = await dial.connect("ws/agent/", cookie=cookie)
    assert await client.closed() == 4401


async def test_a_silent_socket_is_closed(dial, world, monkeypatch):
    monkeypatch.setattr(socket, "HELLO_TIME", 0.05)
    client = await dial.connect("ws/contact/")
    assert await client.closed() == 4400


# --- beats ------------------------------------------------------------------------------------


async def test_beats_come_every_ten_seconds_in_one_look(dial, world, chat, monkeypatch):
    looks = []
    look = pulse._look
    monkeypatch.setattr(pulse, "_look", lambda due, now: looks.append(len(due)) or look(due, now))
    people = [await dial.agent(world.ana), await dial.agent(world.bo), await dial.contact(chat, chat.secret)]
    for seconds in (5, 10.5, 15, 21):
        await turn(seconds)
    assert looks == [3, 3]
    for client in people:
        await client.frame("beat")
        await client.frame("beat")


async def test_beats_heal_what_was_lost(dial, world, chat):
    """All pushes are lost; the heads say so, and nothing else is needed to find out what."""
    ana, kim = await dial.agent(world.ana), await dial.contact(chat, chat.secret)
    realtime.inject(Faults(drop=1.0))
    ack = await db_call(world.line, chat, world.bo, "lost")
    await db_call(world.end, chat, world.bo, "leave")
    await turn(10.5)
    [view] = ana.welcome["snapshot"]["interactions"]
    [head] = (await ana.frame("beat"))["heads"]["interactions"].values()
    assert head["version"] > view["version"] and head["lanes"]["public"] > ack.number
    assert (await kim.frame("beat"))["heads"]["public_version"] > kim.welcome["snapshot"]["public_version"]


async def test_heads_of_an_ended_part_stop_where_reading_does(dial, world, chat):
    bo = await dial.agent(world.bo)
    await db_call(world.end, chat, world.bo, "leave")
    until = await db_call(lambda: transcript.page(Author(chat.id, world.bo.id), lane="public").lines[-1].number)
    await db_call(world.line, chat, world.ana, "after")
    await turn(10.5)
    [head] = (await bo.frame("beat"))["heads"]["interactions"].values()
    assert head["lanes"]["public"] == until


def _agents_end(chat, world) -> None:
    world.end(chat, world.bo, "leave")
    world.end(chat, world.ana, "close")


def _leave(chat, world) -> None:
    arrival.leave(chat.id, now=world.clock.tick())


@pytest.mark.parametrize("end", [_agents_end, _leave])
async def test_heads_of_the_contact_equal_the_snapshot_at_every_end(dial, world, chat, end):
    await db_call(end, chat, world)
    kim = await dial.contact(chat, chat.secret)
    await turn(10.5)
    snapshot = kim.welcome["snapshot"]
    heads = (await kim.frame("beat"))["heads"]
    assert heads == {name: snapshot[name] for name in ("public_version", "number")} | {"marks": 0}
    page = await db_call(lambda: transcript.page(Author(chat.id), lane="public"))
    assert page.lines[-1].number == heads["number"]


async def test_what_is_done_leaves_the_heads(dial, world, chat):
    bo = await dial.agent(world.bo)
    await db_call(world.end, chat, world.bo, "leave")
    await db_call(lambda: closing.mark_done(chat.id, by=world.bo, now=world.clock.tick()))
    await turn(10.5)
    assert (await bo.frame("beat"))["heads"]["interactions"] == {}


async def test_queues_are_told_when_they_changed(dial, world, chat):
    ana = await dial.agent(world.ana)
    await turn(5.5)
    first = await ana.frame("queues")
    assert [queue["name"] for queue in first["queues"]] == ["Billing", "Network"]
    assert [queue["waiting"] for queue in first["queues"]] == [0, 0]
    await turn(11)
    await db_call(world.chat)
    await turn(17)
    again = await ana.frame("queues")
    assert [queue["waiting"] for queue in again["queues"]] == [1, 0]
    assert again["queues"][0]["longest_since"]


async def test_a_waiting_contact_is_told_the_place_in_line(dial, world):
    first, second = await db_call(world.chat), await db_call(world.chat)
    token = await db_call(ContactSession.issue, second, world.now)
    kim = await dial.contact(second, token)
    assert (await kim.frame("waiting"))["position"] == 2
    await turn(5.5)
    await db_call(_leave, first, world)
    await turn(11)
    assert (await kim.frame("waiting"))["position"] == 1


# --- outages ----------------------------------------------------------------------------------


def _away(*args, **kwargs):
    raise OperationalError("the database is away")


async def test_without_a_database_nothing_is_acknowledged_and_the_socket_lives(dial, world, chat, monkeypatch):
    ana = await dial.agent(world.ana)
    line = {"interaction": str(chat.id), "id": str(uuid.uuid4()), "text": "Hello"}
    with monkeypatch.context() as outage:
        outage.setattr(writing._lines, "_work", _away)
        await ana.say(type="send", **line)
        assert (await ana.frame())["code"] == "unavailable"
        assert await db_call(Message.objects.filter(client_id=line["id"]).count) == 0
    assert (await ana.ask(**line))["type"] == "ack"


async def test_without_a_database_beats_say_so(dial, world, chat, monkeypatch):
    ana = await dial.agent(world.ana)
    with monkeypatch.context() as outage:
        outage.setattr(pulse, "_look", _away)
        await turn(10.5)
        assert (await ana.frame())["code"] == "unavailable"
    await turn(16)
    await ana.frame("beat")


async def test_without_a_database_a_greeting_is_put_off(dial, world, chat, monkeypatch):
    monkeypatch.setattr(AgentConsumer, "show", _away)
    client = await dial.connect("ws/agent/", cookie=await db_call(cookie_of, world.ana.user))
    await client.say(type="hello", tab="one")
    assert await client.closed() == 4412


async def test_a_bug_in_one_frame_ends_no_socket(dial, world, chat, monkeypatch):
    ana = await dial.agent(world.ana)
    with monkeypatch.context() as bug:
        bug.setattr(transcript, "tell_typing", lambda *args, **kwargs: 1 / 0)
        await ana.say(type="typing", interaction=str(chat.id))
        assert (await ana.frame())["code"] == "failed"
    await ana.silence()


# --- the lock ---------------------------------------------------------------------------------


async def test_a_locked_session_gets_nothing_but_the_lock(dial, world, chat):
    cookie = await db_call(cookie_of, world.ana.user)
    ana = await dial.connect("ws/agent/", cookie=cookie)
    await ana.say(type="hello", tab="tab")
    await ana.frame("welcome")
    await db_call(locking.lock, world.ana.id, now=timezone.now())
    await turn(0)
    assert await ana.closed() == 4423

    ana = await dial.connect("ws/agent/", cookie=cookie)
    await ana.say(type="hello", tab="tab")
    lock = await ana.frame()
    assert (lock["type"], lock["name"], lock["rings"]) == ("locked", "Ana Ruiz", 0)
    line = {"lane": "public", "id": uuid.uuid4(), "text": "canary", "now": timezone.now()}
    await db_call(partial(transcript.append_now, Author(chat.id, world.bo.id), **line))
    await turn(0)
    assert (await ana.frame())["type"] == "locked", "it heard that there is something, and not what"
    assert (await ana.ask(interaction=str(chat.id), id=str(uuid.uuid4()), text="Hello"))["code"] == "locked"
    await ana.say(type="input")
    assert (await ana.frame())["code"] == "locked"
    await turn(11)
    assert (await ana.frame())["type"] == "locked", "no beat with heads, no queues"
    assert await db_call(leases.live, [world.ana.holder], timezone.now() + timedelta(seconds=29))

    await db_call(locking._unlock, world.ana.id, cookie, timezone.now())
    await turn(22)
    assert await ana.closed() == 4423
