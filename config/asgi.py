"""The ASGI application: HTTP to Django, sockets to the consumers, and the start and end of a process."""

import asyncio
import fcntl
import gc
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402

django_app = get_asgi_application()

from core import realtime  # noqa: E402
from interactions import runner, sockets  # noqa: E402

serve = ProtocolTypeRouter({"http": django_app, "websocket": URLRouter(sockets.urlpatterns)})
_once = asyncio.Lock()
_started = False


async def application(scope, receive, send):
    """Servers without lifespan (`runserver` is Daphne) start the rest on the first request."""
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    await start()
    await serve(scope, receive, send)


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
    await realtime.stop()


def _refuse_second_server():
    """On SQLite one process serves a data folder; a second one would push to half of the people."""
    if settings.DATABASES["default"]["ENGINE"] != "core.sqlite":
        return
    file = open(settings.DATA_DIR / "server.lock", "w")  # noqa: SIM115 -- held until the process ends
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print(f"parley: another server already serves {settings.DATA_DIR}. Stop it, or set PARLEY_DATA.", file=sys.stderr)
        os._exit(1)
    globals()["_lock"] = file
