"""What each engine does beside its sweep: work that may take longer and that nobody waits for.

One look for all kinds asks which of them is due; those are done in short pieces, each kind on its own.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from core import clock
from core.db import db_call
from core.due import Gate, Rows

log = logging.getLogger("parley.engine")

REST = 2.0


class Work(NamedTuple):
    """`piece` says whether there is more. It finds nothing to do where no row is due, and is not asked then."""

    piece: Callable[[datetime], bool]
    due: Rows


WORK: dict[str, Work] = {}


def add(name: str, piece: Callable[[datetime], bool], due: Rows) -> None:
    """Let every engine do this, too: within `REST` seconds after any of the rows is due, and at once while there is
    more."""
    WORK[name] = Work(piece, due)


def gate() -> Gate:
    return Gate({name: work.due for name, work in WORK.items()})


class Side:
    """What runs beside one engine, on its loop."""

    def __init__(self):
        self._stopping = asyncio.Event()
        self._gate = gate()
        self._loop = asyncio.get_running_loop()
        self._busy: dict[str, asyncio.Task] = {}
        self._task = self._loop.create_task(self._run())

    async def stop(self, within: float) -> None:
        """Let each piece that runs come to its end."""
        self._stopping.set()
        tasks = [self._task, *self._busy.values()]
        await asyncio.wait(tasks, timeout=within)
        for task in tasks:
            task.cancel()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            for name in await self._due():
                self._begin(name)
            await self._rest()

    def _begin(self, name: str) -> None:
        busy = name in self._busy and not self._busy[name].done()
        if not busy and not self._stopping.is_set():
            self._busy[name] = self._loop.create_task(self._work_off(WORK[name]))

    async def _due(self) -> set[str]:
        try:
            return await db_call(self._gate.open, clock.now())
        except Exception:
            log.exception("what is due beside the sweep was not to be found out")
            return set()

    async def _work_off(self, work: Work) -> None:
        while not self._stopping.is_set() and await self._piece(work):
            pass

    async def _piece(self, work: Work) -> bool:
        try:
            return await db_call(work.piece, clock.now())
        except Exception:
            log.exception("%s failed", work.piece.__qualname__)
            return False

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(REST):
                await self._stopping.wait()
        except TimeoutError:
            return
