"""One socket, whoever holds it: greet, then frames in and frames out, each in its own loop.

A client's errors are answered, never raised: a socket ends with a code that says why, or when the peer goes.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import partial

import msgspec
from django.conf import settings
from django.db import Error as DatabaseError

from . import realtime
from .db import db_call
from .errors import ParleyError
from .frames import ErrorFrame
from .intake import Intake, Malformed, Refused
from .realtime import Outlet, Post
from .seldom import Seldom
from .wire import WRITE

log = logging.getLogger("parley.sockets")
no_database = Seldom(log, "a frame met no database")
not_greeted = Seldom(log, "a socket could not be greeted")

HELLO_TIME = 5.0
PROTOCOL_ERROR, SIGNED_OUT, FOREIGN, RESTARTING, LOCK_TURNED = 4400, 4401, 4403, 4412, 4423
TELL_TIME = 1.0

_encode = msgspec.json.Encoder().encode


class Socket:
    """Subclasses say who may come in, what they are shown first, and what they may say then.

    `lines`: types of frames that are refused by their id.
    """

    hello_type: type
    decoder: msgspec.json.Decoder
    lines: Collection[str] = ()

    async def __call__(self, scope, receive, send):
        self.scope, self.outlet = scope, None
        self.intake = Intake(receive, self.decoder, self.lines)
        await receive()
        await send({"type": "websocket.accept"})
        try:
            await self._greet(send)
            self.scope["headers"].clear()  # the server and whoever passed it on keep their scope as long as the socket
            await self._talk()
        except Refused as refused:
            if refused.code:
                await realtime.close(send, refused.code)
        finally:
            if self.outlet is not None:
                realtime.leave(self.outlet)
                await self.part()

    # --- coming in --------------------------------------------------------------------------

    async def _greet(self, send) -> None:
        """Join first, read the snapshot second: what happens between the two is held, not lost."""
        if header(self.scope, b"origin") not in settings.ORIGINS:
            raise Refused(FOREIGN)
        await self.identify()
        hello = await self._hello()
        holder = await self.admit(hello)
        self.outlet = Outlet(send, hello.tab, self.recheck, write_of(self.scope))
        realtime.join(self.outlet, holder)
        realtime.publish([Post((holder,), control=f"replace:{self.outlet.opened}:{hello.tab}")])
        await self.welcome(hello, holder)

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
        except DatabaseError as error:
            not_greeted.warn(error)
            raise Refused(RESTARTING) from None

    # --- talking ----------------------------------------------------------------------------

    async def _talk(self) -> None:
        """Until the peer goes, or the socket is closed from here. One task reads, and it is the server's own."""
        try:
            async with asyncio.timeout(None) as listening:
                self.outlet.start(partial(self._sent_the_last, listening))
                await self._read()
        except TimeoutError:
            pass
        except Exception as error:
            _tell_what_broke(error)
        finally:
            await self.outlet.stop()

    def _sent_the_last(self, listening: asyncio.Timeout, error: Exception | None) -> None:
        """Where a send failed, the reader is about to hear how the peer went."""
        _tell_what_broke(error)
        listening.reschedule(asyncio.get_running_loop().time() + (TELL_TIME if self.outlet.code is None else 0))

    async def _read(self) -> None:
        while True:
            try:
                frame = await self.intake.next()
            except Refused as refused:
                if refused.code is None:
                    return
                self.outlet.close(refused.code)
                await asyncio.Event().wait()  # closing ends it
            await self._take(frame)
            frame = None  # it may be long: nobody keeps it while nothing comes

    async def _take(self, frame) -> None:
        try:
            await self.obey(frame)
        except ParleyError as refusal:
            self.refuse(frame, refusal)
        except DatabaseError as error:
            no_database.warn(error)
            self.put(ErrorFrame("unavailable", "The server cannot reach its database just now."))
        except Exception:
            log.exception("a frame failed")
            self.put(ErrorFrame("failed", "The server could not do this."))

    async def obey(self, frame) -> None:
        """What every socket answers the same way; subclasses ask here for what they do not know."""
        if isinstance(frame, Malformed):
            self.put(ErrorFrame(frame.code, frame.message))
        else:
            self.put(ErrorFrame("greeted", "This socket was greeted already."))

    def refuse(self, frame, refusal: ParleyError) -> None:
        self.put(ErrorFrame(refusal.code, refusal.message))

    def put(self, frame) -> None:
        self.outlet.put(as_text(frame))

    # --- what a subclass says ---------------------------------------------------------------

    async def identify(self) -> None:
        """Who this is, before the first frame. Raises Refused."""

    async def admit(self, hello) -> str:
        """The group whose posts this socket gets. Raises Refused."""
        raise NotImplementedError

    async def welcome(self, hello, holder: str) -> None:
        """Read the snapshot and release the outlet with it."""
        raise NotImplementedError

    def recheck(self) -> None:
        """Somebody says that the session has changed."""

    async def part(self) -> None:
        """A socket that was admitted has ended."""


def _tell_what_broke(error: Exception | None) -> None:
    """That a peer has gone is no news."""
    if error is not None and not isinstance(error, OSError):
        log.warning("a socket broke: %r", error)


def header(scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def write_of(scope) -> Callable[[str], bool]:
    """How this server sends a text without being waited for; most know no way."""
    return scope.get("extensions", {}).get(WRITE, lambda text: False)


def as_text(frame) -> str:
    return _encode(frame).decode()
