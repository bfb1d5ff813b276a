"""Where sockets are opened; `urls.py` has the pages and calls."""

from interactions import sockets
from reporting import sockets as of_boards

addresses = {**of_boards.addresses, **sockets.addresses}


def at(scope):
    """The application for one socket. A router in between would keep a frame and a copy of the scope for each."""
    path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
    return addresses[path]() if path in addresses else nowhere


async def nowhere(scope, receive, send):
    """Any other address: the handshake is refused."""
    await receive()
    await send({"type": "websocket.close"})
