"""The ground under all tables: SQLite's queue of writers, and the way from async code to the database."""

import asyncio
import contextvars
import os
import sqlite3
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections, transaction

from config import settings
from core import db
from core.db import db_call
from core.sqlite import base
from tests.servers import ROOT, postgres

pytestmark = pytest.mark.once

# --- SQLite's writers -------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path, django_db_blocker):
    """A SQLite file of the test's own under the alias `file`, in every thread; nobody waits for SQLite's own lock."""
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0, "init_command": "PRAGMA journal_mode=WAL"}
    given = {"file": {"ENGINE": "core.sqlite", "NAME": tmp_path / "file.sqlite3", "OPTIONS": options}}
    connections.settings |= connections.configure_settings({"default": {}} | given)
    with django_db_blocker.unblock():
        execute("CREATE TABLE counter (number integer)")
        execute("INSERT INTO counter VALUES (0)")
        yield tmp_path / "file.sqlite3"
        connections["file"].close()
    del connections["file"], connections.settings["file"]


def execute(sql: str):
    with connections["file"].cursor() as cursor:
        return cursor.execute(sql).fetchall()


def test_the_log_moves_into_the_file_in_small_steps(tmp_path):
    """The commit that moves it waits for all of it, and so do the lines that it stores."""
    name = tmp_path / "file.sqlite3"
    file = sqlite3.connect(name, isolation_level=None)
    file.executescript(settings._sqlite(name)["OPTIONS"]["init_command"])
    file.execute("CREATE TABLE line (text)")
    for _ in range(800):
        file.execute("INSERT INTO line VALUES (?)", ["x" * 3000])
    pages = (tmp_path / "file.sqlite3-wal").stat().st_size / 4120
    file.close()
    assert pages < 350


def count_slowly() -> None:
    """Read, wait, write: what two writers at once would get wrong."""
    with transaction.atomic(using="file"):
        [[number]] = execute("SELECT number FROM counter")
        time.sleep(0.002)
        execute(f"UPDATE counter SET number = {number + 1}")


def at_once(work, times: int = 8) -> list[BaseException]:
    """Run it in so many threads that begin together; gives what they raised."""
    gate, raised = threading.Barrier(times), []

    def run():
        gate.wait()
        try:
            work()
        except Exception as error:
            raised.append(error)
        finally:
            connections["file"].close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def with_patience(monkeypatch, seconds: float) -> None:
    """The queue's patience; SQLite's own stays at nothing."""
    take = base.WRITER.acquire
    monkeypatch.setattr(base, "WRITER", Queue(take, base.WRITER.release, base.WRITER.locked, seconds))


class Queue:
    def __init__(self, take, release, locked, seconds):
        self._take, self.release, self.locked, self.seconds = take, release, locked, seconds

    def acquire(self, timeout):
        return self._take(timeout=self.seconds)


class NoQueue:
    """The control: everybody may begin."""

    def acquire(self, timeout):
        return True

    def release(self):
        pass


@pytest.mark.race
def test_writers_wait_for_each_other_in_the_process(file, monkeypatch):
    with_patience(monkeypatch, 20)
    assert at_once(count_slowly) == []
    assert execute("SELECT number FROM counter") == [(8,)]


@pytest.mark.race
def test_control_without_the_queue_they_meet_the_locked_file(file, monkeypatch):
    monkeypatch.setattr(base, "WRITER", NoQueue())
    assert any("database is locked" in str(error) for error in at_once(count_slowly))


def test_a_writer_that_never_ends_is_waited_for_only_so_long(file, monkeypatch):
    with_patience(monkeypatch, 0.05)
    with transaction.atomic(using="file"):
        [error] = at_once(count_slowly, times=1)
    assert isinstance(error, OperationalError)
    count_slowly()


def test_nested_blocks_are_one_writer(file):
    with transaction.atomic(using="file"):
        with transaction.atomic(using="file"):
            assert base.WRITER.locked()
        assert base.WRITER.locked()
    assert not base.WRITER.locked()


