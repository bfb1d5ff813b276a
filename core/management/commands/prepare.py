"""`manage.py prepare`: tables and static files as this version needs them. Again is harmless, and quick."""

from django.core.management import call_command

from core import static

from .reachable import Command as Reachable


class Command(Reachable):
    """Asks what `reachable` asks, migrates, and collects static files when they changed."""

    help = "Check that a server can start here, then bring database and static files up to date."

    def handle(self, **options):
        super().handle(**options)
        call_command("migrate", verbosity=0, interactive=False)
        self._collect()

    def _collect(self) -> None:
        if not static.are_collected():
            call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=static.UNUSED)
