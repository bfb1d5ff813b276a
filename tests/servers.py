"""Real servers for tests and measurements: PostgreSQL, Redis, nginx and Parley itself, each in a folder that goes away.

They come from Debian's packages, listen on free ports of 127.0.0.1 and end with the process that started them.
"""

import contextlib
import fcntl
import json
import os
import pwd
import random
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from tests.once import once, place

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "harbour-demo-4711"
START_TIME = 180.0  # on a busy machine
MIGRATED = "migrated"
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PARLEY_TEST_FAULTS")
APPLICATION = "tests.ways:application" if "PARLEY_TEST_WAYS" in os.environ else "config.asgi:application"

PORTS = range(10_000, 32_000)  # below those that connections go out from: none of them is taken meanwhile


def free_port() -> int:
    """A port that nobody listens on; none is given twice in a run, whichever process asks."""
    with (place() / "ports").open("a+") as given:
        fcntl.flock(given, fcntl.LOCK_EX)
        given.seek(0)
        last = int(given.read() or random.choice(PORTS))
        port = next(filter(_is_free, [*range(last + 1, PORTS.stop), *PORTS]))
        given.truncate(0)
        given.write(str(port))
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.bind(("127.0.0.1", port))
        return True
    return False


class Process:
    """A child that dies with us. What it says is kept in a file and shown when it fails."""

    def __init__(self, command: list[str], log: Path, env: dict | None = None, user: str | None = None):
        self.command, self.log, self.env, self.user = command, log, env, user
        self.start()

    def start(self) -> None:
        tied = ["setpriv", "--pdeathsig", "TERM"]
        if self.user:
            group = pwd.getpwnam(self.user).pw_gid
            tied += ["--reuid", self.user, "--regid", str(group), "--clear-groups"]
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [*tied, "--", *self.command], cwd=ROOT, env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Until it is ready. A child that ended instead is an error with its own words."""
        end = time.monotonic() + START_TIME
        while not ready():
            if self.child.poll() is not None:
                raise RuntimeError(f"{shlex.join(self.command)} ended with {self.child.returncode}:\n{self.said()}")
            if time.monotonic() > end:
                raise RuntimeError(f"{shlex.join(self.command)} did not get ready:\n{self.said()}")
            time.sleep(0.02)

    def send(self, number: int) -> None:
        if self.child.poll() is None:
            self.child.send_signal(number)

    def freeze(self) -> None:
        """As a machine that sleeps: it and all its children stop, their connections stay."""
        self._each(signal.SIGSTOP)

    def crash(self) -> None:
        """It and all its children end at once: none of them can say goodbye for another."""
        self.freeze()
        self._each(signal.SIGKILL)
        self.child.wait()

    def thaw(self) -> None:
        self._each(signal.SIGCONT)

    def _each(self, number: int) -> None:
        for pid in family(self.child.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """As a power cut does it: kill -9."""
        self.send(signal.SIGKILL)
        self.child.wait()

    def stop(self, number: int = signal.SIGTERM, within: float = 10) -> None:
        self.send(number)
        try:
            self.child.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [one for child in task.read_text().split() for one in family(int(child))]
    return found


class Address(str):
    """The URL of a service, and its process."""

    def __new__(cls, url: str, process: Process):
        made = super().__new__(cls, url)
        made.process = process
        return made


@contextlib.contextmanager
def folder(user: str | None = None) -> Iterator[Path]:
    """A folder of one's own that goes away."""
    path = Path(tempfile.mkdtemp(prefix="parley-ground-"))
    path.chmod(0o755)
    if user:
        shutil.chown(path, user)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def listens(port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else None


def _postgres_programs() -> Path:
    """Debian keeps each version's programs in a folder of its own; the newest is taken."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise RuntimeError("PostgreSQL is missing. On Debian: apt install postgresql")
    return found[-1]


@contextlib.contextmanager
def postgres(durable: bool = False, env: dict | None = None, migrated: bool = False) -> Iterator[str]:
    """A throw-away PostgreSQL; gives its URL. `durable`: with fsync, for measurements. `env`: its environment.

    `migrated`: it has a database MIGRATED, to be copied.
    """
    cluster = once("migrated", _migrate_cluster) if migrated else once("cluster", _init_cluster)
    user, port, programs = _unprivileged(), free_port(), _postgres_programs()
    with folder(user) as path:
        _copy(cluster, path / "data")
        options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": str(path)}
        kept = "on" if durable else "off"  # what comes once a minute would come to another test in each run
        options |= {"max_connections": 200, "fsync": kept, "autovacuum": kept}
        given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        server = Process([str(programs / "postgres"), "-D", f"{path}/data", *given], path / "log", env, user)
        ready = [str(programs / "pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}"]
        try:
            server.wait_for(lambda: subprocess.run(ready).returncode == 0)
            yield Address(f"postgres://parley@127.0.0.1:{port}/postgres", server)
        finally:
            server.stop(signal.SIGINT)


def _init_cluster(path: Path) -> None:
    user = _unprivileged()
    with folder(user) as made:
        flags = ["--auth=trust", "--username=parley", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        program = str(_postgres_programs() / "initdb")
        init = Process([program, f"--pgdata={made}/data", *flags], made / "log", user=user)
        if init.child.wait() != 0:
            raise RuntimeError(f"initdb failed:\n{init.said()}")
        _copy(made / "data", path)


def _migrate_cluster(path: Path) -> None:
    with postgres() as url:
        with psycopg.connect(url, autocommit=True) as server:
            data = server.execute("SHOW data_directory").fetchone()[0]
            server.execute(f'CREATE DATABASE "{MIGRATED}"')
        migrate(database(url, MIGRATED))
        url.process.stop(signal.SIGINT, within=START_TIME)
        _copy(Path(data), path)


def database(url: str, name: str) -> str:
    """Another one on the same PostgreSQL."""
    return f"{url.rpartition('/')[0]}/{name}"


def _copy(data: Path, place: Path) -> None:
    """With its owner: PostgreSQL insists on it."""
    subprocess.run(["cp", "--archive", str(data), str(place)], check=True)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A throw-away Redis that keeps nothing; gives its URL."""
    port = free_port()
    with folder() as path:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(path)]
        server = Process(["redis-server", *options], path / "log")
        try:
            server.wait_for(lambda: listens(port))
            yield Address(f"redis://127.0.0.1:{port}/0", server)
        finally:
            server.stop()


