"""The engine's loop: a sweep at each wake and every second, through outages, in as many processes as there are.

What may take longer and nobody waits for runs beside it, see `beside`. Nothing sleeps until a moment that was
calculated: to ask each second costs less than to be wrong once about a clock, another process or a wake that was lost.
"""

import asyncio
import logging
import time
from datetime import datetime, timedelta

from django.conf import settings

from core import clock, realtime
from core.db import db_call

from .actions.sweep import sweep
from .beside import Side

log = logging.getLogger("parley.engine")

EVERY = 1.0
GATHER = 0.01
GAP = timedelta(seconds=10)
BACKOFF = (1.0, 15.0)
STOP_TIME = 5.0


class Service:
    """How long service has been unbroken: after an outage missing leases do not mean missing people.

    A failure breaks it, and so does a gap between two sweeps: a paused machine or database renewed no lease either.
    """

    def __init__(self, since: float):
        self.since = since
        self.last: datetime | None = None

    def steady(self, now: datetime, clock: float) -> bool:
        if self.last is not None and not timedelta(0) <= now - self.last <= GAP:
            self.broke(clock)
        self.last = now
        return clock - self.since >= settings.STEADY_SECONDS

    def broke(self, clock: float) -> None:
        self.since, self.last = clock, None


class Runner:
    """One engine on one loop."""

    def __init__(self):
        self._awake = asyncio.Event()
        self._ending = False
        self._service = Service(time.monotonic())
        self._task = asyncio.get_running_loop().create_task(self._run())
        self._side = Side()

    @property
    def running(self) -> bool:
        return not self._task.done() and not self._task.get_loop().is_closed()

    async def stop(self) -> None:
        """Let the sweep that runs come to its end, and what runs beside it."""
        self._ending = True
        self._awake.set()
        await asyncio.gather(asyncio.wait([self._task], timeout=STOP_TIME), self._side.stop(STOP_TIME))
        self._task.cancel()

    async def _run(self) -> None:
        forget = realtime.on_wake("engine", self._awake.set)
        least, most = BACKOFF
        delay = least
        try:
            while not self._ending:
                if await self._sweep(self._service):
                    delay = least
                    await self._doze(EVERY)
                else:
                    await self._doze(delay)
                    delay = min(delay * 2, most)
        finally:
            forget()

    async def _sweep(self, service: Service) -> bool:
        now = clock.now()
        try:
            await db_call(sweep, now, steady=service.steady(now, time.monotonic()))
        except Exception:
            log.exception("a sweep failed")
            service.broke(time.monotonic())
            return False
        return True

    async def _doze(self, most: float) -> None:
        """Until the next wake, or so long; wakes that come together are one."""
        try:
            async with asyncio.timeout(most):
                await self._awake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER)
        self._awake.clear()


_runner: Runner | None = None


async def start() -> None:
    """Start the engine on this loop. Again is harmless."""
    global _runner
    if not is_running():
        _runner = Runner()


async def stop() -> None:
    """Stop it. Again is harmless."""
    global _runner
    if is_running():
        await _runner.stop()
    _runner = None


def is_running() -> bool:
    """Does this process sweep? From any thread."""
    return _runner is not None and _runner.running
