"""The way to the other processes: one group of the channel layer, one subscription per process."""

import asyncio
import logging
import random
import time
from collections import Counter, deque
from collections.abc import Callable

import msgspec
from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

from .post import Post

log = logging.getLogger("parley.realtime")

GROUP = "parley"
SEND_TIME = 2.0
BACKLOG = 1000
RENEW_EVERY = 5.0
BACKOFF = (0.2, 5.0)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Post]).decode


def crossing_layer():
    """The channel layer, if it reaches beyond this process."""
    layer = get_channel_layer()
    return None if layer is None or isinstance(layer, InMemoryChannelLayer) else layer


async def _send(layer, origin: str, posts: list[Post]) -> None:
    async with asyncio.timeout(SEND_TIME):
        await layer.group_send(GROUP, {"type": "parley", "origin": origin, "posts": _encode(posts)})


def send_without_loop(posts: list[Post], counts: Counter) -> None:
    """From a command or a worker that serves no sockets: straight to the layer, with the same time limit."""
    layer = crossing_layer()
    if layer is None:
        return
    try:
        async_to_sync(_send)(layer, "", posts)
    except Exception:
        counts["relay_failed"] += 1
        log.warning("the channel layer did not take a push", exc_info=True)


class Relay:
    """Sends what this process publishes and delivers what the others do. Heals when the layer does."""

    def __init__(self, origin: str, deliver: Callable[[list[Post]], None], counts: Counter):
        self.origin = origin
        self.counts = counts
        self._deliver = deliver
        self._backlog: deque[list[Post]] = deque()
        self._ready = asyncio.Event()
        self._layer = crossing_layer()
        self._tasks: list[asyncio.Task] = []
        if self._layer is not None:
            self._tasks = [asyncio.create_task(self._publish()), asyncio.create_task(self._subscribe())]

    def offer(self, posts: list[Post]) -> None:
        """Take posts for the others. When the layer lags the oldest go: they are the ones found out soonest."""
        if not self._tasks:
            return
        self._backlog.append(posts)
        if len(self._backlog) > BACKLOG:
            self._backlog.popleft()
            self.counts["relay_dropped"] += 1
        self._ready.set()

    async def stop(self) -> None:
        """Send what is left, then let go."""
        if self._tasks and self._backlog:
            await asyncio.wait([asyncio.ensure_future(self._send_all())], timeout=SEND_TIME)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- out --------------------------------------------------------------------------------

    async def _publish(self) -> None:
        while True:
            await self._ready.wait()
            await self._send_all()

    async def _send_all(self) -> None:
        """Everything that gathered while the last send ran, in one message."""
        self._ready.clear()
        batch = [post for posts in self._backlog for post in posts]
        self._backlog.clear()
        try:
            if batch:
                await _send(self._layer, self.origin, batch)
        except Exception as error:
            self.counts["relay_failed"] += 1
            log.warning("the channel layer did not take %d posts: %r", len(batch), error)

    # --- in ---------------------------------------------------------------------------------

    async def _subscribe(self) -> None:
        """Listen for ever; after a failure subscribe anew."""
        least, most = BACKOFF
        delay = least
        while True:
            since = time.monotonic()
            try:
                await self._listen()
            except Exception as error:
                self.counts["relay_lost"] += 1
                log.warning("the channel layer is away: %r", error)
            delay = least if time.monotonic() - since > most else min(delay * 2, most)
            await asyncio.sleep(delay * random.uniform(0.5, 1))  # noqa: S311

    async def _listen(self) -> None:
        channel = await self._layer.new_channel(GROUP)
        await self._layer.group_add(GROUP, channel)
        renewal = asyncio.create_task(self._renew(channel))
        try:
            while True:
                message = await self._layer.receive(channel)
                if message["origin"] != self.origin:
                    self._take(message["posts"])
        finally:
            renewal.cancel()

    def _take(self, data: bytes) -> None:
        try:
            self._deliver(_decode(data))
        except msgspec.DecodeError as error:
            log.warning("a push of another version was left out: %r", error)

    async def _renew(self, channel: str) -> None:
        """A layer that was flushed says nothing and forgets its groups: join again all the time."""
        while True:
            await asyncio.sleep(RENEW_EVERY)
            try:
                await self._layer.group_add(GROUP, channel)
            except Exception as error:
                self.counts["relay_lost"] += 1
                log.warning("the subscription could not be renewed: %r", error)
