"""A socket of somebody who takes part in chats: it holds a lease, gets beats, and writes lines."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error as DatabaseError

from core import clock, leases, realtime
from core.db import db_call
from core.errors import Conflict, ParleyError
from core.frames import BeatAsk
from core.intake import Malformed
from core.seldom import Seldom
from core.socket import RESTARTING, Socket, as_text

from . import marks, transcript
from .frames import DeliveredUpTo, ImSend, Nack, SeenUpTo, Send, TypingOn
from .pulse import AGAIN, BEAT, Member, pulse

left_to_run_out = Seldom(logging.getLogger("parley.sockets"), "a lease was left to the pulse")

GOODBYE, SILENT = (1000, 1001), 1011


class BaseConsumer(Socket):
    """Subclasses say who may come in, what they are shown first, and as whom they write."""

    lines = ("send", "im_send")
    member: Member | None = None
    lease: int | None = None

    # --- coming in --------------------------------------------------------------------------

    async def welcome(self, hello, holder: str) -> None:
        now = clock.now()
        texts, heads, about = await self.ask(self._open, hello, holder, realtime.process(), now)
        self.member = Member(self.outlet, holder, self.lease, now + BEAT, now + AGAIN, **about)
        pulse.add(self.member)
        self.outlet.muted = self.member.locked
        self.outlet.release(texts, heads)
        self._wake_engine()

    def _open(self, hello, holder: str, process: str, now: datetime) -> tuple[list[str], dict[str, int], dict]:
        self.lease = leases.open(holder, process, hello.tab, now)
        frames, heads, about = self.show(hello, now)
        return [as_text(frame) for frame in frames], heads, about

    # --- talking ----------------------------------------------------------------------------

    async def obey(self, frame) -> None:
        match frame:
            case Send():
                author = self.author(frame.interaction)
                line = {"lane": frame.lane, "id": frame.id, "text": frame.text}
                written = await transcript.append(author, **line, now=clock.now())
                self.put(written.ack)
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
            case Malformed(line=UUID()):
                self.put(Nack(frame.line, "invalid", frame.message))
            case _:
                await super().obey(frame)

    def _mark(self, interaction: UUID, lane: str, reached: marks.Reached) -> None:
        marks.gathering.tell(self.author(interaction), lane, reached)

    def refuse(self, frame, refusal: ParleyError) -> None:
        if isinstance(frame, Send | ImSend):
            self.put(Nack(frame.id, refusal.code, refusal.message))
        elif not isinstance(refusal, Conflict):  # a notice of typing that came too late is no error
            super().refuse(frame, refusal)

    def recheck(self) -> None:
        if self.member:
            self.member.recheck()

    # --- going ------------------------------------------------------------------------------

    async def part(self) -> None:
        if self.member:
            pulse.remove(self.member)
            self.lease = self.member.lease
        # A server that restarts leaves its leases to run out: its clients are about to come again.
        if self.lease and self.outlet.code != RESTARTING:
            await self._close_lease()

    async def _close_lease(self) -> None:
        try:
            await db_call(self._end_lease, clock.now())
        except DatabaseError as error:
            left_to_run_out.warn(error)
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
