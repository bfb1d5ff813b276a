"""The database: does what is acknowledged survive, are there connections for all, are the tables up to date?"""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

from core import reach
from core.models import Process

from .findings import Asked, bad, doubtful, examine, good

SQLITE = {"journal_mode": "wal", "synchronous": "2"}
POSTGRES = ("fsync", "synchronous_commit", "full_page_writes")
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
DISTANT = ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.glusterfs", "9p", "ceph")
OLDEST, SPARE = 14, 5
ROLE_AND_DATABASE = """
    SELECT rolconnlimit, datconnlimit FROM pg_roles, pg_database
    WHERE rolname = current_user AND datname = current_database()
"""


@examine("Database")
def keeps(asked: Asked):
    if reason := reach.why_no_database():
        return [bad(f"It does not answer: {reason}.", "Start it, or put its right address into DATABASE_URL.")]
    return [*(_sqlite() if connection.vendor == "sqlite" else _postgres(asked)), of_tables(_missing())]


def of_tables(missing: int) -> tuple:
    if missing:
        return bad(
            f"{missing} changes of the tables were not made.", "Run: bin/start prepare, then restart the processes."
        )
    return good("The tables are up to date.")


def _missing() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


# --- SQLite --------------------------------------------------------------------------------------


def _sqlite():
    with connection.cursor() as cursor:
        found = {name: str(cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in SQLITE}
    yield of_sqlite(found)
    yield of_writers(settings.DATABASES[DEFAULT_DB_ALIAS])
    yield of_disk(str(settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]), Path("/proc/mounts").read_text())


def of_sqlite(found: dict) -> tuple:
    """A line is acknowledged when it is on the disk: synchronous=FULL (2). Readers beside writers: WAL."""
    wrong = [f"{name}={found[name]}" for name in SQLITE if found[name] != SQLITE[name]]
    if wrong:
        words = f"SQLite runs with {', '.join(wrong)}: a power cut can take what was acknowledged, or readers wait."
        return bad(words, "Take such options out of DATABASE_URL; Parley sets WAL and FULL by itself.")
    return good("SQLite with WAL; a line is acknowledged when it is on the disk.")


def of_writers(given: dict) -> tuple:
    if given["ENGINE"] != "core.sqlite" or given["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
        return bad(
            "Writers do not queue, so some fail with “database is locked”.",
            "Use the engine core.sqlite with IMMEDIATE.",
        )
    return good("Writers wait for each other in a queue.")


def of_disk(path: str, mounts: str) -> tuple:
    """The file system that holds the path: the longest mount point above it."""
    rows = [line.split()[1:3] for line in mounts.splitlines()]
    above = [(point, kind) for point, kind in rows if path == point or path.startswith(point.rstrip("/") + "/")]
    point, kind = max(above, key=lambda row: len(row[0]), default=("/", "unknown"))
    if kind in DISTANT:
        return bad(
            f"The SQLite file is on a network disk ({kind} at {point}), where its locks do not hold.",
            "Move PARLEY_DATA to a local disk, or use PostgreSQL.",
        )
    return good("The SQLite file is on a local disk.")


# --- PostgreSQL ----------------------------------------------------------------------------------


def _postgres(asked: Asked):
    with connection.cursor() as cursor:
        found = {
            name: _shown(cursor, name) for name in (*POSTGRES, *LIMITS, "transaction_read_only", "server_encoding")
        }
        version = int(_shown(cursor, "server_version_num")) // 10_000
        most = min(_most(cursor))
    yield of_postgres(found, version)
    yield of_writing(found["transaction_read_only"], found["server_encoding"])
    yield of_limits({name: found[name] for name in LIMITS})
    pool = settings.DATABASES[DEFAULT_DB_ALIAS]["OPTIONS"].get("pool")
    yield of_connections(most, asked.processes or _serving(asked), pool["max_size"] if pool else 0)


def _most(cursor) -> Iterator[int]:
    """How many connections the server gives, our role and our database may have; -1 is no limit."""
    yield int(_shown(cursor, "max_connections")) - int(_shown(cursor, "superuser_reserved_connections"))
    cursor.execute(ROLE_AND_DATABASE)
    yield from (limit for limit in cursor.fetchone() if limit >= 0)


def _shown(cursor, name: str) -> str:
    return cursor.execute(f"SHOW {name}").fetchone()[0]


def _serving(asked: Asked) -> int:
    """Processes that hold sockets now, at least one."""
    return max(1, Process.objects.live(asked.now).count())


def of_postgres(found: dict, version: int) -> tuple:
    """`synchronous_commit`: everything but off and local waits for the disk here."""
    wrong = [name for name in POSTGRES if found[name] in ("off", "local")]
    if wrong:
        names = ", ".join(f"{name}={found[name]}" for name in wrong)
        return bad(
            f"PostgreSQL runs with {names}: a crash can take what was acknowledged.", f"Set {', '.join(wrong)} to on."
        )
    if version < OLDEST:
        return bad(f"PostgreSQL {version} is too old.", f"Use version {OLDEST} or later.")
    return good(f"PostgreSQL {version}; a line is acknowledged when it is on the disk.")


def of_writing(read_only: str, encoding: str) -> tuple:
    if read_only == "on":
        return bad(
            "PostgreSQL may only be read, so nothing can be acknowledged.",
            "Let DATABASE_URL name the primary, not a standby, or set default_transaction_read_only to off.",
        )
    if encoding != "UTF8":
        return bad(
            f"The database keeps {encoding}, which holds no other scripts and no emoji.",
            "Make it anew with createdb --encoding=UTF8 --template=template0, and load a copy of the old one.",
        )
    return good("What people write can be kept, in any script.")


def of_limits(found: dict) -> tuple:
    """What is meant for other programs ends a report, a rebuild of figures or an erasure in the middle."""
    set_ = [f"{name}={value}" for name, value in found.items() if value != "0"]
    if set_:
        words = f"PostgreSQL ends what takes longer than {', '.join(set_)}: reports and nightly jobs may need more."
        return doubtful(words, "Take it back for this role: ALTER ROLE ... RESET ...")
    return good("PostgreSQL lets each question come to its end.")


def of_connections(most: int, processes: int, pool: int) -> tuple:
    needed = processes * (pool or 1) + SPARE
    if pool == 0:
        return good("Connections are left to a pooler (PARLEY_POOL=0).")
    if needed > most:
        words = f"{processes} processes with {pool} connections each may ask for {needed}; PostgreSQL gives {most}."
        remedy = (
            "Raise max_connections (or the role's own limit), lower PARLEY_POOL, or use PgBouncer and PARLEY_POOL=0."
        )
        return bad(words, remedy)
    if 2 * needed > most and processes == 1:
        return doubtful(
            f"One process may take {needed} of {most} connections; a second would hardly fit.",
            "Say how many processes serve with --processes, and raise max_connections.",
        )
    return good(f"{processes} processes may ask for {needed} of {most} connections.")