NGINX = """
daemon off;
worker_processes 1;
pid {path}/pid;
error_log stderr warn;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {path}/body;
    proxy_temp_path {path}/proxy;
    fastcgi_temp_path {path}/fastcgi;
    uwsgi_temp_path {path}/uwsgi;
    scgi_temp_path {path}/scgi;
    {example}
}}
"""


def _as_in_the_example(ports: list[int], port: int) -> str:
    """The configuration that sites copy, with other ports and without TLS."""
    given = (ROOT / "docs" / "nginx.conf.example").read_text()
    given = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", given, flags=re.DOTALL)
    given = re.sub(r"    (ssl_.*|listen \[::\].*)\n", "", given)
    given = given.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    servers = [f"    server 127.0.0.1:{each}\\1\n" for each in ports]
    return re.sub(r"(?:    server 127\.0\.0\.1:\d+(.*;)\n)+", "".join(servers), given)


class Mailbox:
    """A mail server and what it took."""

    def __init__(self, path: Path, port: int, process: Process):
        self.path, self.port, self.process = path, port, process

    def mails(self) -> list[dict]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []


@contextlib.contextmanager
def smtp(*options: str, port: int | None = None) -> Iterator[Mailbox]:
    """A mail server of our own; see `smtp_server` for its options and whom it refuses."""
    port = port or free_port()
    with folder() as place:
        path, program = place / "mails", ROOT / "tests" / "smtp_server.py"
        process = Process(["/usr/bin/python3", str(program), str(port), str(path), *options], place / "log")
        try:
            process.wait_for(lambda: listens(port))
            yield Mailbox(path, port, process)
        finally:
            process.stop()


