"""`manage.py engine`: an engine as a process of its own, beside web processes that have PARLEY_ENGINE=off."""

import asyncio
import signal

from django.core.management.base import BaseCommand, CommandError

from core import only_server, realtime
from interactions import runner


class Command(BaseCommand):
    help = "Run an engine and nothing else: it routes chats and keeps the time limits until it is stopped."

    def handle(self, **options):
        if reason := only_server.why_refused():
            raise CommandError(f"parley: {reason}")
        asyncio.run(_run())


async def _run() -> None:
    """Until SIGTERM or SIGINT; the sweep that runs comes to its end."""
    asked, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    await realtime.start()
    await runner.start()
    await asked.wait()
    await runner.stop()
    await realtime.stop()
