"""The way in through the public address: requests, sockets, and what a proxy must pass on."""

import time
import urllib.error
import urllib.request

from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from .findings import Asked, bad, doubtful, examine, good

SECONDS, GREETING = 10.0, 5.0
NO_HELLO, FOREIGN = 4400, 4403
ELSEWHERE = "https://elsewhere.invalid"
UPGRADE = "Pass on Upgrade and Connection and use HTTP/1.1 to the processes, as docs/nginx.conf.example does."


@examine("Public address")
def through_the_front(asked: Asked):
    if not asked.url:
        return [good("Not looked at: give it with --url.")]
    url = asked.url.rstrip("/")
    found = [of_origin(url, settings.ORIGINS), of_answer(url, *_get(f"{url}/healthz"))]
    if found[-1][0] != "good":
        return found
    if url.startswith("https://"):
        found.append(of_scheme(_get(f"{url}/login/")[1]))
    address = url.replace("http", "ws", 1) + "/ws/contact/"
    return [*found, of_socket(*_ended(address, settings.ORIGINS[0])), of_foreign(_ended(address, ELSEWHERE)[0])]


def of_origin(url: str, origins: list[str]) -> tuple:
    if url not in origins:
        return bad(
            f"PARLEY_ORIGINS lacks {url}: browsers that come there are refused.", "Add it, exactly as browsers show it."
        )
    return good(f"{url} is one of PARLEY_ORIGINS.")


def of_answer(url: str, status: int, headers: dict, words: str) -> tuple:
    if status != 200:
        return bad(
            f"{url}/healthz: {words or f'status {status}'}.", "See that the proxy runs and knows the processes' ports."
        )
    return good(f"{url} answers.")


def of_scheme(headers: dict) -> tuple:
    """The processes only send it when they know that people come over HTTPS."""
    if "strict-transport-security" not in headers:
        return bad(
            "The processes do not learn that people come over HTTPS.",
            "Let the proxy set X-Forwarded-Proto, and set PARLEY_HTTPS=1.",
        )
    return good("The processes know that people come over HTTPS.")


def of_socket(code: int, seconds: float, words: str) -> tuple:
    """A socket that says nothing is closed by us after five seconds, with a code of ours."""
    if code == 0:
        return bad(f"Sockets do not get through: {words}.", UPGRADE)
    if code == FOREIGN:
        return bad(
            "Sockets are refused as foreign: the Origin header does not arrive as it was sent.",
            "Let the proxy leave Origin alone.",
        )
    if code != NO_HELLO:
        words = f"A quiet socket was cut after {seconds:.0f} s (code {code})."
        return bad(words, "Set the proxy's read time-out to 60 s: signs of life come every ten seconds.")
    return good("Sockets get through, and are not cut within five seconds; --load keeps some for longer.")


def of_foreign(code: int) -> tuple:
    if code not in (0, FOREIGN):
        return doubtful(
            "Sockets of another site's pages are not refused.", "See that the proxy passes Origin on unchanged."
        )
    return good("Sockets of other sites' pages are refused.")


def _get(url: str) -> tuple[int, dict, str]:
    request = urllib.request.Request(url, headers={"User-Agent": "Parley doctor"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}, f"it answers {error.code}"
    except (OSError, ValueError) as error:
        return 0, {}, f"it cannot be reached ({getattr(error, 'reason', error)})"


def _ended(address: str, origin: str) -> tuple[int, float, str]:
    """How a socket ended that never said hello: code (0: it never opened), after how long, and why."""
    begun = time.monotonic()
    try:
        with connect(address, origin=origin, open_timeout=SECONDS, compression=None) as socket:
            socket.recv(timeout=2 * GREETING)
    except ConnectionClosed as closed:
        return (closed.rcvd.code if closed.rcvd else 1006), time.monotonic() - begun, ""
    except (InvalidHandshake, OSError, TimeoutError) as error:
        return 0, time.monotonic() - begun, str(error).splitlines()[0] if str(error) else type(error).__name__
    return 1000, time.monotonic() - begun, "it was answered"
