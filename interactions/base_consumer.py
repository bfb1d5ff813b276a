"""One socket, whoever holds it: greet, then frames in and frames out, each in its own loop.

A client's errors are answered, never raised: a socket ends with a code that says why, or when the peer goes.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import Error as DatabaseError

from core import clock, leases, realtime
from core.db import db_call
from core.errors import Conflict, ParleyError
from core.realtime import Outlet, Post
from core.wire import WRITE

from . import marks, transcript
from .frames import BeatAsk, DeliveredUpTo, ErrorFrame, ImSend, Nack, SeenUpTo, Send, TypingOn
from .intake import Intake, Malformed, Refused
from .pulse import AGAIN, BEAT, Member, pulse

log = logging.getLogger("parley.sockets")

HELLO_TIME = 5.0
PROTOCOL_ERROR, FOREIGN, RESTARTING = 4400, 4403, 4412
GOODBYE, SILENT = (1000, 1001), 1011
TELL_TIME = 1.0

_encode = msgspec.json.Encoder().encode


class BaseConsumer(AsyncConsumer):
    """Subclasses say who may come in, what they are shown first, and as whom they write."""

    hello_type: type
    decoder: msgspec.json.Decoder

    async def __call__(self, scope, receive, send):
        self.scope, self.outlet, self.member, self.lease = scope, None, None, None
        self.intake = Intake(receive, self.decoder)
        await receive()
        await send({"type": "websocket.accept"})
        try:
            await self._greet(send)
            await self._talk()
        except Refused as refused:
            if refused.code:
                await realtime.close(send, refused.code)
        finally:
            await self._part()

    # --- coming in --------------------------------------------------------------------------

    async def _greet(self, send) -> None:
        """Join first, read the snapshot second: what happens between the two is held, not lost."""
        if header(self.scope, b"origin") not in settings.ORIGINS:
            raise Refused(FOREIGN)
        await self.identify()
        hello = await self._hello()
        holder = await self.admit(hello)
        self.outlet = Outlet(send, hello.tab, self._recheck, write_of(self.scope))
        realtime.join(self.outlet, holder)
        realtime.publish([Post((holder,), control=f"replace:{self.outlet.opened}:{hello.tab}")])
        now = clock.now()
        texts, heads, about = await self.ask(self._open, hello, holder, realtime.process(), now)
        self.member = Member(self.outlet, holder, self.lease, now + BEAT, now + AGAIN, **about)
        pulse.add(self.member)
        self.outlet.muted = self.member.locked
        self.outlet.release(texts, heads)
        self._wake_engine()

    async def _hello(self):
        try:
            async with asyncio.timeout(HELLO_TIME):
                hello = await self.intake.next()
        except TimeoutError:
            raise Refused(PROTOCOL_ERROR) from None
        if not isinstance(hello, self.hello_type):
            raise Refused(PROTOCOL_ERROR)
        return hello

    async def ask(self, function, *args):
        """The database, while nothing was promised yet: when it is away the client comes again later."""
        try:
            return await db_call(function, *args)
        except DatabaseError:
            log.warning("a socket could not be greeted", exc_info=True)
            raise Refused(RESTARTING) from None

    def _open(self, hello, holder: str, process: str, now: datetime) -> tuple[list[str], dict[str, int], dict]:
        self.lease = leases.open(holder, process, hello.tab, now)
        frames, heads, about = self.show(hello, now)
        return [as_text(frame) for frame in frames], heads, about

    # --- talking ----------------------------------------------------------------------------

    async def _talk(self) -> None:
        """Until the peer goes, or the socket is closed from here."""
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self.outlet.run())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if self.outlet.code is None:  # a send failed: the reader is about to hear how the peer went
                await asyncio.wait(tasks[:1], timeout=TELL_TIME)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception) and not isinstance(error, Refused | OSError):
                log.warning("a socket broke: %r", error)

    async def _read(self) -> None:
        while True:
            try:
                frame = await self.intake.next()
            except Refused as refused:
                if refused.code is None:
                    return
                self.outlet.close(refused.code)
                return await asyncio.Event().wait()  # the writer closes, and that ends the socket
            await self._take(frame)

    async def _take(self, frame) -> None:
        try:
            await self._obey(frame)
        except ParleyError as refusal:
            self._refuse(frame, refusal)
        except DatabaseError:
            log.warning("a frame met no database", exc_info=True)
            self._put(ErrorFrame("unavailable", "The server cannot reach its database just now."))
        except Exception:
            log.exception("a frame failed")
            self._put(ErrorFrame("failed", "The server could not do this."))

    async def _obey(self, frame) -> None:
        match frame:
            case Send():
                author = self.author(frame.interaction)
                line = {"lane": frame.lane, "id": frame.id, "text": frame.text}
                written = await transcript.append(author, **line, now=clock.now())
                self._put(written.ack)
                if written.missed:
                    await self.responded()
            case TypingOn():
                author = self.author(frame.interaction)
                await transcript.tell_typing(author, lane=frame.lane, on=frame.on, now=clock.now())
            case SeenUpTo():
                self._mark(frame.interaction, frame.lane, marks.Reached(seen=frame.number))
            case DeliveredUpTo():
                for interaction, lanes in frame.cursors.items():
                    for lane, number in lanes.items():
                        self._mark(interaction, lane, marks.Reached(delivered=number))
            case BeatAsk():
                self.member.recheck()
            case Malformed(line=None):
                self._put(ErrorFrame(frame.code, frame.message))
            case Malformed():
                self._put(Nack(frame.line, "invalid", frame.message))
            case _:
                self._put(ErrorFrame("greeted", "This socket was greeted already."))

    def _mark(self, interaction: UUID, lane: str, reached: marks.Reached) -> None:
        marks.gathering.tell(self.author(interaction), lane, reached)

    def _refuse(self, frame, refusal: ParleyError) -> None:
        if isinstance(frame, Send | ImSend):
            self._put(Nack(frame.id, refusal.code, refusal.message))
        elif not isinstance(refusal, Conflict):  # a notice of typing that came too late is no error
            self._put(ErrorFrame(refusal.code, refusal.message))

    def _put(self, frame) -> None:
        self.outlet.put(as_text(frame))

    # --- going ------------------------------------------------------------------------------

    def _recheck(self) -> None:
        if self.member:
            self.member.recheck()

    async def _part(self) -> None:
        if self.outlet is None:
            return
        realtime.leave(self.outlet)
        if self.member:
            pulse.remove(self.member)
            self.lease = self.member.lease
        # A server that restarts leaves its leases to run out: its clients are about to come again.
        if self.lease and self.outlet.code != RESTARTING:
            await self._close_lease()

    async def _close_lease(self) -> None:
        try:
            await db_call(self._end_lease, clock.now())
        except DatabaseError:
            log.warning("a lease was left to run out", exc_info=True)
        self._wake_engine()

    def _end_lease(self, now: datetime) -> None:
        """A tab that was closed is gone, one that broke off is silent from now on, a silent one was so long enough."""
        if self.intake.ended == SILENT:
            leases.close(self.lease, now, linger=timedelta(0))
        elif self.outlet.code or self.intake.ended in GOODBYE:
            leases.close(self.lease, now)
        else:
            leases.lost(self.lease, now)

    def _wake_engine(self) -> None:
        """Agents coming and going change who can be offered a chat; contacts can wait for the next sweep."""
        if self.member and self.member.agent:
            realtime.wake("engine")


def header(scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def write_of(scope) -> Callable[[str], bool]:
    """How this server sends a text without being waited for; most know no way."""
    return scope.get("extensions", {}).get(WRITE, lambda text: False)


def as_text(frame) -> str:
    return _encode(frame).decode()
