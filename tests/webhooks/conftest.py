"""A listener: a real HTTP server that keeps what it got and behaves as its path says."""

import ipaddress
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.auth.models import User

from webhooks import actions
from webhooks.models import Webhook

LOCAL = [ipaddress.ip_network("127.0.0.0/8")]


class Listener(ThreadingHTTPServer):
    """`answers`: {path: status}, 204 for all others. /slow answers when `released`, /drip byte by byte, never whole."""

    daemon_threads = True

    def __init__(self):
        self.got, self.answers, self.released = [], {}, threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    def url(self, path: str = "/ok", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.got]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers, body))
        if self.path == "/slow":
            self.server.released.wait(30)
        if self.path == "/drip":
            return self._drip()
        self.send_response(self.server.answers.get(self.path, 204))
        if self.path.startswith("/redirect"):
            self.send_header("Location", "/ok")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def _drip(self):
        """A head that grows and grows."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not self.server.released.wait(0.02):
                self.wfile.write(b"X: y\r\n")
        except OSError:
            return

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def listener():
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def named(settings):
    """The operator named this machine's own network."""
    settings.WEBHOOK_NETWORKS = LOCAL


@pytest.fixture
def hook(world, listener, named):
    """hook(path, events...): a webhook to the listener, owned by an administrator."""
    boss = User.objects.create(username="boss", is_staff=True, is_superuser=True, email="boss@harbour.example")

    def make(path="/ok", *events: str, **more) -> Webhook:
        given = {
            "name": f"To {path}",
            "url": listener.url(path),
            "events": list(events) or ["*"],
            "owner": boss,
            **more,
        }
        made = Webhook(**given)
        actions.subscribe(made, now=world.now)
        return made

    return make
