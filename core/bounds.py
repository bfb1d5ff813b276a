"""No request is larger than this: Django itself would put any body on the disk before a view can refuse it."""

import json

from .answers import body

LIMIT = 1024 * 1024


class Bounded:
    """An ASGI application whose HTTP bodies end at the limit, whatever was announced."""

    def __init__(self, app, limit: int = LIMIT):
        self.app, self.limit = app, limit

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if _announced(scope) > self.limit:
            return await _refuse(send)
        body = _Body(receive, self.limit)
        await self.app(scope, body.part, send)
        if body.too_big:
            await _refuse(send)


class _Body:
    """The parts of one body. Beyond the limit the application hears that the client has gone, and cleans up."""

    def __init__(self, receive, limit: int):
        self.receive, self.left, self.too_big = receive, limit, False

    async def part(self) -> dict:
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        self.too_big = self.left < 0
        return {"type": "http.disconnect"} if self.too_big else message


def _announced(scope) -> int:
    given = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(given[:20]) if given.isdigit() else 0


async def _refuse(send) -> None:
    content = json.dumps(body("too_big", f"A request has at most {LIMIT} bytes.")).encode()
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": content})
