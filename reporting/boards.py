"""The wallboards of a process: at most once a second all of them hear what has changed, from one look at the rows.

Whether there is anything new says the journal: the place in the feed up to which it was counted. Connections that run
out and midnights have no event, so every five seconds the rows are looked at in any case, and a beat vouches for it.
The same turn looks at who may still see what.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model

from core import clock
from core.db import db_call
from core.frames import ErrorFrame
from core.realtime import Outlet
from core.sessions import Ticket, still_good
from core.socket import FOREIGN, LOCK_TURNED, SIGNED_OUT, as_text
from interactions import heads
from interactions.frames import Locked

from . import counting, permissions, wallboard
from .frames import BoardBeat, BoardWelcome, change
from .models import Progress
from .scope import Scope
from .wallboard import Board

log = logging.getLogger("parley.sockets")

TURN = 1.0
REST, LONGEST = 9, 6.0  # times as long as the last look took, and at most: a board must be vouched for all the same
BEAT = timedelta(seconds=5)


@dataclass(eq=False, slots=True)
class Watcher:
    """One wallboard, and what it was told last. `board`: None while it is locked."""

    outlet: Outlet
    ticket: Ticket
    zone: ZoneInfo
    scope: Scope | None
    board: Board | None
    beat_at: datetime

    def put(self, frame) -> None:
        self.outlet.put(as_text(frame))


class Standing(NamedTuple):
    """What a session may see now; `scope` None: nothing."""

    scope: Scope | None
    lock: Locked | None


class Look(NamedTuple):
    """`standings`: of the sessions that are good. `boards`: by scope and zone; none where nothing is new."""

    position: int
    standings: dict[Ticket, Standing]
    boards: dict[tuple[Scope, ZoneInfo], Board]


class Boards:
    """Runs while there are wallboards; `turn` is one look, with the time as an argument."""

    def __init__(self):
        self.watchers: set[Watcher] = set()
        self.position = -1
        self._task: asyncio.Task | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, watcher: Watcher) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self.__init__()
            self._loop = loop
        self.watchers.add(watcher)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run())

    def remove(self, watcher: Watcher) -> None:
        self.watchers.discard(watcher)

    async def _run(self) -> None:
        took = 0.0
        while self.watchers:
            await asyncio.sleep(pause(took))
            began = time.monotonic()
            await self.turn(clock.now())
            took = time.monotonic() - began

    async def turn(self, now: datetime) -> None:
        watchers = list(self.watchers)
        for watcher in watchers:
            watcher.beat_at = min(watcher.beat_at, now + BEAT)  # also when the clock was set back
        try:
            look = await db_call(_look, watchers, self.position, now)
        except Exception:
            log.exception("the wallboards could not be looked after")
            return self._say_unavailable(watchers, now)
        self.position = look.position
        for watcher in watchers:
            _tell(watcher, look, now)

    def _say_unavailable(self, watchers: Iterable[Watcher], now: datetime) -> None:
        for watcher in watchers:
            if watcher.beat_at <= now:
                watcher.beat_at = now + BEAT
                watcher.put(ErrorFrame("unavailable", "The server cannot reach its database just now."))


def pause(took: float) -> float:
    """Seconds until the next look, after one that took so long."""
    return max(TURN, min(REST * took, LONGEST))


def first(ticket: Ticket, zone: ZoneInfo, now: datetime) -> tuple[Standing, Board | None]:
    """What a wallboard is greeted with; no board for whom nothing is, or not now."""
    counting.catch_up_now()
    standing = _standings([ticket], now).get(ticket, Standing(None, None))
    seen = standing.scope is not None and standing.lock is None
    return standing, wallboard.board(standing.scope, zone, now) if seen else None


def greeting(standing: Standing, board: Board | None, now: datetime):
    return standing.lock or BoardWelcome(board, now)


def _look(watchers: list[Watcher], position: int, now: datetime) -> Look:
    standings = _standings({watcher.ticket for watcher in watchers}, now)
    counting.catch_up_now()
    reached, due = Progress.current(), any(watcher.beat_at <= now for watcher in watchers)
    shown = [watcher for watcher in watchers if watcher.board is not None and watcher.ticket in standings]
    others = any(standings[watcher.ticket].scope != watcher.scope for watcher in shown)
    fresh = due or others or reached != position
    wanted = {(standings[watcher.ticket].scope, watcher.zone) for watcher in shown if fresh}
    return Look(reached, standings, {key: wallboard.board(*key, now) for key in wanted if key[0] is not None})


def _standings(tickets: Iterable[Ticket], now: datetime) -> dict[Ticket, Standing]:
    good = still_good(tickets, now)
    locks = heads.of_locked({ticket.session for ticket in good}, now)
    users = get_user_model().objects.filter(pk__in={ticket.user for ticket in good})
    scopes = {user.pk: permissions.scope_of(user) for user in users}
    return {ticket: Standing(scopes.get(ticket.user), locks.get(ticket.session)) for ticket in good}


def _tell(watcher: Watcher, look: Look, now: datetime) -> None:
    standing = look.standings.get(watcher.ticket)
    if standing is None:
        watcher.outlet.close(SIGNED_OUT)
    elif standing.scope is None:
        watcher.outlet.close(FOREIGN)
    elif (standing.lock is None) != (watcher.board is not None):
        watcher.outlet.close(LOCK_TURNED)
    else:
        _tell_news(watcher, standing, look, now)


def _tell_news(watcher: Watcher, standing: Standing, look: Look, now: datetime) -> None:
    board = look.boards.get((standing.scope, watcher.zone))
    if board is not None:
        if news := change(watcher.board, board):
            watcher.put(news)
        watcher.board, watcher.scope = board, standing.scope
    if watcher.beat_at <= now:
        watcher.beat_at = now + BEAT
        watcher.put(standing.lock or BoardBeat(now))


boards = Boards()
