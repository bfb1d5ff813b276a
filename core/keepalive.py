"""uvicorn's socket protocol, saying why a connection broke, and writing what is simple without a detour.

ASGI has one code for a cut and for silence. And a text frame of a server is its length and its bytes: to build it by
the library's state machine, and to wait for that in a task, costs more than all the rest of a delivery. What one socket
is sent in one moment (its own line, and the answer to it) goes out together: system calls are most of what is left.
What a client says is most often one such frame in one piece, which needs no state machine either; nor need the socket
be left unread, by two system calls, while it is looked at.
"""

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from core.incoming import Incoming
from core.wire import WRITE, still_due, text_frame, whole_text

BROKEN, SILENT = 1006, 1011
LINGER = 15.0  # seconds in which a socket whose application has ended may take what is left; closing takes up to ten
AHEAD = 8  # texts that may wait for the application before its socket is no longer read
HANDSHAKE_END = b"\r\n\r\n"
OPEN = asyncio.Event()  # of all that can be written to, which are nearly all
OPEN.set()

_waiting: dict[asyncio.AbstractEventLoop, list["Protocol"]] = {}  # those with frames to go out


def _go_out(loop: asyncio.AbstractEventLoop) -> None:
    for protocol in _waiting.pop(loop):
        protocol.flush()


class Protocol(WebSocketsSansIOProtocol):
    """For `uvicorn --ws`. What is queued first is what the application reads as the end of its socket.

    Its scopes have the extension `core.wire.WRITE`. What the library would keep for each of thousands that are silent,
    and nobody needs, is let go: a table of its fields, queues that are empty, the headers of the handshake.
    """

    __slots__ = (
        *("_due", "_end", "_together"),
        *("app", "app_state", "asgi_version", "client", "close_sent", "close_timeout", "close_timer", "config", "conn"),
        *("connections", "curr_msg_data_type", "default_headers", "disconnected", "frames", "handshake_complete"),
        *("handshake_initiated", "initial_response", "last_ping_rtt", "logger", "loop", "pending_ping_payload"),
        *("ping_interval", "ping_sent_at", "ping_timeout", "ping_timer", "pong_timer", "queue", "read_paused"),
        *("request", "response", "root_path", "scheme", "scope", "server", "tasks", "transport", "writable"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.queue, self.writable = Incoming(), OPEN
        self._together: list[bytes] = []
        self._due: int | None = None  # bytes of a frame that has begun, as far as that is known
        self._end: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        text = whole_text(data) if self._due == 0 and self._can_read() else None
        if text is None:
            return self._parse(data)
        self.queue.put_nowait({"type": "websocket.receive", "text": text})
        if not self.read_paused and self.queue.qsize() >= AHEAD:
            self.read_paused = True
            self.transport.pause_reading()

    def _can_read(self) -> bool:
        """No message is in the middle of its frames, and nothing is special."""
        return self._is_open() and not self.frames

    def _parse(self, data: bytes) -> None:
        if not self.handshake_initiated:
            self._due = 0 if data.endswith(HANDSHAKE_END) else None
        elif self._due is not None:
            self._due = still_due(data, self._due)
        super().data_received(data)

    def handle_connect(self, event) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][WRITE] = self.write

    def write(self, text: str) -> bool:
        """Send a text now, where the peer reads and nothing is special; else False, and `send` must be awaited."""
        if not self._together:
            if not self._can_write():
                return False
            self._go_out_soon()
        self._together.append(text_frame(text.encode()))
        return True

    def _can_write(self) -> bool:
        return self._is_open() and self.writable.is_set() and not self.transport.is_closing()

    def pause_writing(self) -> None:
        self.writable = asyncio.Event()

    def resume_writing(self) -> None:
        waited_for, self.writable = self.writable, OPEN
        waited_for.set()

    def _is_open(self) -> bool:
        open_ = self.handshake_complete and not self.close_sent and self.conn.state is State.OPEN
        return open_ and not self.conn.extensions

    def _go_out_soon(self) -> None:
        """Two turns of the loop from now: what woke this writer also wakes tasks, and they write in the next one."""
        if self.loop not in _waiting:
            _waiting[self.loop] = []
            self.loop.call_soon(self.loop.call_soon, _go_out, self.loop)
        _waiting[self.loop].append(self)

    def flush(self) -> None:
        """Send what was written."""
        frames, self._together = self._together, []
        if frames and not self.transport.is_closing():
            self.transport.write(b"".join(frames))

    async def send(self, message) -> None:
        """What was written before goes first."""
        self.flush()
        await super().send(message)

    def shutdown(self) -> None:
        self.flush()
        super().shutdown()

    def start_keepalive(self) -> None:
        """The handshake is over."""
        self.request.headers.clear()
        self.response.headers.clear()
        super().start_keepalive()

    def keepalive_timeout(self) -> None:
        """A ping was not answered: with `--ws-ping-interval 10 --ws-ping-timeout 20` thirty seconds of silence."""
        self._ends(SILENT)
        super().keepalive_timeout()

    def on_task_complete(self, task: asyncio.Task) -> None:
        """A peer that reads nothing would else keep its connection, and what waits for it, as long as it likes."""
        super().on_task_complete(task)
        if not self.disconnected:
            self._end = self.loop.call_later(LINGER, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._end is not None:
            self._end.cancel()
        self._ends(BROKEN)
        super().connection_lost(exc)

    def _ends(self, code: int) -> None:
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
