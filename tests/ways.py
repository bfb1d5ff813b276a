"""The application at the end of ways of random length: who acts first need not be the first who is heard.

PARLEY_TEST_WAYS=seed:1,in:0.6,out:0.4,push:0.6 gives the most seconds that a request, its answer and a frame take.
Each socket keeps its order, static files come at once. Where it is set, the sites of tests are served so.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from functools import cache

from core.wire import WRITE

AT_ONCE = ("/static/", "/healthz", "/readyz")


class Ways:
    """An ASGI application around another one."""

    def __init__(self, application, spec: str):
        given = dict(part.split(":") for part in spec.split(","))
        self._application, self._most = application, {name: float(most) for name, most in given.items()}
        self._random = random.Random(given.get("seed"))

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and not scope["path"].startswith(AT_ONCE):
            await self._takes("in")
            await self._application(scope, receive, self._answering(send))
        elif scope["type"] == "websocket":
            await self._pushing(scope, receive, send)
        else:
            await self._application(scope, receive, send)

    def _seconds(self, way: str) -> float:
        return self._random.uniform(0, self._most.get(way, 0))

    async def _takes(self, way: str) -> None:
        await asyncio.sleep(self._seconds(way))

    def _answering(self, send):
        async def answer(message) -> None:
            if message["type"] == "http.response.start":
                await self._takes("out")
            await send(message)

        return answer

    async def _pushing(self, scope, receive, send):
        scope.get("extensions", {}).pop(WRITE, None)  # what is written at once would overtake
        way = Way(send)
        try:
            await self._application(scope, receive, lambda message: way.take(message, self._seconds("push")))
        finally:
            way.end()


class Way:
    """What one socket is sent: in order, none before its time. Who closes waits until it has gone out."""

    def __init__(self, send: Callable[[dict], Awaitable[None]]):
        self._send, self._queue, self._last = send, asyncio.Queue(), 0.0
        self._task = asyncio.create_task(self._run())

    async def take(self, message: dict, seconds: float) -> None:
        self._last = max(self._last, asyncio.get_running_loop().time() + seconds)
        self._queue.put_nowait((self._last, message))
        if message["type"] != "websocket.send":
            await self._queue.join()

    async def _run(self) -> None:
        while True:
            due, message = await self._queue.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            try:
                await self._send(message)
            except OSError:
                pass  # the peer has gone, as the application hears by what it receives
            finally:
                self._queue.task_done()

    def end(self) -> None:
        self._task.cancel()


@cache
def _served() -> Ways:
    from config.asgi import application as served

    return Ways(served, os.environ["PARLEY_TEST_WAYS"])


async def application(scope, receive, send):
    await _served()(scope, receive, send)
