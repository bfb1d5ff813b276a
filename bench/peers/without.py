"""Parley without one of its means, to see what each is worth: WITHOUT=batches, hub or thresholds. Only to measure.

`batches`: each line a transaction of its own. `hub`: each socket has a channel of the channel layer, and each push is
sent to each of its groups there, as Channels does it by itself. `thresholds`: the garbage collector comes as often as
Python lets it, over everything there is.
"""

import asyncio
import gc
import os

from config.asgi import application  # noqa: F401 -- first: it sets Django up

# isort: split
from channels.layers import get_channel_layer

from core import realtime
from core.batches import Batches
from core.realtime.hub import Hub
from interactions.transcript import batch, writing


class ThroughLayer(Hub):
    """Knows its sockets, and yet reaches them by the layer. Controls go the usual way."""

    def __init__(self, counts):
        super().__init__(counts)
        self._tasks: dict = {}

    def join(self, outlet, group: str) -> None:
        super().join(outlet, group)
        self._tasks[outlet] = asyncio.create_task(self._listen(outlet, group))

    def leave(self, outlet) -> None:
        super().leave(outlet)
        if task := self._tasks.pop(outlet, None):
            task.cancel()

    def _out(self, posts) -> None:
        super()._out([post for post in posts if not post.frame])
        for post in posts:
            if post.frame:
                task = asyncio.create_task(self._send(post))
                self._tasks[task] = task
                task.add_done_callback(self._tasks.pop)

    async def _send(self, post) -> None:
        for group in post.groups:
            await get_channel_layer().group_send(group, {"text": post.frame.decode(), "lane": post.lane})

    async def _listen(self, outlet, group: str) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
        while True:
            message = await layer.receive(channel)
            outlet.post(message["text"], message["lane"] and tuple(message["lane"]))


match os.environ["WITHOUT"]:
    case "batches":
        writing._lines = Batches(batch.write_all, name="lines", most=1)
    case "hub":
        realtime._hub = ThroughLayer(realtime.counts)
    case "thresholds":
        gc.freeze = gc.set_threshold = lambda *_: None
    case other:
        raise SystemExit(f"WITHOUT must be batches, hub or thresholds, not {other}.")
