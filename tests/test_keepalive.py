"""What is written to one socket in one moment leaves in one piece, in order, and never after its end."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
import uvloop
from uvicorn import Config
from uvicorn.server import ServerState
from websockets.protocol import State

from core import keepalive
from core.incoming import Incoming
from core.keepalive import Protocol
from core.wire import WRITE, text_frame
from tests.test_realtime import until
from tests.test_wire import HANDSHAKE
from tests.test_wire import Transport as AnyTransport


class Transport:
    def __init__(self):
        self.written, self.closing = [], False

    def write(self, data):
        self.written.append(data)

    def is_closing(self):
        return self.closing


def protocol() -> Protocol:
    """As after the handshake."""
    made = Protocol.__new__(Protocol)
    made.loop, made.transport, made._together = asyncio.get_running_loop(), Transport(), []
    made.handshake_complete, made.close_sent, made.writable = True, False, asyncio.Event()
    made.conn = SimpleNamespace(state=State.OPEN, extensions=[])
    made.writable.set()
    return made


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def frames(*texts: str) -> bytes:
    return b"".join(text_frame(text.encode()) for text in texts)


@pytest.mark.once
def test_a_line_and_the_answer_of_a_task_that_the_same_moment_woke_are_one_piece():
    async def scene():
        one, other = protocol(), protocol()
        assert one.write("line") and other.write("line")
        asyncio.get_running_loop().call_soon(one.write, "answer")
        await turns(3)
        assert one.transport.written == [frames("line", "answer")]
        assert other.transport.written == [frames("line")]
        assert one.write("next")
        await turns(3)
        assert one.transport.written == [frames("line", "answer"), frames("next")]

    asyncio.run(scene())


@pytest.mark.once
def test_what_is_sent_with_waiting_comes_after_what_was_written(monkeypatch):
    async def send(self, message):
        self.transport.write(message)

    monkeypatch.setattr(Protocol.__mro__[1], "send", send)

    async def scene():
        one = protocol()
        one.write("first")
        await one.send(b"then")
        await turns(3)
        assert one.transport.written == [frames("first"), b"then"]

    asyncio.run(scene())


@pytest.mark.once
def test_nothing_is_written_where_it_cannot_go():
    async def scene():
        slow, gone = protocol(), protocol()
        slow.writable.clear()
        assert not slow.write("never")
        assert gone.write("too late")
        gone.transport.closing = True
        await turns(3)
        assert slow.transport.written == gone.transport.written == []

    asyncio.run(scene())


@pytest.mark.once
def test_a_silent_socket_keeps_nothing_of_its_handshake(caplog):
    """Thousands are silent. What is not in the table of fields here is 1,500 bytes for each."""
    seen = []

    async def application(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        seen.append(scope)
        await receive()

    async def scene():
        config = Config(application, lifespan="off", log_config=None)
        config.load()
        made = Protocol(config, ServerState(), {})
        made.connection_made(AnyTransport())
        made.data_received(HANDSHAKE)
        await until(lambda: seen)
        assert not list(made.request.headers.raw_items()) and not list(made.response.headers.raw_items())
        assert vars(made) == {}
        made.connection_lost(None)
        await turns(3)

    asyncio.run(scene())


@pytest.mark.once
def test_who_could_not_be_written_to_is_again_when_it_reads():
    async def scene():
        one, other = protocol(), protocol()
        one.pause_writing()
        assert not one.write("never") and other.write("now")
        waits = asyncio.create_task(one.writable.wait())
        await turns(2)
        assert not waits.done()
        one.resume_writing()
        await turns(2)
        assert waits.done() and one.write("again")

    asyncio.run(scene())


@pytest.mark.once
def test_what_comes_in_waits_in_order_and_is_lost_by_nobody_who_stops_waiting():
    async def scene():
        queue = Incoming()
        waits = asyncio.create_task(queue.get())
        await turns(2)
        queue.put_nowait(1)
        waits.cancel()
        await asyncio.gather(waits, return_exceptions=True)
        queue.put_nowait(2)
        assert (queue.qsize(), queue.empty()) == (2, False)
        assert [await queue.get(), await queue.get()] == [1, 2]
        assert (queue.qsize(), queue.empty()) == (0, True)
        waits = asyncio.create_task(queue.get())
        await turns(2)
        queue.put_nowait(3)
        assert await waits == 3

    asyncio.run(scene())


@pytest.mark.once
@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_a_peer_that_never_reads_does_not_keep_its_connection(new_loop, monkeypatch):
    """When the application has done with it. Without a limit it would be there as long as the peer likes."""
    ended = []

    async def application(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        while scope["extensions"][WRITE]("x" * 100_000):  # noqa: ASYNC110 -- until the peer has stopped it
            await asyncio.sleep(0)
        ended.append(True)

    async def scene():
        config, state = Config(application, lifespan="off", log_config=None), ServerState()
        config.load()
        loop = asyncio.get_running_loop()
        async with await loop.create_server(lambda: Protocol(config, state, {}), "127.0.0.1", 0) as server:
            with socket.create_connection(server.sockets[0].getsockname()) as peer:
                peer.sendall(HANDSHAKE)
                await until(lambda: ended and not state.connections, 60)

    monkeypatch.setattr(keepalive, "LINGER", 0.5)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(scene())