def test_readers_do_not_queue(file, monkeypatch):
    with_patience(monkeypatch, 0)
    with transaction.atomic(using="file"):
        assert at_once(lambda: execute("SELECT number FROM counter"), times=2) == []


def test_an_error_lets_the_next_writer_in(file):
    with pytest.raises(ZeroDivisionError), transaction.atomic(using="file"):
        raise ZeroDivisionError
    assert not base.WRITER.locked()


def test_a_closed_connection_lets_the_next_writer_in(file):
    with pytest.raises(OperationalError, match="lost"), transaction.atomic(using="file"):
        connections["file"].close()
        assert not base.WRITER.locked()
        raise OperationalError("lost")
    count_slowly()


def test_a_refused_begin_lets_the_next_writer_in(file):
    """Another process writes: SQLite says so, and our queue goes on."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        count_slowly()
    assert not base.WRITER.locked()
    other.execute("ROLLBACK")
    other.close()
    count_slowly()


# --- from async code --------------------------------------------------------------------------


def select(value):
    with connection.cursor() as cursor:
        return cursor.execute(f"SELECT {value}") and cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
async def test_a_call_returns_and_raises_as_the_function_does():
    assert await db_call(select, 7) == 7
    with pytest.raises(ZeroDivisionError):
        await db_call(lambda: 1 / 0)


@pytest.mark.django_db(transaction=True)
async def test_a_call_sees_the_callers_context():
    name = contextvars.ContextVar("name")
    name.set("ana")
    assert await db_call(name.get) == "ana"


@pytest.mark.django_db(transaction=True)
async def test_calls_do_not_wait_for_each_other():
    gate = threading.Barrier(db.THREADS, timeout=60)
    await asyncio.gather(*(db_call(gate.wait) for _ in range(db.THREADS)))


@pytest.mark.django_db(transaction=True)
async def test_a_call_leaves_no_transaction_and_no_borrowed_connection():
    kept = []

    def look():
        own = next((held for held in connections.all(initialized_only=True)), None)
        kept.append(own is not None and own.vendor == "postgresql" and own.connection is not None)
        return select(1) and connection.in_atomic_block

    assert not any(await asyncio.gather(*(db_call(look) for _ in range(20))))
    assert not any(kept)


HEALS = """
import asyncio, os, django, psycopg
django.setup()
from django.db import connection
from core.db import db_call

def backend():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT pg_backend_pid()").fetchone()[0]

async def main():
    first = [await db_call(backend) for _ in range(20)]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        others = "pid <> pg_backend_pid() AND backend_type = %s"
        other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}", ["client backend"])
    later = await asyncio.gather(*(db_call(backend) for _ in range(20)))
    print(len(set(first)) < 5, not set(first) & set(later))

asyncio.run(main())
"""


HELD = """
import asyncio, os, django, psycopg
django.setup()
from django.db import OperationalError, connection
from core import batches, db

batches.HOLD = 600

def backend(items):
    with connection.cursor() as cursor:
        return cursor.execute("SELECT pg_backend_pid()").fetchone() * len(items)

def cut(pid):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])

async def main():
    work = batches.Batches(backend, name="test")
    first = [await work.add(1) for _ in range(3)]
    cut(first[0])
    second = [await work.add(1) for _ in range(3)]
    db.let_go_of_dead = lambda: None
    cut(second[0])
    try:
        await work.add(1)
    except OperationalError:
        third = await work.add(1)
        print(len(set(first)), len(set(second)), third not in first + second)
    await work.drain()

asyncio.run(main())
"""


def test_a_connection_that_is_held_while_work_flows_is_replaced_when_it_was_cut(postgres_url):
    """And without the look at its socket the first work after it fails, as the control shows."""
    assert run(HELD, {"DATABASE_URL": postgres_url, "DJANGO_SETTINGS_MODULE": "config.settings"}) == "1 1 True"


SILENCE = """
import django, socket
django.setup()
from django.db import connection
from core import reach

