"""What docs/protocol.md promises about the sockets."""

import asyncio
import json
import uuid
from contextlib import suppress

import pytest
from websockets import ConnectionClosed

from core.db import db_call
from interactions import frames
from interactions.models import ContactSession, Message

pytestmark = pytest.mark.django_db(transaction=True)


def new() -> str:
    return str(uuid.uuid4())


# --- coming in --------------------------------------------------------------------------------


FOREIGN = [
    None,
    "null",
    "http://evil.example",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1",
    "{own}/",
    "http://127.0.0.1.evil.example:{port}",
]


@pytest.mark.parametrize("path", ["ws/agent/", "ws/contact/"])
async def test_a_foreign_page_is_told_and_closed(dial, path):
    port = dial.origin.rpartition(":")[2]
    for origin in FOREIGN:
        client = await dial.connect(path, origin=origin and origin.format(own=dial.origin, port=port))
        assert await client.closed() == 4403, origin


async def test_nobody_without_a_session(dial, world):
    client = await dial.connect("ws/agent/")
    assert await client.closed() == 4401
    client = await dial.connect("ws/agent/", cookie="invented")
    assert await client.closed() == 4401


async def test_a_contact_needs_the_token_of_the_chat(dial, world, chat):
    other = await db_call(world.chat)
    foreign = await db_call(ContactSession.issue, other, world.now)
    for token in ("invented", foreign, chat.secret[:-1]):
        client = await dial.connect("ws/contact/")
        await client.say(type="hello", tab="t", token=token, chat=str(chat.id))
        assert await client.closed() == 4401


NO_TAB = '{"type":"hello","tab":"\\u0000","token":"x","chat":"00000000-0000-0000-0000-000000000001"}'


async def test_the_first_frame_is_hello(dial, world, chat):
    for first in ("", "{", '{"type":"beat"}', '{"type":"hello"}', '{"type":"hello","tab":"t","more":1}', NO_TAB):
        client = await dial.connect("ws/contact/")
        await client.raw(first)
        assert await client.closed() == 4400, first
    client = await dial.connect("ws/contact/")
    await client.raw("x" * 300_000)
    assert await client.closed() == (4400 if dial.kind == "daphne" else 1009)


async def test_welcome_is_the_desk(dial, world, chat):
    ana = await dial.agent(world.ana)
    assert ana.welcome["protocol"] == frames.PROTOCOL
    [view] = ana.welcome["snapshot"]["interactions"]
    assert view["id"] == str(chat.id)
    assert {lane["lane"] for lane in view["lanes"]} == {"public", "internal"}


async def test_welcome_of_a_contact_has_nothing_internal(dial, world, chat):
    kim = await dial.contact(chat, chat.secret)
    snapshot = kim.welcome["snapshot"]
    assert set(snapshot) == {
        "id", "state", "offline", "public_version", "number", "me", "name", "agents", "text_limit", "texts",
        "message_offered", "survey", "transcript"
    }  # fmt: skip
    assert [agent["nickname"] for agent in snapshot["agents"]] == ["Ana", "Bo"]


# --- lines ------------------------------------------------------------------------------------


async def test_a_line_is_acknowledged_and_reaches_everybody(dial, world, chat):
    ana, bo, kim = await dial.agent(world.ana), await dial.agent(world.bo), await dial.contact(chat, chat.secret)
    id = new()
    ack = await kim.ask(interaction=str(chat.id), id=id, text="I was charged twice")
    assert (ack["type"], ack["id"], ack["lane"]) == ("ack", id, "public")
    for client in (ana, bo):
        line = await client.frame("message")
        assert (line["text"], line["number"], line["id"]) == ("I was charged twice", ack["number"], id)
    assert await db_call(Message.objects.filter(client_id=id).count) == 1


async def test_the_same_id_again_has_the_same_number(dial, world, chat):
    ana = await dial.agent(world.ana)
    line = {"interaction": str(chat.id), "id": new(), "text": "Hello"}
    first = await ana.ask(**line)
    assert await ana.ask(**line) == first
    assert (await ana.ask(**line | {"id": new()}))["number"] == first["number"] + 1


async def test_everybody_reads_the_same_order(dial, world, chat):
    people = [await dial.agent(world.ana), await dial.agent(world.bo), await dial.contact(chat, chat.secret)]

    async def write(client) -> None:
        for _ in range(10):
            await client.say(type="send", interaction=str(chat.id), id=new(), text=f"from {id(client)}")

    await asyncio.gather(*(write(client) for client in people))
    read = [[(await client.frame("message"))["id"] for _ in range(30)] for client in people]
    assert read[0] == read[1] == read[2]


