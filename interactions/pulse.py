"""The pulse of a process: once a second, all its sockets that are due get their beat, in one look at the rows.

The same turn says that the process lives, looks at the sessions again, and tells waiting contacts and agents how the
lines stand. Nothing here is a limit of time: those are rows that the engine asks for.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from operator import attrgetter
from uuid import UUID

import msgspec

from core import clock, leases, realtime
from core.db import Apart, db_call
from core.realtime import Outlet
from core.sessions import Ticket, still_good
from core.socket import LOCK_TURNED, SIGNED_OUT

from . import heads
from .frames import AgentBeat, ContactBeat, ErrorFrame, Queues
from .waits import waits

log = logging.getLogger("parley.sockets")

TURN = 1.0
BEAT = timedelta(seconds=10)
AGAIN = timedelta(seconds=5)
WAITS_PER_TURN = 50
FEW, MANY = 50, 200  # sockets in one look

_encode = msgspec.json.Encoder().encode
_ask = Apart("pulse").call


@dataclass(eq=False, slots=True)
class Member:
    """One greeted socket. Either `agent` with a `ticket`, or `chat`."""

    outlet: Outlet
    holder: str
    lease: int
    beat_at: datetime
    tell_at: datetime
    agent: UUID | None = None
    ticket: Ticket | None = None
    chat: UUID | None = None
    waiting: bool = False
    locked: bool = False
    told: str = ""

    def recheck(self) -> None:
        """Due at the next turn: within a second."""
        self.beat_at = self.tell_at = datetime.min.replace(tzinfo=self.beat_at.tzinfo)

    def tell(self, text: str, now: datetime) -> None:
        """Send what is not versioned, if it changed."""
        self.tell_at = now + AGAIN
        if text != self.told:
            self.told = text
            self.outlet.put(text)


class Pulse:
    """Runs while there are sockets; `turn` is one beat of it, with the time as an argument."""

    def __init__(self):
        self.members: set[Member] = set()
        self.turned_at: datetime | None = None
        self.renew_at: datetime | None = None
        self.settle_at: datetime | None = None
        self.purge_at: datetime | None = None
        self._task: asyncio.Task | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def add(self, member: Member) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self.__init__()
            self._loop = loop
        self.members.add(member)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run())

    def remove(self, member: Member) -> None:
        self.members.discard(member)

    async def _run(self) -> None:
        while self.members:
            await asyncio.sleep(TURN)
            await self.turn(clock.now())

    async def turn(self, now: datetime) -> None:
        if self.turned_at is not None and now < self.turned_at:
            self._forget_the_time()
        self.turned_at = now
        for step in (self._beat, self._tell_agents, self._tell_contacts, self._renew):
            try:
                await step(now)
            except Exception:
                log.exception("a turn of the pulse failed")

    def _forget_the_time(self) -> None:
        """The clock was set back: what was due at moments of the old time is due now, not when they come again."""
        self.renew_at = self.settle_at = self.purge_at = None
        for member in self.members:
            member.recheck()

    # --- beats ------------------------------------------------------------------------------

    async def _beat(self, now: datetime) -> None:
        due = together(self.members, "beat_at", now, BEAT / 2)
        for member in due:
            member.beat_at = now + BEAT
        while due:
            some, later = due[:MANY], due[MANY:]
            try:
                look = await _ask(_look, some, now)
            except Exception:
                self._say_unavailable(due, now)
                raise
            for member in some:
                self._beat_one(member, *look, now)
            due = later

    def _beat_one(self, member: Member, agents: dict, chats: dict, good: set, locks: dict, now: datetime) -> None:
        lock = member.ticket and locks.get(member.ticket.session)
        if member.agent and (member.ticket not in good or member.agent not in agents):
            member.outlet.close(SIGNED_OUT)
        elif bool(lock) != member.locked:
            member.outlet.close(LOCK_TURNED)
        elif lock:
            member.outlet.put(_text(lock))
        elif member.agent:
            member.outlet.put(_text(AgentBeat(agents[member.agent], now)))
        elif member.chat in chats:
            member.waiting = chats[member.chat].waiting
            member.outlet.put(_text(ContactBeat(chats[member.chat].heads, now)))
        else:
            member.outlet.close(SIGNED_OUT)

    def _say_unavailable(self, due: Iterable[Member], now: datetime) -> None:
        """Silence would make all clients come again at once, just when the database returns."""
        text = _text(ErrorFrame("unavailable", "The server cannot reach its database just now."))
        for member in due:
            member.beat_at = now + AGAIN
            member.outlet.put(text)

    # --- how the lines stand ----------------------------------------------------------------

    async def _tell_agents(self, now: datetime) -> None:
        open_ones = [member for member in self.members if member.agent and not member.locked]
        due = together(open_ones, "tell_at", now, AGAIN / 2)
        while due:
            some, due = due[:MANY], due[MANY:]
            lines = await _ask(heads.of_queues, {member.agent for member in some})
            for member in some:
                member.tell(_text(Queues(lines[member.agent])), now)

    async def _tell_contacts(self, now: datetime) -> None:
        """So many per turn; where more wait they are told less often."""
        due = [member for member in self.members if member.waiting and member.tell_at <= now]
        due = sorted(due, key=lambda member: member.tell_at)[:WAITS_PER_TURN]
        if due:
            found = await _ask(waits, {member.chat for member in due}, now)
            for member in due:
                member.waiting = member.chat in found
                if member.waiting:
                    member.tell(_text(found[member.chat]), now)

    # --- leases -----------------------------------------------------------------------------

    async def _renew(self, now: datetime) -> None:
        if self.renew_at is not None and now < self.renew_at:
            return
        known = await db_call(leases.renew, realtime.process(), now)
        self.renew_at = now + AGAIN
        if not known or self.settle_at is None or now >= self.settle_at:
            await self._settle(now)
        await self._purge(now)

    async def _settle(self, now: datetime) -> None:
        """A process that slept so long that it was given up has lost its leases; who went may have left one behind."""
        members = {member.lease: member for member in self.members}
        for id in await db_call(leases.settle, realtime.process(), members, now):
            member = members[id]
            if member in self.members:
                member.lease = await db_call(leases.open, member.holder, realtime.process(), member.outlet.tab, now)
        self.settle_at = now + leases.TERM

    async def _purge(self, now: datetime) -> None:
        if self.purge_at is None or now >= self.purge_at:
            self.purge_at = now + timedelta(minutes=5)
            await db_call(leases.purge, now)


def together(members: Iterable[Member], when: str, now: datetime, soon: timedelta) -> list[Member]:
    """Those that are due; where they are few, also those that are due soon, for one look costs the same for all.

    So a few sockets beat together, and many stay spread over the seconds.
    """
    at = attrgetter(when)
    due = [member for member in members if at(member) <= now]
    if not 0 < len(due) < FEW:
        return due
    others = [member for member in members if now < at(member) <= now + soon]
    return due + nsmallest(FEW - len(due), others, key=at)


def _look(due: list[Member], now: datetime) -> tuple[dict, dict, set, dict]:
    """All that the due sockets need, in a handful of queries whatever their number."""
    agents = {member.agent for member in due if member.agent}
    chats = {member.chat for member in due if member.chat}
    tickets = {member.ticket for member in due if member.ticket}
    return (
        heads.of_agents(agents) if agents else {},
        heads.of_contacts(chats) if chats else {},
        still_good(tickets, now) if agents else set(),
        heads.of_locked({ticket.session for ticket in tickets}, now) if agents else {},
    )


def _text(frame) -> str:
    return _encode(frame).decode()


pulse = Pulse()