@contextlib.contextmanager
def nginx(ports: list[int], port: int) -> Iterator[str]:
    """A proxy in front of several processes, with sockets let through; gives its address."""
    with folder() as path:
        user = "user root;" if os.geteuid() == 0 else ""
        (path / "nginx.conf").write_text(NGINX.format(path=path, user=user, example=_as_in_the_example(ports, port)))
        command = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(path), "-c", f"{path}/nginx.conf"]
        server = Process([*command, "-e", "stderr"], path / "log")
        try:
            server.wait_for(lambda: listens(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            server.stop()


# --- Parley -----------------------------------------------------------------------------------


def uvicorn_options() -> list[str]:
    """The options that bin/start serves with; the tests must not have their own."""
    script = (ROOT / "bin" / "start").read_text().replace("\\\n", " ")
    line = re.search(r"-m uvicorn config\.asgi:application(.*)", script)
    given = shlex.split(line[1])
    places = {given.index("--host"), given.index("--port")}
    return [word for at, word in enumerate(given) if at not in places and at - 1 not in places]


def _command(engine: str, port: int, application: str) -> list[str]:
    if engine == "daphne":
        address = ["-b", "127.0.0.1", "-p", str(port)]
        return [sys.executable, "-m", "daphne", *address, "-v", "0", application]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-m", "uvicorn", application, *address, *uvicorn_options()]


class Parley:
    """A running site. `url` is what browsers open; `processes` are its web processes."""

    def __init__(self, path: Path, url: str, ports: list[int], env: dict, engine: str, application: str):
        self.path, self.url, self.ports, self.env = path, url, ports, env
        self.engine, self.application = engine, application
        self.processes: list[Process] = []
        self.postgres: Process | None = None
        self.redis: Process | None = None
        self._backstage: subprocess.Popen | None = None

    def manage(self, *words: str, **env: str) -> str:
        """Run manage.py on this site; gives what it prints."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=self.env | env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{shlex.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self) -> None:
        data = Path(self.env["PARLEY_DATA"])
        if "DATABASE_URL" in self.env:
            self.manage("migrate", "--verbosity", "0")
        else:
            shutil.copyfile(migrated(), data / "parley.sqlite3")
        (data / "static").symlink_to(once("collected", _collect) / "static")
        self.manage("demo")

    def serve(self) -> None:
        for number, port in enumerate(self.ports):
            command = _command(self.engine, port, self.application)
            self.processes.append(Process(command, self.path / f"web-{number}.log", self.env))
        self.wait()

    def wait(self) -> None:
        """Until every process says that it can serve."""
        for process, port in zip(self.processes, self.ports, strict=True):
            process.wait_for(lambda port=port: _answers(f"http://127.0.0.1:{port}/readyz"))

    def restart(self) -> None:
        """kill -9 of every web process, then start them again."""
        self.kill()
        self.start()

    def kill(self) -> None:
        for process in self.processes:
            process.kill()

    def start(self) -> None:
        for process in self.processes:
            process.start()
        self.wait()

    def roll(self) -> None:
        """Restart the web processes as an update does: one after the other, each with SIGTERM."""
        for process in self.processes:
            process.stop()
            process.start()
            self.wait()

    def said(self) -> str:
        """What the web processes have logged."""
        return "".join(process.said() for process in self.processes)

    def run(self, code: str):
        """Execute Python in a process beside the servers, on their database; gives what it leaves in `result`."""
        if self._backstage is None:
            self._backstage = subprocess.Popen(
                [sys.executable, "-m", "tests.backstage"],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        self._backstage.stdin.write(json.dumps(code) + "\n")
        self._backstage.stdin.flush()
        answer = json.loads(self._backstage.stdout.readline())
        if answer["error"]:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def stop(self) -> None:
        if self._backstage is not None:
            self._backstage.communicate()
        for process in self.processes:
            process.send(signal.SIGTERM)
        for process in self.processes:
            process.stop()


def migrated() -> Path:
    """An SQLite file with all migrations and no rows but theirs, to be copied."""
    return once("migrated.sqlite3", _migrate_file)


def _migrate_file(path: Path) -> None:
    migrate(f"sqlite:///{path}")
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def migrate(url: str) -> None:
    _manage("migrate", "--verbosity", "0", DATABASE_URL=url, PARLEY_DATA=str(place()))


def _collect(path: Path) -> None:
    """Static files are the same for all sites of a run."""
    _manage("collectstatic", "--noinput", "--verbosity", "0", PARLEY_DATA=str(path))


def _manage(*words: str, **env: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=os.environ | env, check=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def parley(
    env: dict | None = None,
    processes: int = 1,
    engine: str = "uvicorn",
    demo: bool = True,
    application: str = APPLICATION,
) -> Iterator[Parley]:
    """A site of its own with the demo's people, served as bin/start does, by uvicorn or Daphne.

    Several processes (they need DATABASE_URL and REDIS_URL in `env`) stand behind nginx.
    """
    port = free_port()
    ports = [free_port() for _ in range(processes)] if processes > 1 else [port]
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    with folder() as path, contextlib.ExitStack() as around:
        (path / "data").mkdir()
        own = {"PARLEY_DATA": str(path / "data"), "PARLEY_PORT": str(port), "PARLEY_DEMO_PASSWORD": PASSWORD}
        own |= {"PARLEY_START_RATE": "100000/hour", "PYTHONUNBUFFERED": "1"}
        site = Parley(path, f"http://127.0.0.1:{port}", ports, inherited | own | (env or {}), engine, application)
        around.callback(site.stop)
        if demo:
            site.prepare()
        site.serve()
        if processes > 1:
            around.enter_context(nginx(ports, port))
        yield site


@contextlib.contextmanager
def cluster(processes: int = 2, durable: bool = False, env: dict | None = None) -> Iterator[Parley]:
    """PostgreSQL and Redis, several web processes behind nginx, the engine inside each."""
    with postgres(durable) as database, redis() as cache:
        given = {"DATABASE_URL": database, "REDIS_URL": cache} | (env or {})
        with parley(given, processes=processes) as site:
            site.postgres, site.redis = database.process, cache.process
            yield site