with connection.cursor() as cursor, socket.socket(fileno=connection.connection.fileno()) as wire:
    names = "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT"
    print([wire.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in names], reach.why_no_database())
    wire.detach()
"""


@pytest.mark.parametrize("query, user_timeout", [("", 20_000), ("?tcp_user_timeout=5000", 5_000)])
def test_a_server_whose_machine_is_gone_is_not_waited_for_a_quarter_of_an_hour(postgres_url, query, user_timeout):
    """Nobody says anything when a machine loses its power or its network: the system must ask, and give up."""
    env = {"DATABASE_URL": postgres_url + query, "DJANGO_SETTINGS_MODULE": "config.settings"}
    assert run(SILENCE, env) == f"[10, 5, 2, {user_timeout}] None"


LISTENING = """
import asyncio, socket
from channels_redis.utils import create_pool
from config.settings import CHANNEL_LAYERS

async def main():
    pool = create_pool(CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0])
    wire = (await pool.get_connection())._writer.get_extra_info("socket")
    names = "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT"
    print(wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE), [
        wire.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in names
    ])
    await pool.disconnect()

asyncio.run(main())
"""


def test_a_redis_whose_machine_is_gone_is_not_listened_to_for_ever(redis_url):
    """A subscription says nothing by itself, so without the system's questions it would never learn of it."""
    assert run(LISTENING, {"REDIS_URL": redis_url}) == "1 [10, 5, 2, 20000]"


def test_a_redis_beside_us_has_no_machine_to_lose():
    code = "from config.settings import CHANNEL_LAYERS as layers; print(layers['default']['CONFIG']['hosts'])"
    assert run(code, {"REDIS_URL": "unix:///run/redis.sock"}) == "[{'address': 'unix:///run/redis.sock'}]"


PLANS = """
import django
django.setup()
from django.db import ProgrammingError, connection
from core.db import binary_cursor

def ask(number):
    with binary_cursor() as cursor:
        return cursor.execute("SELECT %s::bigint + 1", [number]).fetchone()[0]

def plans():
    with connection.cursor() as cursor:
        return cursor.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]

said = [plans(), ask(1), ask(2), plans()]
connection.connection.pgconn.exec_(b"DEALLOCATE ALL")
try:
    ask(3)
except ProgrammingError:
    said += [ask(3), ask(4), plans()]
print(said)
"""


@pytest.mark.parametrize("pool, said", [("20", [0, 2, 3, 1, 4, 5, 0]), ("0", [0, 2, 3, 0])])
def test_plans_are_kept_until_another_server_answers(postgres_url, pool, said):
    """As behind a pooler that nobody told us of; where we were told none is kept, and none is missed."""
    env = {"DATABASE_URL": postgres_url, "PARLEY_POOL": pool, "DJANGO_SETTINGS_MODULE": "config.settings"}
    assert run(PLANS, env) == str(said)


@pytest.mark.parametrize("waiting", [0, 1])
def test_a_connection_is_not_kept_for_later_while_somebody_waits_for_one(monkeypatch, waiting):
    closed, pool = [], SimpleNamespace(get_stats=lambda: {"requests_waiting": waiting})
    about = {"vendor": "postgresql", "connection": object(), "pool": pool}
    held = SimpleNamespace(**about, close_if_unusable_or_obsolete=lambda: closed.append(1))
    monkeypatch.setattr(db, "connections", SimpleNamespace(all=lambda initialized_only: [held]))
    db.give_back_if_scarce()
    assert len(closed) == waiting


def test_a_pool_keeps_its_connections_and_replaces_cut_ones():
    """As after a restart of PostgreSQL: no call fails, and none reconnected before without need."""
    with postgres() as url:
        env = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
        assert run(HEALS, env) == "True True"


def run(code: str, env: dict[str, str]) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]
