"""Instant messages over the agents' sockets: acknowledged, pushed, found out when lost, hidden behind the lock."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from core import realtime
from core.db import db_call
from core.realtime import Faults
from interactions import inbox, pulse
from interactions.models import ContactSession, InstantMessage
from tests.protocol.clients import Dialer, InProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(world):
    """Sockets run on the real time."""
    world.clock.now = timezone.now()
    return world


@pytest.fixture
async def dial(transactional_db, monkeypatch):
    """Sockets in process; their pulse beats only when a test says so."""
    monkeypatch.setattr(pulse, "TURN", 3600)
    dialer = Dialer(InProcess, settings.ORIGINS[0])
    yield dialer
    realtime.inject(None)
    await dialer.hang_up()
    await realtime.stop()


async def say(client, to, text="Hello", **more) -> dict:
    """Returns what answered it."""
    await client.say(**({"type": "im_send", "agent": str(to.id), "id": str(uuid.uuid4()), "text": text} | more))
    return await client.frame("im_ack", "nack", "error")


async def test_a_line_is_acknowledged_and_reaches_every_tab_of_both(dial, world):
    ana, bo = await dial.agent(world.ana), await dial.agent(world.bo)
    other, cy = await dial.agent(world.bo, tab="other"), await dial.agent(world.cy)
    await ana.say(type="im_send", agent=str(world.bo.id), id=str(uuid.uuid4()), text="Hello Bo")
    told = {frame["type"]: frame for frame in [await ana.frame(), await ana.frame()]}
    assert (told["im_ack"]["agent"], told["im_ack"]["number"]) == (str(world.bo.id), 1)
    for frame in (told["im"], await bo.frame("im"), await other.frame("im")):
        assert (frame["line"]["text"], frame["inbox"]) == ("Hello Bo", 1)
    await cy.silence()


async def test_the_ack_comes_after_the_commit(dial, world):
    ana = await dial.agent(world.ana)
    ack = await say(ana, world.bo)
    assert await db_call(InstantMessage.objects.filter(client_id=ack["id"]).exists)


async def test_the_same_id_over_two_sockets(dial, world):
    id = str(uuid.uuid4())
    first = await say(await dial.agent(world.ana), world.bo, id=id)
    again = await say(await dial.agent(world.ana, tab="other"), world.bo, id=id)
    assert first == again
    assert await db_call(InstantMessage.objects.count) == 1


async def test_refusals_name_the_line(dial, world):
    ana = await dial.agent(world.ana)
    for more, code in [
        ({"agent": str(world.ana.id)}, "self"),
        ({"agent": str(uuid.uuid4())}, "not_found"),
        ({"interaction": str(uuid.uuid4())}, "not_found"),
        ({"text": " "}, "invalid"),
        ({"text": "x" * 2001}, "invalid"),
        ({"extra": 1}, "invalid"),
    ]:
        id = str(uuid.uuid4())
        answer = await say(ana, world.bo, **{"id": id, **more})
        assert (answer["type"], answer["code"], answer["id"]) == ("nack", code, id)
    assert await db_call(InstantMessage.objects.count) == 0


async def test_what_was_seen_is_told_to_both(dial, world):
    ana, bo = await dial.agent(world.ana), await dial.agent(world.bo)
    await say(ana, world.bo)
    await bo.say(type="im_seen", agent=str(world.ana.id), number=1)
    assert (await ana.frame("im_seen"))["conversation"]["their_seen"] == 1
    assert (await bo.frame("im_seen"))["unread"] == 0


async def test_the_contact_has_no_such_frames(dial, world):
    chat = await db_call(world.handled, world.ana)
    kim = await dial.contact(chat, await db_call(ContactSession.issue, chat, world.now))
    await kim.say(type="im_send", agent=str(world.ana.id), id=str(uuid.uuid4()), text="Hello")
    assert (await kim.frame("nack", "error"))["code"] in ("malformed", "invalid")
    assert await db_call(InstantMessage.objects.count) == 0


async def test_the_inbox_is_in_the_welcome_and_in_every_beat(dial, world):
    await db_call(world.im, world.bo, world.ana, "while you were away")
    ana = await dial.agent(world.ana)
    assert ana.welcome["snapshot"]["inbox"]["unread"] == 1
    assert ana.welcome["snapshot"]["inbox"]["conversations"][0]["last"] == "while you were away"
    await pulse.pulse.turn(timezone.now() + timedelta(seconds=10.5))
    assert (await ana.frame("beat"))["heads"]["inbox"] == 1


async def test_a_lost_push_is_found_out_by_the_next_beat(dial, world):
    bo = await dial.agent(world.bo)
    realtime.inject(Faults(drop=1.0))
    await db_call(world.im, world.ana, world.bo, "lost")
    realtime.inject(None)
    await bo.silence()
    await pulse.pulse.turn(timezone.now() + timedelta(seconds=10.5))
    beat = await bo.frame("beat")
    assert beat["heads"]["inbox"] > bo.welcome["snapshot"]["inbox"]["version"]
    missed = await db_call(inbox.lines, world.bo, world.ana, after=0)
    assert [line.text for line in missed.lines] == ["lost"]


async def test_pushes_that_overtake_each_other_arrive_in_order(dial, world):
    bo = await dial.agent(world.bo)
    with realtime.capture() as posts:
        for text in ("1", "2", "3"):
            await db_call(world.im, world.ana, world.bo, text)
    for text in ("1", "2", "3"):
        assert (await bo.frame("im"))["line"]["text"] == text
    later = await dial.agent(world.bo, tab="later")
    with realtime.capture() as posts:
        realtime.inject(Faults(drop=1.0))
        for text in ("4", "5", "6"):
            await db_call(world.im, world.ana, world.bo, text)
        await later.silence()
        realtime.inject(None)
    realtime.publish(list(reversed(posts)))
    assert [(await later.frame("im"))["line"]["text"] for _ in range(3)] == ["4", "5", "6"]


async def test_a_locked_workspace_neither_writes_nor_hears(dial, world):
    bo = await dial.agent(world.bo)
    bo.member = next(member for member in pulse.pulse.members if member.agent == world.bo.id)
    bo.member.locked = bo.member.outlet.muted = True
    assert (await say(bo, world.ana))["code"] == "locked"
    await db_call(world.im, world.ana, world.bo, "secret")
    await bo.silence()
    assert await db_call(InstantMessage.objects.count) == 1
