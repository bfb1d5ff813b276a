"""The sockets of this process by group, and delivery to them on their loop."""

import asyncio
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from .faults import Faults
from .outlet import REPLACED, SEND_TIME, Outlet
from .post import Post
from .relay import Relay, send_without_loop

log = logging.getLogger("parley.realtime")

RESTARTING = 4412
BROKEN = 1011
WATCH_EVERY = 1.0
STOP_TIME = 3.0
LATER = 0.05


class Hub:
    """Belongs to one loop at a time; `publish` alone may be called from other threads."""

    def __init__(self, counts: Counter):
        self.counts = counts
        self.faults: Faults | None = Faults.from_environment()
        self.process = ""
        self._forget_loop()

    def _forget_loop(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.relay: Relay | None = None
        self.groups: dict[str, set[Outlet]] = {}
        self.sleepers: dict[str, set[Callable[[], None]]] = {}
        self._watch: asyncio.TimerHandle | None = None
        self._emptied: asyncio.Event | None = None
        self._postponed: dict[Outlet, Callable[[], None]] = {}

    # --- life -------------------------------------------------------------------------------

    def attach(self) -> None:
        """Bind to the running loop. Servers without lifespan come here with their first socket."""
        loop = asyncio.get_running_loop()
        if loop is self.loop:
            return
        self._forget_loop()
        self.loop = loop
        self.process = uuid.uuid4().hex
        self.relay = Relay(self.process, self.deliver, self.counts)
        self._look()

    async def stop(self) -> None:
        if self.loop is not asyncio.get_running_loop():
            return
        await self.empty()
        if self.relay:
            await self.relay.stop()
        if self._watch:
            self._watch.cancel()
        self._forget_loop()

    async def empty(self) -> None:
        """Close every socket, wait until they are gone, at most three seconds; who comes now is sent away too."""
        self._emptied = asyncio.Event()
        for outlet in self._everybody():
            outlet.close(RESTARTING)
        if self.groups:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), STOP_TIME)

    # --- members ----------------------------------------------------------------------------

    def join(self, outlet: Outlet, group: str) -> None:
        self.attach()
        outlet.group = group
        self.groups.setdefault(group, set()).add(outlet)
        if self._emptied:
            outlet.close(RESTARTING)

    def leave(self, outlet: Outlet) -> None:
        self._postponed.pop(outlet, None)
        members = self.groups.get(outlet.group)
        if members is None:
            return
        members.discard(outlet)
        if not members:
            del self.groups[outlet.group]
        if not self.groups and self._emptied:
            self._emptied.set()

    def _everybody(self) -> list[Outlet]:
        return [outlet for members in self.groups.values() for outlet in members]

    def _look(self) -> None:
        """Close whoever has kept one frame waiting for too long; cheaper than a timer for each frame."""
        late = time.monotonic() - SEND_TIME
        for outlet in self._everybody():
            if outlet.sending_since is not None and outlet.sending_since < late:
                self.counts["slow"] += 1
                outlet.fail()
        self._watch = self.loop.call_later(WATCH_EVERY, self._look)

    # --- delivery ---------------------------------------------------------------------------

    def publish(self, posts: list[Post]) -> None:
        """From any thread."""
        try:
            if self.loop is None or self.loop.is_closed():
                send_without_loop(posts, self.counts)
            else:
                self.loop.call_soon_threadsafe(self._out, posts)
        except Exception:
            self.counts["publish_failed"] += 1
            log.exception("nothing was published")

    def _out(self, posts: list[Post]) -> None:
        self.deliver(posts)
        if self.relay:
            self.relay.offer(posts)

    def deliver(self, posts: list[Post]) -> None:
        for post in posts:
            if post.control is not None:
                self._obey(post)
            if post.frame:
                self._fan_out(post)

    def _fan_out(self, post: Post) -> None:
        text = post.frame.decode()
        for outlet in self._members(post):
            try:
                if self.faults is None:
                    outlet.post(text, post.lane)
                else:
                    self._deliver_badly(outlet, partial(outlet.post, text, post.lane))
            except Exception:
                self.counts["delivery_failed"] += 1
                log.exception("a frame could not be queued")
                outlet.fail(BROKEN)

    def _members(self, post: Post) -> list[Outlet]:
        found = [outlet for group in post.groups for outlet in self.groups.get(group, ())]
        return [outlet for outlet in found if outlet.tab == post.tab] if post.tab else found

    def _deliver_badly(self, outlet: Outlet, send: Callable[[], None]) -> None:
        fate = self.faults.fate()
        if fate == "reorder" and outlet not in self._postponed:
            self._postponed[outlet] = send
            self.loop.call_later(LATER, self._send_postponed, outlet)
            return
        for _ in range({"drop": 0, "double": 2}.get(fate, 1)):
            send()
        self._send_postponed(outlet)

    def _send_postponed(self, outlet: Outlet) -> None:
        if send := self._postponed.pop(outlet, None):
            send()

    # --- control ----------------------------------------------------------------------------

    def _obey(self, post: Post) -> None:
        verb, _, rest = post.control.partition(":")
        if verb == "wake":
            for call in tuple(self.sleepers.get(rest, ())):
                call()
        for outlet in self._members(post):
            if verb == "close":
                outlet.close(int(rest))
            elif verb == "recheck":
                outlet.recheck()
            elif verb == "replace":
                _replace(outlet, *rest.split(":", 1))


def _replace(outlet: Outlet, opened: str, tab: str) -> None:
    """The same tab came again: what it opened before is over."""
    if outlet.tab == tab and outlet.opened < int(opened):
        outlet.close(REPLACED)