WRONG = [
    ({"text": ""}, "invalid"),
    ({"text": "x" * 2001}, "invalid"),
    ({"text": "\x07"}, "invalid"),
    ({"text": 5}, "invalid"),
    ({"more": 1}, "invalid"),
    ({"lane": "internal"}, "not_found"),
    ({"lane": "invented"}, "not_found"),
    ({"interaction": str(uuid.UUID(int=1))}, "not_found"),
    ({"lane": "a\0"}, "invalid"),  # PostgreSQL would refuse the whole batch
]


async def test_a_refused_line_is_told_by_its_id(dial, world, chat):
    kim = await dial.contact(chat, chat.secret)
    for wrong, code in WRONG:
        line = {"interaction": str(chat.id), "id": new(), "text": "Hello"}
        nack = await kim.ask(**line | wrong)
        assert (nack["type"], nack["id"], nack["code"]) == ("nack", line["id"], code)
        assert (await kim.ask(**line))["type"] == "ack"


async def test_who_left_is_refused(dial, world, chat):
    bo = await dial.agent(world.bo)
    await db_call(world.end, chat, world.bo, "leave")
    nack = await bo.ask(interaction=str(chat.id), id=new(), text="too late")
    assert nack["code"] == "not_party"


async def test_internal_lines_never_reach_the_contact(dial, world, chat):
    ana, bo, kim = await dial.agent(world.ana), await dial.agent(world.bo), await dial.contact(chat, chat.secret)
    ack = await ana.ask(interaction=str(chat.id), id=new(), text="canary", lane="internal")
    await ana.say(type="typing", interaction=str(chat.id), lane="internal")
    await bo.say(type="seen", interaction=str(chat.id), lane="internal", number=ack["number"])
    await ana.frame("seen")
    await kim.silence()


# --- coming back ------------------------------------------------------------------------------


async def test_missed_lines_come_after_the_welcome(dial, world, chat):
    seen = await db_call(world.line, chat, None, "seen")
    await db_call(world.line, chat, None, "missed")
    await db_call(world.line, chat, world.bo, "missed too", "internal")
    cursors = {str(chat.id): {"public": seen.number, "internal": 0}}
    ana = await dial.agent(world.ana, cursors=cursors)
    missed = [await ana.frame(), await ana.frame()]
    assert [(line["lane"], line["text"]) for line in missed] == [("public", "missed"), ("internal", "missed too")]
    kim = await dial.contact(chat, chat.secret, after=seen.number)
    assert (await kim.frame())["text"] == "missed"
    await kim.silence()


async def test_too_much_missed_is_reloaded(dial, world, chat):
    await db_call(_fill, world, chat)
    kim = await dial.contact(chat, chat.secret, after=1)
    assert (await kim.frame())["type"] == "reload"
    ana = await dial.agent(world.ana, cursors={str(chat.id): {"public": 1}})
    assert (await ana.frame())["type"] == "reload"


def _fill(world, chat) -> None:
    lane = chat.lanes.get(name="public")
    kim = chat.parties.get(kind="contact")
    rows = [
        Message(lane=lane, number=lane.head + n, party=kim, client_id=uuid.uuid4(), text="x", at=world.now)
        for n in range(1, frames.RESUME_LIMIT + 5)
    ]
    Message.objects.bulk_create(rows)
    lane.head += len(rows)
    lane.save()


async def test_nothing_is_lost_between_snapshot_and_live(dial, world, chat):
    """Lines are written all the time while a socket is greeted."""
    bo = await dial.agent(world.bo)
    before = await db_call(lambda: chat.lanes.get(name="public").head)

    async def write() -> None:
        for number in range(15):
            await bo.ask(interaction=str(chat.id), id=new(), text=f"{number}")

    async def come(number: int) -> list[int]:
        kim = await dial.contact(chat, chat.secret, tab=f"tab {number}", after=before)
        return [(await kim.frame("message"))["number"] for _ in range(15)]

    *read, _ = await asyncio.gather(*(come(number) for number in range(3)), write())
    assert read == [list(range(before + 1, before + 16))] * 3


async def test_the_same_tab_again_closes_the_older_socket(dial, world, chat):
    first, other = await dial.agent(world.ana, tab="one"), await dial.agent(world.ana, tab="two")
    again = await dial.agent(world.ana, tab="one")
    assert await first.closed() == 4409
    for client in (other, again):
        await client.silence()


# --- while it lives ---------------------------------------------------------------------------


async def test_a_beat_carries_the_heads(dial, world, chat):
    ana, kim = await dial.agent(world.ana), await dial.contact(chat, chat.secret)
    for client in (ana, kim):
        await client.say(type="beat")
    beat = await ana.frame("beat")
    [view] = ana.welcome["snapshot"]["interactions"]
    heads = {lane["lane"]: lane["head"] for lane in view["lanes"]}
    marks = dict.fromkeys(heads, 0)
    assert beat["heads"]["interactions"] == {str(chat.id): {"version": view["version"], "lanes": heads, "marks": marks}}
    assert beat["heads"]["agent"] == ana.welcome["snapshot"]["agent"]["version"]
    beat = await kim.frame("beat")
    snapshot = kim.welcome["snapshot"]
    assert beat["heads"] == {name: snapshot[name] for name in ("public_version", "number")} | {"marks": 0}


