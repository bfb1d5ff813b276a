"""Each protocol test runs in process, against uvicorn and against Daphne."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from core import clock, realtime
from interactions.models import ContactSession
from tests.redis import Redis
from tests.servers import START_TIME, free_port

from .clients import Dialer, InProcess, OverNetwork

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = {
    "uvicorn": "uvicorn config.asgi:application --port {port} --ws core.keepalive:Protocol --ws-max-size 1048576"
    " --lifespan on --log-level warning --timeout-graceful-shutdown 5",
    "impatient": "uvicorn config.asgi:application --port {port} --ws core.keepalive:Protocol"
    " --lifespan on --log-level warning --ws-ping-interval 0.5 --ws-ping-timeout 2",
    "daphne": "daphne -p {port} -v 0 config.asgi:application",
}


def environment() -> dict[str, str]:
    """For a process of the product on the database of the tests."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.protocol.server_settings",
        "PARLEY_DATA": tempfile.mkdtemp(prefix="parley-server-"),
        "PARLEY_SECRET_KEY": settings.SECRET_KEY,
        "PARLEY_TEST_DATABASE": str(connection.settings_dict["NAME"]),
    }


class Server:
    """A real server on the database of the tests, without an engine."""

    def __init__(self, kind: str, **env: str):
        self.kind, self.port = kind, free_port()
        given = environment() | {"PARLEY_PORT": str(self.port), "PARLEY_ENGINE": "off"} | env
        command = COMMANDS[kind].format(port=self.port).split()
        self.process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=given)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_TIME
        while time.monotonic() < end:
            assert self.process.poll() is None, "the server did not start"
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1).close()
            time.sleep(0.05)
        raise AssertionError("the server does not answer")

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture(scope="session")
def servers(django_db_setup, django_db_blocker):
    """Real servers, each started when first asked for."""
    running: dict[str, Server] = {}

    def get(kind: str) -> Server:
        if kind not in running:
            running[kind] = Server(kind)
        return running[kind]

    yield get
    for server in running.values():
        server.stop()


@pytest.fixture(
    params=[
        "in process",
        pytest.param("uvicorn", marks=pytest.mark.server),
        pytest.param("daphne", marks=pytest.mark.server),
    ]
)
async def dial(request, servers, transactional_db):
    """Opens sockets as anybody."""
    if request.param == "in process":
        dialer = Dialer(InProcess, settings.ORIGINS[0])
    else:
        server = servers(request.param)
        dialer = Dialer(lambda: OverNetwork(server.port), server.origin)
    dialer.kind = request.param
    yield dialer
    await dialer.hang_up()
    await realtime.stop()


@pytest.fixture
def world(world):
    """Real servers have the real time."""
    world.clock.now = clock.now()
    return world


@pytest.fixture
def chat(world):
    """Ana handles, Bo is in the conference; Kim has a token."""
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    chat.secret = ContactSession.issue(chat, world.now)
    return chat


@pytest.fixture
def redis_url(tmp_path):
    server = Redis(tmp_path)
    yield server.url
    server.kill()
