"""What is written to one socket in one moment leaves in one piece, in order, and never after its end."""

import asyncio
from types import SimpleNamespace

import pytest
from websockets.protocol import State

from core.keepalive import Protocol
from core.wire import text_frame


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
