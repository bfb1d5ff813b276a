"""The only way from async code to the database: a bounded pool of threads, one whole transaction per call."""

import asyncio
import contextvars
import select
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from weakref import WeakSet

import psycopg
from django.db import close_old_connections, connection, connections
from psycopg import errors

from . import arrays

THREADS = 8
OTHER_SERVER = (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement)  # does not know, or knows, the plan
_taking_arrays: WeakSet[psycopg.Connection] = WeakSet()
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="db")


async def db_call(fn: Callable, *args, **kwargs):
    """Run a sync function that uses the database off the loop; returns what it returns, raises what it raises."""
    return await _call(_threads, fn, args, kwargs)


class Apart:
    """As `db_call`, in a thread and so on a connection of its own: for questions that name many rows, ever others.

    SQLite's driver keeps the last 128 statements of each connection. One that names a thousand ids takes 200 KiB, is
    never said again, and would push out what is said often, in every thread.
    """

    def __init__(self, name: str):
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def call(self, fn: Callable, *args, **kwargs):
        return await _call(self._thread, fn, args, kwargs)


async def _call(threads: ThreadPoolExecutor, fn: Callable, args, kwargs):
    context = contextvars.copy_context()
    call = partial(context.run, _run, fn, args, kwargs)
    return await asyncio.get_running_loop().run_in_executor(threads, call)


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


def gave_way(error: Exception) -> bool:
    """The server is there, and has undone our work for the sake of somebody else's (SQLSTATE class 40: a deadlock)."""
    return str(getattr(error.__cause__, "sqlstate", "")).startswith("40")


class _Keeping(psycopg.Cursor):
    """Has the server keep its plan of each statement, where settings allow that.

    Behind a pooler that nobody told us of the server may be another one each time; then no plan is kept any more.
    """

    kept = True

    def execute(self, query, params=None):
        try:
            return super().execute(query, params, prepare=self.kept)
        except OTHER_SERVER:
            _Keeping.kept = False
            raise


def binary_cursor():
    """Of PostgreSQL: takes `core.arrays`, and statements that are few and said often.

    Django's puts what is given into the statement, as text: each is a new one. Arrays and ids are cheaper as they are,
    on both ends.
    """
    connection.ensure_connection()
    held = connection.connection
    if held not in _taking_arrays:
        arrays.register(held.adapters)
        _taking_arrays.add(held)
    cursor = _Keeping(held)
    cursor.format = psycopg.pq.Format.BINARY
    if not connection.queries_logged:
        return connection.make_cursor(cursor)
    cursor.kept = False  # Django logs what the cursor has said, and of what is planned that is only a name
    return connection.make_debug_cursor(cursor)
