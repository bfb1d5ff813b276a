"""uvicorn's socket protocol, saying why a connection broke, and writing what is simple without a detour.

ASGI has one code for a cut and for silence. And a text frame of a server is its length and its bytes: to build it by
the library's state machine, and to wait for that in a task, costs more than all the rest of a delivery.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

from core.wire import WRITE, text_frame

BROKEN, SILENT = 1006, 1011


class Protocol(WebSocketsSansIOProtocol):
    """For `uvicorn --ws`. What is queued first is what the application reads as the end of its socket.

    Its scopes have the extension `core.wire.WRITE`.
    """

    def handle_connect(self, event) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][WRITE] = self.write

    def write(self, text: str) -> bool:
        """Send a text now, where the peer reads and nothing is special; else False, and `send` must be awaited."""
        open_ = self.handshake_complete and not self.close_sent and self.conn.state is State.OPEN
        if not open_ or self.conn.extensions or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(text_frame(text.encode()))
        return True

    def keepalive_timeout(self) -> None:
        """A ping was not answered: with `--ws-ping-interval 10 --ws-ping-timeout 20` thirty seconds of silence."""
        self._ends(SILENT)
        super().keepalive_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ends(BROKEN)
        super().connection_lost(exc)

    def _ends(self, code: int) -> None:
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
