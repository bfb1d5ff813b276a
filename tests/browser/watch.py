"""What browsers complain about, and all that they receive."""

import re

from playwright.sync_api import ConsoleMessage, Page, Response, WebSocket

VIOLATION = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


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
        """Every text that came over the network to one person."""
        bodies = [response.text() for response in self._responses[who] if "/api/" in response.url and response.ok]
        return "\n".join([*self._frames[who], *bodies])

    def _console(self, who: str, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self._complain(who, said.text, said.location)

    def _complain(self, who: str, words: str, where: dict | None = None) -> None:
        self._complaints.append(f"{who}: {words} {where['url'] if where else ''}".strip())

    def _socket(self, socket: WebSocket, frames: list[str]) -> None:
        socket.on("framereceived", lambda data: frames.append(data if isinstance(data, str) else data.decode()))
