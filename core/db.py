"""The only way from async code to the database: a bounded pool of threads, one whole transaction per call."""

import asyncio
import contextvars
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
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
