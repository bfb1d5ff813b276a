"""One socket's way out: bounded, in order, and never waited for by anybody else."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

FRAMES = 256
CHARACTERS = 1_000_000
SEND_TIME = 10.0
CLOSE_TIME = 2.0
HOLD = 0.1
LANES = 1000

PROTOCOL_ERROR = 4400
TOO_SLOW = 4408
REPLACED = 4409

Send = Callable[[dict], Awaitable[None]]
Write = Callable[[str], bool]
Ended = Callable[[Exception | None], None]


class Outlet:
    """What one socket is still to be sent.

    It begins held: what is posted waits until `release`, so that a socket can join its group first and read its
    snapshot second. Lines are put into the order of their lane: doubled ones are left out, early ones wait for the
    gap to fill, at most 100 ms; then they go out, and the client finds the gap by number. A client that does not
    read is closed with 4408 and comes back for what it missed. `write` sends at once and says so, or does nothing.
    A task sends what `write` cannot, and is there only while there is something: thousands of sockets are silent.
    """

    __slots__ = (
        "_ended",
        "_held",
        "_lines",
        "_queue",
        "_queued",
        "_send",
        "_task",
        "_write",
        "code",
        "group",
        "muted",
        "opened",
        "recheck",
        "sending_since",
        "tab",
    )

    def __init__(
        self, send: Send, tab: str = "", recheck: Callable[[], None] = lambda: None, write: Write = lambda text: False
    ):
        self._send, self._write = send, write
        self.tab = tab
        self.recheck = recheck
        self.opened = time.time_ns()
        self.group: str | None = None
        self.muted = False
        self.sending_since: float | None = None
        self._queue: list[str | int] = []  # at most FRAMES; an empty deque is ten times as large as an empty list
        self._queued = 0
        self._held: list[tuple[str, tuple[str, int] | None]] | None = []
        self._lines = _Lines(self.put)
        self.code: int | None = None  # why it was closed from here
        self._ended: Ended | None = None
        self._task: asyncio.Task | None = None

    # --- in ---------------------------------------------------------------------------------

    def post(self, text: str, lane: tuple[str, int] | None = None) -> None:
        """Take a frame from the hub. A muted socket learns only that there is something to look at."""
        if self._held is None and self.muted:
            self.recheck()
        elif self._held is not None:
            self._held.append((text, lane))
            if len(self._held) > FRAMES:
                self.fail()
        elif lane is None:
            self.put(text)
        else:
            self._lines.take(*lane, text)

    def release(self, first: Iterable[str], heads: dict[str, int]) -> None:
        """Send these first, then what was held, then live. `heads`: the number up to which each lane is known."""
        for text in first:
            self.put(text)
        self._lines.sent.update(heads)
        held, self._held = self._held or [], None
        for text, lane in held:
            self.post(text, lane)

    def put(self, text: str) -> None:
        """Send this frame after what is queued; at once, where nothing is and the server can without waiting."""
        if self.code is not None:
            return
        if self._ended is not None and self._task is None and self._write(text):
            return
        self._queued += len(text)
        self._append(text)
        if len(self._queue) > FRAMES or (self._queued > CHARACTERS and len(self._queue) > 1):
            self.fail()  # a frame alone, however large, is no sign that the reader lags

    def close(self, code: int) -> None:
        """Close after what is queued."""
        if self.code is None:
            self.code = code
            self._append(code)

    def fail(self, code: int = TOO_SLOW) -> None:
        """Close now; what is queued is lost here and found again by the client's return."""
        self._queue.clear()
        self.code = None
        self.close(code)
        if self.sending_since is not None and self._task is not None:
            self.sending_since = None  # once: a second cancel would be taken for the end of the server
            self._task.cancel()

    def _append(self, item: str | int) -> None:
        self._queue.append(item)
        if self._ended is not None and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    # --- out --------------------------------------------------------------------------------

    def start(self, ended: Ended) -> None:
        """From now on what comes is sent. `ended` is called once, when no more will be: with what went wrong, or None.

        Not after `stop`.
        """
        self._ended = ended
        if self._queue:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Send nothing more."""
        self._ended = None
        self._lines.forget()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        """Send what is queued."""
        error = None
        try:
            await self._drain()
        except asyncio.CancelledError:
            if self._ended is None or self.code is None or asyncio.current_task().uncancel():
                raise
            await self._close(self.code)
        except Exception as broken:
            error = broken
        finally:
            self._task = self.sending_since = None
        if (error is not None or self.code is not None) and self._ended is not None:
            ended, self._ended = self._ended, None
            ended(error)

    async def _drain(self) -> None:
        while self._queue:
            item = self._queue.pop(0)
            if isinstance(item, int):
                return await self._close(item)
            self._queued -= len(item)
            self.sending_since = time.monotonic()
            await self._send({"type": "websocket.send", "text": item})
            self.sending_since = None

    async def _close(self, code: int) -> None:
        self.sending_since = None
        await close(self._send, code)


async def close(send: Send, code: int) -> None:
    """Close a socket, whatever its server and its peer make of it; never raises, and takes a few seconds at most."""
    try:
        async with asyncio.timeout(CLOSE_TIME):
            await send({"type": "websocket.close", "code": code})
    except Exception:  # the peer is gone or stuck, and the server drops the connection ...
        if code < PROTOCOL_ERROR:  # ... or it is Daphne, whose library knows no code below 3000
            await close(send, PROTOCOL_ERROR)


class _Lines:
    """Lines on their way to one socket, by lane: what was sent, and what came early."""

    __slots__ = ("_early", "_put", "_timers", "sent")

    def __init__(self, put: Callable[[str], None]):
        self._put = put
        self.sent: dict[str, int] = {}
        self._early: dict[str, dict[int, str]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def take(self, key: str, number: int, text: str) -> None:
        last = self.sent.get(key, 0 if number == 1 else None)
        if last is not None and number <= last:
            return
        if last is None or number > last + 1:
            # A lane not heard of before may also begin out of order: its first line waits for lower ones.
            return self._keep(key, number, text)
        self._pass(key, number, text)
        self._fill(key)

    def _pass(self, key: str, number: int, text: str) -> None:
        self.sent.pop(key, None)
        self.sent[key] = number
        if len(self.sent) > LANES:
            del self.sent[next(iter(self.sent))]  # the lane that was silent longest
        self._put(text)

    def _keep(self, key: str, number: int, text: str) -> None:
        early = self._early.setdefault(key, {})
        early[number] = text
        if len(early) > FRAMES:
            return self._give_up(key)
        if key not in self._timers:
            self._timers[key] = asyncio.get_running_loop().call_later(HOLD, self._give_up, key)

    def _fill(self, key: str) -> None:
        early = self._early.get(key)
        while early and (number := self.sent[key] + 1) in early:
            self._pass(key, number, early.pop(number))
        if early is not None and not early:
            self._done(key)

    def _give_up(self, key: str) -> None:
        for number, text in sorted(self._early.get(key, {}).items()):
            if number > self.sent.get(key, 0):
                self._pass(key, number, text)
        self._done(key)

    def _done(self, key: str) -> None:
        self._early.pop(key, None)
        if timer := self._timers.pop(key, None):
            timer.cancel()

    def forget(self) -> None:
        for key in list(self._timers):
            self._done(key)
