"""One request to an address that somebody else chose: only where it may lead, only so long, no further than asked.

The name is resolved once, every address that it has is checked, and the connection is made to a checked one: a name
that leads elsewhere a moment later (DNS rebinding) changes nothing. Redirects are not followed, proxies of the
environment are not used.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CONNECT_SECONDS, ALL_SECONDS = 5.0, 10.0
TRIED = 3
# Special ranges that this Python's `is_global` does not know, and tunnels that lead to other addresses.
NEVER = [
    ipaddress.ip_network(given) for given in ("192.0.0.0/24", "192.88.99.0/24", "2001::/32", "2002::/16", "3fff::/20")
]
UNICAST = ipaddress.ip_network("2000::/3")  # what of IPv6 is given to the public; elsewhere old and new ways to IPv4


class Problem(Exception):
    """Why nothing arrived, in words. `everywhere`: the next message would fare no better. `gone`: it wants no more."""

    def __init__(self, words: str, *, everywhere: bool = True, gone: bool = False):
        super().__init__(words)
        self.words, self.everywhere, self.gone = words, everywhere, gone


class Target(NamedTuple):
    tls: bool
    host: str
    port: int
    path: str


def target(url: str) -> Target:
    """The parts of the address. Raises ValueError with words for people."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise ValueError("That is no address.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or not url.isascii() or " " in url:
        raise ValueError("Write a whole address, e.g. https://hooks.example.com/parley.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("User name, password and # cannot be part of the address.")
    return Target(parts.scheme == "https", parts.hostname, port, _path(parts))


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def named(address: str) -> bool:
    """Is it in a network that the operator named?"""
    found = _plain(address)
    return any(found in network for network in settings.WEBHOOK_NETWORKS if network.version == found.version)


def permitted(address: str) -> bool:
    """May we connect there: a public address, or one that the operator named."""
    found = _plain(address)
    if named(address):
        return True
    hidden = any(found in network for network in NEVER if network.version == found.version)
    hidden = hidden or (found.version == 6 and found not in UNICAST)
    return found.is_global and not found.is_multicast and not hidden


def _plain(address: str):
    found = ipaddress.ip_address(address.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found


def addresses(to: Target) -> list[str]:
    """All addresses of the name; each of them is allowed. Raises Problem."""
    try:
        found = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Problem(f"The name {to.host} is not known.") from None
    all_of_it = list(dict.fromkeys(each[4][0] for each in found))
    for address in all_of_it:
        if not permitted(address):
            raise Problem(f"{to.host} leads to {address}, a network that nothing is sent to (PARLEY_WEBHOOK_NETWORKS).")
        if not to.tls and not named(address):
            raise Problem(f"{to.host} must be reached by https; http is for networks in PARLEY_WEBHOOK_NETWORKS only.")
    return all_of_it


def post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Send it. Raises Problem unless the answer is 2xx. Never called inside a transaction."""
    to = _target(url)
    _exchange(_connected(to, addresses(to)[:TRIED]), to, body, headers)


def _connected(to: Target, found: list[str]) -> "_Pinned":
    """To the first of the addresses that answers. The time is for all of them together."""
    end = time.monotonic() + ALL_SECONDS
    for address in found:
        connection = _Pinned(to, address, end)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            why = _words(error)
        else:
            return connection
    raise Problem(f"{to.host} cannot be reached: {why}.")


def _target(url: str) -> Target:
    try:
        return target(url)
    except ValueError as error:
        raise Problem(str(error)) from None


class _Pinned(http.client.HTTPConnection):
    """Connects to the checked address, and asks the certificate for the name."""

    def __init__(self, to: Target, address: str, end: float):
        super().__init__(to.host, to.port, timeout=CONNECT_SECONDS)
        self.default_port = 443 if to.tls else 80
        self._to, self._address, self.late = to, address, False
        self._clock = threading.Timer(max(0.0, end - time.monotonic()), self._cut)
        self._clock.daemon = True

    def connect(self) -> None:
        """Raises OSError. The clock can only cut a socket that is there, so it is looked at again afterwards."""
        self._clock.start()
        self.sock = socket.create_connection((self._address, self._to.port), CONNECT_SECONDS)
        if self._to.tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._to.host, do_handshake_on_connect=False)
            self.sock.do_handshake()
        self.sock.settimeout(ALL_SECONDS)
        if self.late:
            raise TimeoutError

    def close(self) -> None:
        self._clock.cancel()
        super().close()

    def _cut(self) -> None:
        """The time is over, also for a server that sends a byte now and then."""
        self.late = True
        try:
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
        except (OSError, AttributeError, TypeError):
            return


def _exchange(connection: _Pinned, to: Target, body: bytes, headers: dict[str, str]) -> None:
    """A head that was cut off looks whole to the library: what came too late counts for nothing."""
    try:
        connection.request("POST", to.path, body, headers)
        with contextlib.closing(connection.getresponse()) as answer:
            status, where = answer.status, answer.getheader("Location", "")
        if connection.late:
            raise TimeoutError
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = connection.late or isinstance(error, TimeoutError)
        words = f"no answer within {ALL_SECONDS:.0f} seconds" if late else _words(error)
        raise Problem(f"{to.host}: {words}.") from None
    finally:
        connection.close()
    _judge(status, where)


def _judge(status: int, where: str) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Problem(f"It answered {status}, a redirect to {where[:100] or 'nowhere'}; redirects are not followed.")
    known = http.client.responses.get(status, "")
    everywhere = status >= 500 or status in (401, 403, 404, 408, 410, 429)
    raise Problem(f"It answered {status} {known}".strip() + ".", everywhere=everywhere, gone=status == 410)


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, TimeoutError):
        return f"no connection within {CONNECT_SECONDS:.0f} seconds"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
