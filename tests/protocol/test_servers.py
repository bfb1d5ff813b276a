"""What only a real server shows: its end, readers that stop, two processes with Redis between them."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import uuid
from contextlib import contextmanager
from functools import partial

import msgspec
import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from redis import Redis
from websockets.exceptions import InvalidStatus

from core import clock, leases
from core.db import db_call
from core.models import Event, Lease
from core.realtime import Post
from interactions import frames
from interactions.models import Ring
from tests.servers import ROOT

from .clients import Dialer, OverNetwork, cookie_of
from .conftest import Server, environment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.server]


@pytest.fixture
async def dialer():
    """Dialers of servers; their sockets are closed when the test is over."""
    made: list[Dialer] = []

    def dial(server: Server) -> Dialer:
        made.append(Dialer(lambda: OverNetwork(server.port), server.origin))
        return made[-1]

    yield dial
    for each in made:
        await each.hang_up()


@pytest.fixture
def serve():
    """Servers that a test may kill."""
    running: list[Server] = []

    def start(kind: str, **env: str) -> Server:
        running.append(Server(kind, **env))
        return running[-1]

    yield start
    for server in running:
        server.process.kill()
        server.process.wait()


@pytest.mark.parametrize("kind", ["uvicorn", "daphne"])
async def test_a_server_that_stops_says_so(serve, dialer, world, chat, kind):
    server = await asyncio.to_thread(serve, kind)
    dial = dialer(server)
    people = [await dial.agent(world.ana), await dial.agent(world.bo), await dial.contact(chat, chat.secret)]
    server.process.send_signal(signal.SIGTERM)
    assert [await client.closed() for client in people] == [4412] * 3
    assert await asyncio.to_thread(server.process.wait, 10) in (0, -signal.SIGTERM)


@pytest.mark.parametrize("kind", ["uvicorn", "daphne"])
async def test_another_address_is_refused(servers, kind):
    client = OverNetwork(servers(kind).port)
    with pytest.raises(InvalidStatus, match="403"):
        await client.open("ws/elsewhere/", [])


async def test_a_reader_that_stops_is_closed_and_holds_up_nobody(redis_url, serve, dialer, world, chat):
    server = await asyncio.to_thread(serve, "uvicorn", REDIS_URL=redis_url)
    await _until(lambda: _listen(redis_url) == 1)
    layer = RedisPubSubChannelLayer(hosts=[redis_url])
    ana = await dialer(server).agent(world.ana)
    with _stopped_reader(server, await db_call(cookie_of, world.bo.user)):
        await _until(lambda: _is_here("stuck"))
        for _ in range(60):
            posts = [Post((world.bo.holder,), b'"' + b"x" * 4000 + b'"')] * 50
            data = msgspec.msgpack.encode(posts)
            await layer.group_send("parley", {"type": "parley", "origin": "test", "posts": data})
            ack = await ana.ask(interaction=str(chat.id), id=str(uuid.uuid4()), text="Hello")
            assert ack["type"] == "ack"
            await asyncio.sleep(0.05)
        await _until(lambda: not _is_here("stuck"))
    await layer.flush()


async def test_an_engine_alone_is_killed_and_its_successor_does_what_was_due_once(world):
    """Nothing that an engine knows is lost with it: time limits are rows. Asked to stop, it stops."""
    chat = await db_call(_rings_too_long, world)
    with _engine() as killed:
        await _until(lambda: _expired(chat) == 1)
        killed.kill()
    other = await db_call(_rings_too_long, world)
    assert await db_call(_expired, other) == 0
    with _engine() as stopped:
        await _until(lambda: _expired(other) == 1)
        stopped.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(stopped.wait, 60) == 0
    assert await db_call(_expired, chat) == 1


@contextmanager
def _engine():
    given = environment() | {"PARLEY_STEADY_SECONDS": "3600"}
    process = subprocess.Popen([sys.executable, "manage.py", "engine"], cwd=ROOT, env=given)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _rings_too_long(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    Ring.objects.open().update(expires_at=world.now)
    return chat


def _expired(chat) -> int:
    return Event.objects.filter(subject=chat.id, name="invitation.expired").count()


async def test_how_a_socket_ended_decides_how_long_its_lease_lives(servers, dialer, world, chat):
    """A closed tab is gone, a cut one may come back for thirty seconds, a silent one was silent for so long already."""
    dial = dialer(await asyncio.to_thread(servers, "impatient"))
    closed, cut, silent = [await dial.agent(who, tab=who.nickname) for who in (world.ana, world.bo, world.cy)]
    began = clock.now()
    await closed.close()
    cut.socket.transport.abort()
    silent.socket.transport.pause_reading()
    await _until(partial(_all_are_noticed, began))
    left, ended = await db_call(_leases), clock.now()
    assert began + leases.LINGER <= left["Ana"] <= ended + leases.LINGER
    assert began + leases.TERM <= left["Bo"] <= ended + leases.TERM
    assert began <= left["Cy"] <= ended


def _all_are_noticed(began) -> bool:
    """However long the server takes for it."""
    left, now = _leases(), clock.now()
    return left["Ana"] <= now + leases.LINGER and left["Bo"] >= began + leases.TERM and left["Cy"] <= now


def _leases() -> dict:
    return dict(Lease.objects.exclude(tab=leases.POLLER).values_list("tab", "expires_at"))


def _is_here(tab: str) -> bool:
    """Its socket is open: a closed one has a few seconds at most."""
    return Lease.objects.live(clock.now() + leases.LINGER).filter(tab=tab).exists()


def _listen(redis_url: str) -> int:
    """How many processes hear the others: each serves from its first moment on, and subscribes meanwhile."""
    with Redis.from_url(redis_url) as server:
        [(_, listeners)] = server.pubsub_numsub("asgi__group__parley")
        return listeners


async def _until(true) -> None:
    async with asyncio.timeout(60):
        while not await db_call(true):  # noqa: ASYNC110 -- rows tell nobody that they have changed
            await asyncio.sleep(0.05)


@contextmanager
def _stopped_reader(server: Server, cookie: str):
    """A tab that says hello and never reads a frame: a tiny buffer, nobody behind it."""
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        raw.connect(("127.0.0.1", server.port))
        request = (
            f"GET /ws/agent/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {server.origin}\r\nCookie: {settings.SESSION_COOKIE_NAME}={cookie}\r\n\r\n"
        )
        raw.sendall(request.encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 101")
        hello = json.dumps({"type": "hello", "tab": "stuck"}).encode()
        raw.sendall(bytes([0x81, 0x80 | len(hello), 0, 0, 0, 0]) + hello)
        yield


@pytest.mark.parametrize("faults", ["", "drop:0.3,double:0.1,reorder:0.1"])
async def test_two_processes_deliver_to_each_others_people(redis_url, serve, dialer, world, chat, faults):
    env = {"REDIS_URL": redis_url, "PARLEY_TEST": "1", "PARLEY_TEST_FAULTS": faults}
    one, two = await asyncio.gather(*(asyncio.to_thread(serve, "uvicorn", **env) for _ in range(2)))
    await _until(lambda: _listen(redis_url) == 2)
    ana, kim = await dialer(one).agent(world.ana), await dialer(two).contact(chat, chat.secret)
    said = [str(uuid.uuid4()) for _ in range(30)]
    acks = [await ana.ask(interaction=str(chat.id), id=id, text="Hello") for id in said]
    assert [ack["number"] for ack in acks] == list(range(acks[0]["number"], acks[0]["number"] + 30))
    if not faults:
        assert [(await kim.frame("message"))["id"] for _ in said] == said
    again = await dialer(two).contact(chat, chat.secret, tab="again", after=acks[0]["number"] - 1)
    assert [(await again.frame("message"))["id"] for _ in said] == said
    assert len(said) < frames.RESUME_LIMIT


async def test_one_tab_in_two_processes_is_one_tab(redis_url, serve, dialer, world, chat):
    one, two = await asyncio.gather(*(asyncio.to_thread(serve, "uvicorn", REDIS_URL=redis_url) for _ in range(2)))
    await _until(lambda: _listen(redis_url) == 2)
    first = await dialer(one).agent(world.ana, tab="same")
    again = await dialer(two).agent(world.ana, tab="same")
    assert await first.closed() == 4409
    await again.silence()