async def test_typing_and_seen_are_told(dial, world, chat):
    ana, kim = await dial.agent(world.ana), await dial.contact(chat, chat.secret)
    await ana.say(type="typing", interaction=str(chat.id))
    typing = await kim.frame("typing")
    assert (typing["lane"], typing["on"]) == ("public", True)
    await kim.say(type="seen", interaction=str(chat.id), number=1)
    seen = await ana.frame("seen")
    assert (seen["lane"], seen["number"]) == ("public", 1)


async def test_delivered_is_told_and_the_next_beat_adds_it_up(dial, world, chat):
    ana, bo, kim = await dial.agent(world.ana), await dial.agent(world.bo), await dial.contact(chat, chat.secret)
    internal = await bo.ask(interaction=str(chat.id), id=new(), text="canary", lane="internal")
    other = str(uuid.UUID(int=1))
    cursors = {str(chat.id): {"public": 2, "internal": internal["number"], "invented": 1}, other: {"public": 1}}
    await ana.say(type="delivered", cursors=cursors)
    told = {(frame["lane"], frame["number"]) for frame in [await bo.frame("delivered"), await bo.frame("delivered")]}
    assert told == {("public", 2), ("internal", internal["number"])}
    frame = await kim.frame("delivered")
    assert (frame["lane"], frame["number"]) == ("public", 2)
    await kim.silence()
    for client in (bo, kim):
        await client.say(type="beat")
    marks = (await bo.frame("beat"))["heads"]["interactions"][str(chat.id)]["marks"]
    assert marks == {"public": 2, "internal": internal["number"]}
    assert (await kim.frame("beat"))["heads"]["marks"] == 2


async def test_a_contact_marks_no_other_chat(dial, world, chat):
    kim = await dial.contact(chat, chat.secret)
    await kim.say(type="delivered", cursors={str(uuid.UUID(int=1)): {"public": 1}})
    assert (await kim.frame())["code"] == "not_found"


async def test_a_second_hello_is_an_error(dial, world, chat):
    ana = await dial.agent(world.ana)
    await ana.say(type="hello", tab="other")
    assert (await ana.frame())["code"] == "greeted"
    await ana.silence()


MALFORMED = [
    "", " ", "null", "true", "5", '"text"', "[]", "{}", "{", "}", "[" * 5000, '{"a":' * 5000,
    '{"type":null}', '{"type":"send"}', '{"type":"welcome"}', '{"type":"nonsense"}', '{"type":"typing"}',
    '{"type":"seen","interaction":"x","number":1}', '{"type":"beat","more":1}', '{"type":"send","id":"x"}',
    '{"type":"seen","interaction":"00000000-0000-0000-0000-000000000001","number":-1}',
    '{"type":"seen","interaction":"00000000-0000-0000-0000-000000000001","number":1e400}',
    '{"type":"seen","interaction":"00000000-0000-0000-0000-000000000001","number":' + "9" * 400 + "}",
    '{"type":"typing","interaction":"00000000-0000-0000-0000-000000000001","on":"yes"}',
    '{"type":"typing","interaction":"00000000-0000-0000-0000-000000000001","lane":"a\\u0000"}',
    json.dumps({"type": "delivered", "cursors": {str(uuid.UUID(int=1)): {f"invented-{n}": 1 for n in range(33)}}}),
    '{"type":"\\ud800"}', "\x00", "\ufeff{}", b"", b"\xff\xfe", b'{"type":"beat"}',
    "x" * 70_000, b"x" * 70_000, '{"type":"send","text":"' + "\U0001f600" * 20_000 + '"}',
]  # fmt: skip


async def test_malformed_frames_are_answered_and_the_socket_lives(dial, world, chat):
    ana = await dial.agent(world.ana)
    for text in MALFORMED:
        await ana.raw(text)
        answer = await ana.frame()
        assert answer["type"] == "error", (text[:60], answer)
        await asyncio.sleep(0.04)  # under the limit of frames per second
    assert (await ana.ask(interaction=str(chat.id), id=new(), text="still here"))["type"] == "ack"


async def test_huge_frames_close(dial, world, chat):
    ana = await dial.agent(world.ana)
    await ana.raw(json.dumps({"type": "send", "text": "x" * 300_000}))
    assert await ana.closed() == (4400 if dial.kind == "daphne" else 1009)


async def test_flooding_closes(dial, world, chat):
    ana = await dial.agent(world.ana)
    with suppress(ConnectionClosed):
        for _ in range(200):  # far more than a busy machine may read in the time that would allow them
            await ana.say(type="nonsense")
    assert await ana.closed() == 4429
    again = await dial.agent(world.ana)
    await again.silence()
