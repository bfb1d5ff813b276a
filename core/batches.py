"""Work of many that is done together: whatever arrives while one batch runs is the next. No timers, one thread."""

import asyncio
import logging
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from core import db

log = logging.getLogger("parley.batches")

MOST = 500
ROOM = 2000
PAUSE = 0.005
HOLD = 0.25  # seconds without work after which the thread lets go of its connection

LATER = object()  # an outcome: not now, so in the next batch, before what is new


class _Ticket(NamedTuple):
    item: Any
    future: asyncio.Future


class Batches:
    """Gathers from the loop, works in a thread of its own on a connection of its own.

    `work` takes a list and gives as many outcomes: what `add` returns, an exception that it raises, or LATER. When
    `work` itself raises, that is everybody's outcome. Where more than `room` are under way, `add` waits.
    """

    def __init__(self, work: Callable[[list], list], *, name: str, most: int = MOST, room: int = ROOM):
        self._work, self._most, self._places = work, most, room
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._arrived = threading.Event()
        self._new: deque[_Ticket] = deque()
        self._running = self._leaving = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._room: asyncio.Semaphore

    async def add(self, item):
        """Have it done; returns its outcome. Who stops waiting leaves it to be done all the same."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._room = loop, asyncio.Semaphore(self._places)
        await self._room.acquire()
        ticket = _Ticket(item, loop.create_future())
        self._put(ticket)
        return await ticket.future

    async def drain(self) -> None:
        """Until all that was added is done, and the connection given back."""
        self._leaving = True
        self._arrived.set()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._left)

    def _put(self, ticket: _Ticket) -> None:
        with self._lock:
            self._new.append(ticket)
            self._arrived.set()
            begin, self._running = not self._running, True
        if begin:
            self._thread.submit(self._run)

    # --- in the thread ----------------------------------------------------------------------

    def _run(self) -> None:
        kept: list[_Ticket] = []
        while batch := self._next(kept):
            outcomes = self._outcomes([ticket.item for ticket in batch])
            self._hand_out(zip(batch, outcomes, strict=True))
            kept = [ticket for ticket, outcome in zip(batch, outcomes, strict=True) if outcome is LATER]
            self._safely(db.give_back_if_scarce)
        self._give_back()

    def _left(self) -> None:
        self._leaving = False

    def _next(self, kept: list[_Ticket]) -> list[_Ticket]:
        """What was kept, then what is new; nothing ends the run. Who was kept is tried again in a moment."""
        if kept:
            self._arrived.wait(PAUSE)
        elif not self._new and not self._leaving:
            self._rest()
        with self._lock:
            self._arrived.clear()
            new = [self._new.popleft() for _ in range(min(self._most, len(self._new)))]
            self._running = bool(kept or new)
        return kept + new

    def _rest(self) -> None:
        """Nothing is there: keep the connection for what comes soon."""
        self._arrived.wait(HOLD)
        self._safely(db.let_go_of_dead)

    def _outcomes(self, items: list) -> list:
        try:
            outcomes = self._work(items)
            assert len(outcomes) == len(items)
            return outcomes
        except Exception as error:
            self._give_back()
            return [error] * len(items)

    def _give_back(self) -> None:
        self._safely(db.give_back)

    def _safely(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:  # the thread must live: everybody's next line depends on it
            log.exception("a connection could not be given back")

    def _hand_out(self, outcomes) -> None:
        done = defaultdict(list)
        for ticket, outcome in outcomes:
            if outcome is not LATER:
                done[ticket.future.get_loop()].append((ticket.future, outcome))
        for loop, settled in done.items():
            self._tell(loop, settled)

    def _tell(self, loop: asyncio.AbstractEventLoop, settled: list[tuple[asyncio.Future, Any]]) -> None:
        try:
            loop.call_soon_threadsafe(self._settle, settled)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    # --- on the loop ------------------------------------------------------------------------

    def _settle(self, settled: list[tuple[asyncio.Future, Any]]) -> None:
        for future, outcome in settled:
            if future.get_loop() is self._loop:
                self._room.release()
            if future.done():
                continue
            if isinstance(outcome, BaseException):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
