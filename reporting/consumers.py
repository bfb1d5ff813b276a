"""The socket of a wallboard."""

from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from core import clock, sessions
from core.frames import BeatAsk
from core.intake import Refused
from core.socket import FOREIGN, PROTOCOL_ERROR, SIGNED_OUT, Socket, as_text

from .boards import Watcher, boards, first, greeting
from .frames import BoardFrame, BoardHello
from .quarters import zones


class BoardConsumer(Socket):
    """Session cookie and exact Origin, as an agent's; it only listens."""

    hello_type = BoardHello
    decoder = msgspec.json.Decoder(BoardFrame)
    watcher: Watcher | None = None

    async def identify(self) -> None:
        self.ticket = await self.ask(sessions.ticket, sessions.session_key(self.scope["headers"]))
        if self.ticket is None:
            raise Refused(SIGNED_OUT)

    async def admit(self, hello: BoardHello) -> str:
        zone = hello.timezone or settings.TIME_ZONE
        if zone not in zones():
            raise Refused(PROTOCOL_ERROR)
        self.zone = ZoneInfo(zone)
        return f"board.{self.ticket.user}"

    async def welcome(self, hello: BoardHello, holder: str) -> None:
        now = clock.now()
        standing, board = await self.ask(first, self.ticket, self.zone, now)
        if standing.scope is None:
            raise Refused(FOREIGN)
        self.watcher = Watcher(self.outlet, self.ticket, self.zone, standing.scope, board, now)
        boards.add(self.watcher)
        self.outlet.release([as_text(greeting(standing, board, now))], {})

    async def obey(self, frame) -> None:
        if isinstance(frame, BeatAsk):
            self.watcher.beat_at = clock.now()
        else:
            await super().obey(frame)

    async def part(self) -> None:
        if self.watcher:
            boards.remove(self.watcher)
