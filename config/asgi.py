"""The ASGI application: HTTP to Django, sockets to the consumers, and the start and end of a process."""

import asyncio
import gc
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

django_app = get_asgi_application()

from core import only_server, realtime  # noqa: E402
from core.bounds import Bounded  # noqa: E402
from core.static import StaticFiles  # noqa: E402
from interactions import runner, transcript  # noqa: E402

from . import sockets  # noqa: E402

serve = StaticFiles(Bounded(django_app))
_once = asyncio.Lock()
_started = False


async def application(scope, receive, send):
    """Servers without lifespan (`runserver` is Daphne) start the rest on the first request."""
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    await start()
    answer = sockets.at(scope) if scope["type"] == "websocket" else serve
    await answer(scope, receive, send)


async def _lifespan(receive, send):
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop()
            return await send({"type": "lifespan.shutdown.complete"})


async def start():
    """Hub and engine of this process; again is harmless."""
    global _started
    if _started:
        return
    async with _once:
        if _started:
            return
        _refuse_second_server()
        await realtime.start()
        if settings.ENGINE == "inside":
            await runner.start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)
        _started = True


async def stop():
    await runner.stop()
    await transcript.drain()
    await realtime.stop()


def _refuse_second_server():
    if reason := only_server.why_refused():
        print(f"parley: {reason}", file=sys.stderr, flush=True)
        os._exit(1)
