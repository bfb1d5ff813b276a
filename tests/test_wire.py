"""What clients say is read alike, in one piece or in many: never more, less or other than by the library.

The quick way for whole texts is compared with uvicorn's own protocol, fed with the same bytes in the same pieces.
"""

import asyncio
from random import Random

import pytest
from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Close, Frame, Opcode

from core import keepalive
from core.wire import still_due, whole_text

pytestmark = pytest.mark.once

HANDSHAKE = (
    b"GET /ws/contact/ HTTP/1.1\r\nHost: parley\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
CLOSE = Close(1000, "").serialize()


def framed(text: str | bytes, opcode=Opcode.TEXT, fin=True, mask=True) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return Frame(opcode, data, fin).serialize(mask=mask, extensions=[])


def wide(text: str, size: int) -> bytes:
    """With a length of so many bytes, however short it is."""
    mark, data = {2: 126, 8: 127}[size], text.encode()
    return bytes((0x81, 0x80 | mark)) + len(data).to_bytes(size, "big") + bytes(4) + data


@pytest.mark.parametrize("length", [2, 125, 126, 127, 133, 65535])
def test_a_whole_text_is_read(length):
    text = "é" + "x" * (length - 2)
    assert whole_text(framed(text)) == text


SPECIAL = {
    "nothing": b"",
    "no text": framed(""),
    "longer than 64 KiB": framed("x" * 65536),
    "unmasked": framed("Hello", mask=False),
    "the first of several": framed("Hello", fin=False),
    "binary": framed("Hello", Opcode.BINARY),
    "a ping": framed("Hello", Opcode.PING),
    "no UTF-8": framed(b"\xff\xfe\xfd"),
    "two at once": framed("Hello") + framed("Again"),
    "a part": framed("Hello")[:-1],
    "the beginning of the next": framed("Hello") + b"\x81",
    "a reserved bit": b"\xc1" + framed("Hello")[1:],
    "a length in eight bytes": b"\x81\xff" + framed("x" * 127)[4:],
}


@pytest.mark.parametrize("what", SPECIAL)
def test_all_else_is_left_to_the_library(what):
    """By name: masks are drawn anew in each process, and every process must know the same tests."""
    assert whole_text(SPECIAL[what]) is None


def test_what_is_due_is_known_wherever_a_stream_is_cut():
    each = [framed("x" * length) for length in (0, 5, 125, 126, 700)] + [framed("x" * 65536)]
    stream, ends = b"".join(each), set()
    for frame in each:
        ends.add(len(frame) + max(ends, default=0))
    for cut in (*range(1, 900), len(stream) - 65_000, len(stream) - 1, len(stream)):
        due = still_due(stream[:cut], 0)
        assert (due == 0) == (cut in ends), cut
        assert due is None or cut + due in ends, cut
        if due:
            assert still_due(stream[cut:], due) == 0


class Transport:
    """Takes everything; counts how often it is no longer to be read."""

    def __init__(self):
        self.closing, self.pauses = False, 0

    def get_extra_info(self, name):
        return None

    def write(self, data):
        pass

    def is_closing(self):
        return self.closing

    def close(self):
        self.closing = True

    def pause_reading(self):
        self.pauses += 1

    def resume_reading(self):
        pass


async def heard(kind: type, pieces: list[bytes], prompt: bool) -> tuple[list, Transport]:
    """What an application hears of these pieces; `prompt`: it listens between any two."""
    messages, transport, listens = [], Transport(), asyncio.Event()

    async def application(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        await listens.wait()
        while True:
            messages.append(await receive())
            if messages[-1]["type"] == "websocket.disconnect":
                return

    config = Config(application, lifespan="off", ws_max_size=1 << 20, ws_ping_interval=None, log_config=None)
    config.load()
    protocol = kind(config, ServerState(), {})
    protocol.connection_made(transport)
    protocol.data_received(HANDSHAKE)
    await turns()
    if prompt:
        listens.set()
    for piece in pieces:
        if not transport.closing:
            protocol.data_received(piece)
        if prompt:
            await turns()
    listens.set()
    await turns()
    protocol.connection_lost(None)
    await turns()
    return messages, transport


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def conversation(random: Random) -> list[bytes]:
    """Frames as clients send them, and at the end some that break the rules."""
    good = [
        lambda: framed("{}" * random.randrange(1, 400)),
        lambda: framed("grüße " * random.randrange(1, 40)),
        lambda: framed(""),
        lambda: framed("", fin=False) + framed("", Opcode.CONT, fin=False) + framed("late", Opcode.CONT),
        lambda: framed("x" * 70_000),
        lambda: wide("short", 2) + wide("short", 8),
        lambda: framed("half ", fin=False) + framed(b"now", Opcode.PING) + framed("done", Opcode.CONT),
        lambda: framed(b"\0\1", Opcode.BINARY),
        lambda: framed(b"", Opcode.PONG),
    ]
    last = [
        framed(b"\xff\xfe\xfd"),
        framed("half ", fin=False) + framed("no", Opcode.TEXT),
        framed("", fin=False) + framed("no", Opcode.TEXT),
        framed("nothing began", Opcode.CONT),
        framed("bare", mask=False),
        b"\xc1" + framed("squeezed")[1:],
        b"\x83" + framed("a kind that is none")[1:],
        b"\x09" + framed("half a ping", Opcode.PING)[1:],
        wide("x" * 126, 2).replace(b"\x81", b"\x89", 1),
        b"\x81\xff" + (1 << 20 | 1).to_bytes(8, "big") + bytes(4) + b"more than anybody may say",
        framed((999).to_bytes(2, "big"), Opcode.CLOSE) + framed("late"),
        framed(CLOSE, Opcode.CLOSE) + framed("late"),
        b"",
    ]
    return [*(random.choice(good)() for _ in range(random.randrange(12))), random.choice(last)]


def cut(random: Random, frames: list[bytes]) -> list[bytes]:
    """Mostly whole, as networks deliver what is short; some in pieces, some together."""
    pieces, rest = [], b""
    for frame in frames:
        rest += frame
        while rest and random.random() < 0.8:
            size = len(rest) if random.random() < 0.8 else random.randrange(1, len(rest) + 1)
            pieces.append(rest[:size])
            rest = rest[size:]
    return [piece for piece in (*pieces, rest) if piece]


@pytest.mark.parametrize("prompt", [True, False])
def test_an_application_hears_what_it_would_hear_from_the_library(prompt, caplog):
    caplog.set_level("CRITICAL")
    whole = 0
    for seed in range(120):
        random = Random(seed)
        pieces = cut(random, conversation(random))
        plain = asyncio.run(heard(WebSocketsSansIOProtocol, pieces, prompt))[0]
        quick = asyncio.run(heard(keepalive.Protocol, pieces, prompt))[0]
        assert [_heard(each) for each in quick] == [_heard(each) for each in plain], seed
        whole += sum(whole_text(piece) is not None for piece in pieces)
    assert whole > 40


def _heard(message: dict) -> tuple:
    """How a connection broke is told otherwise, on purpose."""
    gone = message["type"] == "websocket.disconnect"
    return (message["type"],) if gone else (message["type"], message.get("text"), message.get("bytes"))


@pytest.mark.parametrize("prompt, pauses", [(True, 0), (False, 1)])
def test_a_socket_is_read_until_so_many_texts_wait(prompt, pauses):
    messages, transport = asyncio.run(heard(keepalive.Protocol, [framed("Hello")] * keepalive.AHEAD, prompt))
    assert [message.get("text") for message in messages][:-1] == ["Hello"] * keepalive.AHEAD
    assert transport.pauses == pauses
