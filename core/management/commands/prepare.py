"""`manage.py prepare`: tables and static files as this version needs them. Again is harmless, and quick."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from core import static

from .reachable import Command as Reachable

UNUSED = ["rest_framework"]


class Command(Reachable):
    """Asks what `reachable` asks, migrates, and collects static files when they changed."""

    help = "Check that a server can start here, then bring database and static files up to date."

    def handle(self, **options):
        super().handle(**options)
        call_command("migrate", verbosity=0, interactive=False)
        self._collect()

    def _collect(self) -> None:
        kept, state = Path(settings.STATIC_ROOT) / "collected-from", _state()
        if kept.exists() and kept.read_text() == state:
            return
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)
        kept.write_text(state)


def _state() -> str:
    """All that the collected files depend on."""
    sources = [Path(static.__file__)]
    for finder in get_finders():
        sources += [Path(storage.path(name)) for name, storage in finder.list(UNUSED)]
    known = [f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in sorted(sources)]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()
