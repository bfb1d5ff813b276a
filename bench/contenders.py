"""The servers that are compared: how each is started, spoken to, and asked what it has stored."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests import servers
from tests.servers import Process

PEERS = Path(__file__).parent / "peers"
PARTIES = 3


class Ground(NamedTuple):
    """What a run gives to whoever is measured. `env`: makes fsync slow, where that is wanted."""

    path: Path
    chats: int
    env: dict
    programs: Path

    @property
    def slowly(self) -> dict:
        return {**os.environ, **self.env}


class Running(NamedTuple):
    """A server that runs. `plan`: a line for each socket, as the generator reads it; `stored`: all texts it holds."""

    plan: list[str]
    processes: list[Process]
    all: list[Process]
    stored: Callable[[], list[str]]


def _line(port: int, path: str, headers: str, chat: int, ack: str, template: str, *steps: str) -> str:
    return "\t".join([str(port), path, headers, str(chat), ack, template, *steps])


def _of_sqlite(file: Path, sql: str) -> list[str]:
    with sqlite3.connect(file) as database:
        return [text for (text,) in database.execute(sql)]


def _of_postgres(url: str, sql: str) -> list[str]:
    import psycopg

    with psycopg.connect(url) as database:
        return [text for (text,) in database.execute(sql)]


# --- Parley -----------------------------------------------------------------------------------

LINES = "SELECT text FROM interactions_message WHERE kind = 'text'"
FILL = """
from bench.crowd import expect
from interactions.doctor.scratch import fill
result = fill({})
expect(60)
"""


@contextmanager
def parley_sqlite(ground: Ground) -> Iterator[Running]:
    with servers.parley(ground.env) as site:
        yield _parley(site, ground, [], lambda: _of_sqlite(site.path / "data" / "parley.sqlite3", LINES))


def parley_postgres(processes: int, without: str = ""):
    """`without`: one of its means; see `peers/without.py`."""
    application = {"application": "bench.peers.without:application"} if without else {}

    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        with ExitStack() as stack:
            database = stack.enter_context(servers.postgres(durable=True, env=ground.slowly))
            redis = stack.enter_context(servers.redis())
            env = {"DATABASE_URL": database, "REDIS_URL": redis, "WITHOUT": without}
            site = stack.enter_context(servers.parley(env, processes=processes, **application))
            yield _parley(site, ground, [database.process, redis.process], lambda: _of_postgres(database, LINES))

    return start


def _parley(site: servers.Parley, ground: Ground, around: list[Process], stored) -> Running:
    chats = site.run(FILL.format(ground.chats))
    plan = [line for number, chat in enumerate(chats) for line in _parley_chat(site, number, chat)]
    return Running(plan, site.processes, [*site.processes, *around], stored)


def _parley_chat(site, number: int, chat: dict) -> Iterator[str]:
    """The contact and two agents, each at another process where there are several."""
    send = f'{{"type":"send","interaction":"{chat["chat"]}","id":"@ID@","text":"@TEXT@"}}'
    origin, ack, welcome = f"Origin: {site.url}", '"type":"ack"', '<"type":"welcome"'
    hello = f'>{{"type":"hello","tab":"t","token":"{chat["token"]}","chat":"{chat["chat"]}"}}'
    yield _line(site.ports[0], "/ws/contact/", origin, number, ack, send, hello, welcome)
    for place, cookie in enumerate(chat["cookies"], 1):
        headers = f"{origin}|Cookie: parley_session={cookie}"
        port = site.ports[place % len(site.ports)]
        yield _line(port, "/ws/agent/", headers, number, ack, send, '>{"type":"hello","tab":"t"}', welcome)


# --- the others -------------------------------------------------------------------------------

JSON_SEND = '{"id":"@ID@","text":"@TEXT@"}'
STORED = "SELECT text FROM line"


def tutorial(kind: str):
    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        with servers.redis() as redis, _database(kind, ground) as (_, env, around, read):
            port = servers.free_port()
            env = ground.slowly | env | {"REDIS_URL": redis, "PYTHONPATH": str(servers.ROOT)}
            command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
            server = Process([*command, "bench.peers.tutorial:application"], ground.path / "server.log", env)
            with _served(server, port):
                plan = [
                    _line(port, f"/chat{chat}", "", chat, '"type": "ack"', JSON_SEND, '<"type": "welcome"')
                    for chat in range(ground.chats)
                    for _ in range(PARTIES)
                ]
                yield Running(plan, [server], [server, redis.process, *around], lambda: read(STORED))

    return start


def socketio(kind: str):
    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        with _database(kind, ground) as (place, _, around, read):
            port = servers.free_port()
            command = ["node", str(PEERS / "socketio.mjs"), str(port), kind, place]
            env = ground.slowly | {"PEERS": str(node_packages(ground.programs))}
            server = Process(command, ground.path / "server.log", env)
            with _served(server, port):
                send = f'421["line",{JSON_SEND}]'
                plan = [
                    _line(
                        port,
                        "/socket.io/?EIO=4&transport=websocket",
                        "",
                        chat,
                        "431[",
                        send,
                        "<0{",
                        f'>40{{"chat":"chat{chat}"}}',
                        "<40{",
                    )
                    for chat in range(ground.chats)
                    for _ in range(PARTIES)
                ]
                yield Running(plan, [server], [server, *around], lambda: read(STORED))

    return start


@contextmanager
def bare(ground: Ground) -> Iterator[Running]:
    port, file = servers.free_port(), ground.path / "bare.sqlite3"
    env = ground.slowly | {"PYTHONPATH": str(python_packages(ground.programs))}
    server = Process([sys.executable, str(PEERS / "bare.py"), str(port), str(file)], ground.path / "server.log", env)
    with _served(server, port):
        plan = [
            _line(port, f"/chat{chat}", "", chat, '"type":"ack"', JSON_SEND, '<"type":"welcome"')
            for chat in range(ground.chats)
            for _ in range(PARTIES)
        ]
        yield Running(plan, [server], [server], lambda: _of_sqlite(file, STORED))


# --- ejabberd ---------------------------------------------------------------------------------

FRAMING = "xmlns='urn:ietf:params:xml:ns:xmpp-framing'"
SCHEMAS = Path("/usr/share/ejabberd/sql")
PEERS_DATABASE = {
    "sqlite": "sql_type: sqlite\nsql_database: {place}",
    "postgres": "sql_type: pgsql\nsql_server: 127.0.0.1\nsql_port: {port}\nsql_database: postgres\n"
    "sql_username: parley\nsql_password: none\nsql_pool_size: 10",
}


def ejabberd(kind: str):
    @contextmanager
    def start(ground: Ground) -> Iterator[Running]:
        with _database(kind, ground, "ejabberd") as (place, _, around, read):
            port = servers.free_port()
            server = _start_ejabberd(kind, ground, port, place)
            try:
                server.wait_for(lambda: servers.listens(port))
                plan = [_occupant(port, chat, who) for chat in range(ground.chats) for who in range(PARTIES)]
                yield Running(plan, [server], [server, *around], lambda: read("SELECT txt FROM archive"))
            finally:
                server.crash()

    return start


def _start_ejabberd(kind: str, ground: Ground, port: int, place: str) -> Process:
    user = "ejabberd" if os.geteuid() == 0 else None
    database = PEERS_DATABASE[kind].format(place=place, port=place.rpartition(":")[2].partition("/")[0])
    config = (PEERS / "ejabberd.yml").read_text().replace("@PORT@", str(port)).replace("@DATABASE@", database)
    (ground.path / "ejabberd.yml").write_text(config)
    (ground.path / "spool").mkdir(mode=0o777)
    (ground.path / "spool").chmod(0o777)
    erlang = [
        "erl",
        "-noinput",
        "-sname",
        f"bench{port}@localhost",
        "-setcookie",
        "bench",
        "+K",
        "true",
        "+P",
        "250000",
    ]
    mnesia = ["-mnesia", "dir", f'"{ground.path}/spool"', "-s", "ejabberd"]
    env = ground.slowly | {"EJABBERD_CONFIG_PATH": f"{ground.path}/ejabberd.yml", "HOME": str(ground.path / "spool")}
    env |= {"EJABBERD_LOG_PATH": f"{ground.path}/spool/ejabberd.log", "ERL_LIBS": "/usr/lib/x86_64-linux-gnu"}
    return Process([*erlang, *mnesia], ground.path / "server.log", env, user)


def _occupant(port: int, chat: int, who: int) -> str:
    opening = f"><open {FRAMING} to='localhost' version='1.0'/>"
    room = f"chat{chat}@conference.localhost"
    bind = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
    steps = [opening, "<stream:features", ">" + _sasl(), "<<success", opening, "<stream:features"]
    steps += [f"><iq xmlns='jabber:client' type='set' id='b'>{bind}</iq>", "<</jid>"]
    joining = (
        f"<presence xmlns='jabber:client' to='{room}/party{who}'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
    )
    steps += [">" + joining, "<<subject"]
    send = f"<message xmlns='jabber:client' to='{room}' type='groupchat' id='@ID@'><body>@TEXT@</body></message>"
    return _line(port, "/ws", "Sec-WebSocket-Protocol: xmpp", chat, "", send, *steps)


def _sasl() -> str:
    return "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"


# --- what they stand on -----------------------------------------------------------------------


@contextmanager
def _database(kind: str, ground: Ground, schema: str = ""):
    """A file or a PostgreSQL of its own: where it is, the environment that says so, its processes, how to read it."""
    if kind == "sqlite":
        file = ground.path / "peer.sqlite3"
        if schema:
            _make(file)
        yield str(file), {"PEER_SQLITE": str(file)}, [], lambda sql: _of_sqlite(file, sql)
        return
    with servers.postgres(durable=True, env=ground.slowly) as url:
        if schema:
            _run_schema(url)
        yield str(url), {"DATABASE_URL": str(url)}, [url.process], lambda sql: _of_postgres(url, sql)


def _make(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.executescript("PRAGMA journal_mode=WAL;" + (SCHEMAS / "lite.sql").read_text())
    file.chmod(0o666)


def _run_schema(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as database:
        database.execute((SCHEMAS / "pg.sql").read_text())


@contextmanager
def _served(server: Process, port: int):
    try:
        server.wait_for(lambda: servers.listens(port))
        yield
    finally:
        server.stop()


def node_packages(programs: Path) -> Path:
    """Installed once for a run."""
    place = programs / "node"
    if not (place / "node_modules").exists():
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_bytes((PEERS / "package.json").read_bytes())
        _quietly(["npm", "install", "--silent", "--no-audit", "--no-fund"], place)
    return place


def python_packages(programs: Path) -> Path:
    place = programs / "python"
    if not place.exists():
        _quietly(
            [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--target",
                str(place),
                "-r",
                str(PEERS / "requirements.txt"),
            ],
            programs,
        )
    return place


def _quietly(command: list[str], place: Path) -> None:
    done = subprocess.run(command, cwd=place, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


CONTENDERS = {
    "parley-sqlite": ("Parley, SQLite", parley_sqlite),
    "parley-postgres": ("Parley, PostgreSQL and Redis", parley_postgres(1)),
    "parley-postgres-2": ("Parley, PostgreSQL and Redis, two processes", parley_postgres(2)),
    "tutorial-sqlite": ("Channels tutorial, SQLite", tutorial("sqlite")),
    "tutorial-postgres": ("Channels tutorial, PostgreSQL", tutorial("postgres")),
    "socketio-sqlite": ("Socket.IO, SQLite", socketio("sqlite")),
    "socketio-postgres": ("Socket.IO, PostgreSQL", socketio("postgres")),
    "ejabberd-sqlite": ("ejabberd, SQLite", ejabberd("sqlite")),
    "ejabberd-postgres": ("ejabberd, PostgreSQL", ejabberd("postgres")),
    "bare": ("The limit: picows without Django, SQLite", bare),
}
ALONE = {  # measured when asked for by name: Parley in more processes, and without one of its means
    "parley-postgres-4": ("Parley, PostgreSQL and Redis, four processes", parley_postgres(4)),
    "parley-postgres-without-batches": ("Parley, a transaction for each line", parley_postgres(1, without="batches")),
    "parley-postgres-without-hub": (
        "Parley, a channel of the layer for each socket",
        parley_postgres(1, without="hub"),
    ),
    "parley-postgres-without-thresholds": (
        "Parley, the garbage collector as it comes",
        parley_postgres(1, without="thresholds"),
    ),
}
