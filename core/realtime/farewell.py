"""Sockets are closed with our own code before the server closes them with one that says nothing."""

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def before_the_server_stops(farewell: Callable[[], Awaitable[None]]) -> None:
    """On the first signal to stop say farewell, then hand the signal on; a second one goes straight to the server."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        served = signal.getsignal(number)
        if callable(served) and served is not signal.default_int_handler:
            signal.signal(number, _Once(loop, farewell, served))


class _Once:
    """A signal handler that puts itself out of the way."""

    def __init__(self, loop, farewell, served):
        self.loop, self.farewell, self.served = loop, farewell, served
        self.task: asyncio.Task | None = None

    def __call__(self, number, frame):
        signal.signal(number, self.served)
        self.loop.call_soon_threadsafe(self._begin, number, frame)

    def _begin(self, number, frame) -> None:
        self.task = self.loop.create_task(self._say(number, frame))

    async def _say(self, number, frame) -> None:
        try:
            await self.farewell()
        finally:
            self.served(number, frame)
