"""What one socket's application is still to read: a queue for one reader, which keeps nothing while nothing waits."""

import asyncio
from collections import deque


class Incoming:
    """As `asyncio.Queue` where its server uses it. That one holds four deques of 760 bytes for each idle socket."""

    __slots__ = ("_messages", "_reader")

    def __init__(self):
        self._messages: deque | None = None
        self._reader: asyncio.Future | None = None

    def put_nowait(self, message) -> None:
        if self._messages is None:
            self._messages = deque()
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self):
        """The next one. Nobody else may wait for it."""
        while self._messages is None:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        message = self._messages.popleft()
        if not self._messages:
            self._messages = None
        return message

    def qsize(self) -> int:
        return len(self._messages or ())

    def empty(self) -> bool:
        return self._messages is None
