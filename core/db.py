"""The only way from async code to the database: a bounded pool of threads, one whole transaction per call."""

import asyncio
import contextvars
import select
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import close_old_connections, connections

THREADS = 8
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="db")


async def db_call(fn: Callable, *args, **kwargs):
    """Run a sync function that uses the database off the loop; returns what it returns, raises what it raises."""
    context = contextvars.copy_context()
    call = partial(context.run, _run, fn, args, kwargs)
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


def _run(fn: Callable, args, kwargs):
    close_old_connections()
    try:
        return fn(*args, **kwargs)
    finally:
        give_back()


def give_back() -> None:
    """Pooled connections return to the pool; others stay open for the thread's next call while they are healthy."""
    for each in connections.all(initialized_only=True):
        if not each.in_atomic_block:
            each.close_if_unusable_or_obsolete()


def give_back_if_scarce() -> None:
    """Where all of the pool are in use and somebody waits, nobody keeps one for later."""
    for each in connections.all(initialized_only=True):
        pool = each.vendor == "postgresql" and each.connection and each.pool
        if pool and pool.get_stats()["requests_waiting"]:
            each.close_if_unusable_or_obsolete()


def let_go_of_dead() -> None:
    """Before one that was held is used again: a server that went away has said so, and nobody has read it yet."""
    for each in connections.all(initialized_only=True):
        held = each.vendor == "postgresql" and each.connection
        if held and not each.in_atomic_block and (held.closed or _has_something_to_say(held)):
            each.close()


def _has_something_to_say(held) -> bool:
    """Unasked, which a server that is well does not do. Costs no question, only a look at the socket."""
    look = select.poll()
    look.register(held.fileno(), select.POLLIN)
    return bool(look.poll(0))
