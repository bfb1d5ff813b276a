"""What is pushed to sockets: published after commit from any thread, delivered in this process at once.

The only package that touches the channel layer, and that only to reach other processes. A push is a hint:
clients find out from head numbers what they missed, so a failure here is counted and never raised.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from .farewell import before_the_server_stops
from .faults import Faults
from .hub import Hub
from .outlet import Outlet, close
from .post import Post

__all__ = [
    "Faults",
    "Outlet",
    "Post",
    "capture",
    "close",
    "counts",
    "inject",
    "join",
    "leave",
    "on_wake",
    "process",
    "publish",
    "sockets",
    "start",
    "stop",
    "wake",
]

counts: Counter = Counter()
_hub = Hub(counts)
_sinks: list[list[Post]] = []


def publish(posts: Iterable[Post]) -> None:
    """Send each post to the sockets of its groups, in every process. Thread-safe; never raises. After commit only."""
    posts = list(posts)
    for sink in _sinks:
        sink.extend(posts)
    _hub.publish(posts)


def wake(name: str) -> None:
    """Hint that there is work for whoever waits on this name, in every process. Thread-safe; never raises."""
    _hub.publish([Post(control=f"wake:{name}")])


def on_wake(name: str, call: Callable[[], None]) -> Callable[[], None]:
    """Have `call` run on the loop at each wake of this name. Returns what undoes it."""
    _hub.attach()
    _hub.sleepers.setdefault(name, set()).add(call)
    return lambda: _hub.sleepers[name].discard(call)


def join(outlet: Outlet, group: str) -> None:
    """From now on the outlet gets what is posted to the group. On the loop."""
    _hub.join(outlet, group)


def leave(outlet: Outlet) -> None:
    _hub.leave(outlet)


def sockets(group: str) -> int:
    """How many sockets of this process are in the group."""
    return len(_hub.groups.get(group, ()))


def process() -> str:
    """The name of this run of this process; leases carry it."""
    _hub.attach()
    return _hub.process


async def start() -> None:
    """Bind to the running loop and reach for the other processes. Again is harmless; sockets do it on first use."""
    _hub.attach()
    before_the_server_stops(_hub.empty)


async def stop() -> None:
    """Close every socket with 4412 (restarting) and let go of the channel layer."""
    await _hub.stop()


def inject(faults: Faults | None) -> None:
    """Lose, double or reorder what is delivered from now on, to test what must survive it."""
    _hub.faults = faults


@contextmanager
def capture() -> Iterator[list[Post]]:
    """For tests: the posts that this process publishes meanwhile, wakes left out."""
    sink: list[Post] = []
    _sinks.append(sink)
    try:
        yield sink
    finally:
        _sinks.remove(sink)
