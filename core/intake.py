"""What a client sends: bounded in size and rate, strictly decoded; whatever it is, it ends as an answer."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import msgspec

from . import realtime

FRAME_LIMIT, FRAME_CLOSE = 64 * 1024, 256 * 1024
PER_SECOND, BURST = 20, 40
TOO_BIG, TOO_FAST = 1009, 4429
BAD_JSON = (msgspec.MsgspecError, RecursionError, UnicodeError)


class Refused(Exception):
    """The socket ends with this code; None when the peer is gone already."""

    def __init__(self, code: int | None):
        self.code = code


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame that is none. `line`: the id of the line that it tried to send, if that can be told."""

    code: str
    message: str
    line: UUID | None = None


class _Attempt(msgspec.Struct):
    type: str = ""
    id: UUID | None = None


class Allowance:
    """So many per second, and a burst at once."""

    __slots__ = ("_burst", "_left", "_per_second", "_then")

    def __init__(self, per_second: float, burst: float):
        self._per_second, self._burst, self._left = per_second, burst, float(burst)
        self._then = time.monotonic()

    def spend(self) -> bool:
        """One more; False when there was none left."""
        now = time.monotonic()
        left = min(self._burst, self._left + (now - self._then) * self._per_second)
        self._left, self._then = left - (left >= 1), now
        return left >= 1


class Intake:
    """Frames of one socket, one by one. `lines`: types of frames that are answered by their id."""

    __slots__ = ("_decoder", "_left", "_lines", "_receive", "ended")

    def __init__(self, receive, decoder: msgspec.json.Decoder, lines: Collection[str] = ()):
        self._receive = receive
        self._decoder = decoder
        self._lines = lines
        self._left = Allowance(PER_SECOND, BURST)
        self.ended: int | None = None  # the peer is gone: with which code

    async def next(self):
        """The next frame, or Malformed. Raises Refused."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self.ended = message.get("code")
            raise Refused(None)
        if not self._left.spend():
            raise Refused(TOO_FAST)
        size = _size(message)
        if size > FRAME_CLOSE:
            raise Refused(TOO_BIG)
        if size > FRAME_LIMIT:
            return _malformed("too_big", f"A frame has at most {FRAME_LIMIT} bytes.")
        return self._decode(message.get("text") or "")

    def _decode(self, text: str):
        try:
            return self._decoder.decode(text)
        except BAD_JSON as error:
            words = str(error) if isinstance(error, msgspec.ValidationError) else "This is not a frame."
            return _malformed("malformed", words, self._line_of(text))

    def _line_of(self, text: str) -> UUID | None:
        """A line that can be told by its id is refused by its id, so that the client stops sending it again."""
        try:
            attempt = msgspec.json.decode(text, type=_Attempt)
        except BAD_JSON:
            return None
        return attempt.id if attempt.type in self._lines else None


def _malformed(code: str, message: str, line: UUID | None = None) -> Malformed:
    realtime.counts["malformed"] += 1
    return Malformed(code, message, line)


def _size(message: dict) -> int:
    """Bytes of a frame; characters are counted where that tells enough."""
    text = message.get("text")
    if text is None:
        return len(message.get("bytes") or b"")
    return len(text) if len(text) > FRAME_CLOSE else len(text.encode("utf-8", "surrogatepass"))
