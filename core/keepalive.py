"""uvicorn's socket protocol, saying why a connection broke: else ASGI has one code for a cut and for silence."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

BROKEN, SILENT = 1006, 1011


class Protocol(WebSocketsSansIOProtocol):
    """For `uvicorn --ws`. What is queued first is what the application reads as the end of its socket."""

    def keepalive_timeout(self) -> None:
        """A ping was not answered: with `--ws-ping-interval 10 --ws-ping-timeout 20` thirty seconds of silence."""
        self._ends(SILENT)
        super().keepalive_timeout()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ends(BROKEN)
        super().connection_lost(exc)

    def _ends(self, code: int) -> None:
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
