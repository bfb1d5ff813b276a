"""What browsers complain about, and all that they receive."""

import json
import re
from collections.abc import Iterator

from playwright.sync_api import ConsoleMessage, Page, Response, WebSocket

VIOLATION = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""

NO_WORD = re.compile(r"[\w-]{32,}")  # an id or a token: what it happens to contain says nothing


def texts(received) -> Iterator[str]:
    """Every key and every text of a frame or an answer, without ids and tokens."""
    if isinstance(received, dict):
        received = [*received, *received.values()]
    if isinstance(received, list):
        for each in received:
            yield from texts(each)
    elif isinstance(received, str) and not NO_WORD.fullmatch(received):
        yield received


def words(received: str) -> set[str]:
    """The words in lines of JSON, in small letters: `call_view` and "Calling Bo" have call, view, calling and bo."""
    told = (text for line in received.splitlines() if line for text in texts(json.loads(line)))
    return {word for text in told for word in re.findall(r"[^\W\d_]+", text.casefold())}


class Watch:
    def __init__(self):
        self._complaints: list[str] = []
        self._allowed: list[str] = []
        self._frames: dict[str, list[str]] = {}
        self._responses: dict[str, list[Response]] = {}

    def page(self, page: Page, who: str) -> None:
        """Listen from before the first request."""
        frames = self._frames.setdefault(who, [])
        responses = self._responses.setdefault(who, [])
        page.add_init_script(VIOLATION)
        page.on("console", lambda said: self._console(who, said))
        page.on("pageerror", lambda error: self._complain(who, str(error)))
        page.on("response", lambda response: responses.append(response))
        page.on("websocket", lambda socket: self._socket(socket, frames))

    def expect(self, *patterns: str) -> None:
        """Browsers log refused and failed requests by themselves; tests name those that they provoke."""
        self._allowed += patterns

    def complaints(self) -> list[str]:
        return [said for said in self._complaints if not any(re.search(one, said) for one in self._allowed)]

    def received(self, who: str) -> str:
        """Every text that came over the network to one person: frames and answers, a line each.

        Ids and tokens are random: who looks for something as short as they may contain asks `words` of it.
        """
        bodies = [response.text() for response in self._responses[who] if "/api/" in response.url and response.ok]
        return "\n".join([*self._frames[who], *bodies])

    def forget(self, who: str) -> None:
        """From here on it is told anew what comes to one person."""
        self._frames[who].clear()
        self._responses[who].clear()

    def _console(self, who: str, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self._complain(who, said.text, said.location)

    def _complain(self, who: str, words: str, where: dict | None = None) -> None:
        self._complaints.append(f"{who}: {words} {where['url'] if where else ''}".strip())

    def _socket(self, socket: WebSocket, frames: list[str]) -> None:
        socket.on("framereceived", lambda data: frames.append(data if isinstance(data, str) else data.decode()))
