"""`manage.py demo`: load the demo into an empty site, and say how to sign in."""

import os
import secrets
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from core.clock import now
from interactions import demo

VARIABLE = "PARLEY_DEMO_PASSWORD"


class Command(BaseCommand):
    help = "Load the demo into an empty site (later runs change nothing) and print the sign-ins."

    def add_arguments(self, parser):
        parser.add_argument(
            "--reset-password", action="store_true", help=f"Give all of them {VARIABLE}, or a new password."
        )

    def handle(self, **options):
        if options["reset_password"]:
            self._reset()
        elif not demo.is_loaded() and demo.is_empty():
            self._load()
        if demo.is_loaded():
            self._say()
        else:
            self.stdout.write("This site has its own people, so the demo stays out.")

    def _load(self):
        """The password is kept first: a start that is cut off here finds it again."""
        password = self._chosen() or self._kept() or _new()
        self._keep(password)
        try:
            demo.load(password, now=now())
        except IntegrityError as error:  # two first starts at once
            raise CommandError("The demo could not be loaded; another start may be at it. Start again.") from error

    def _reset(self):
        if not demo.is_loaded():
            raise CommandError("The demo is not loaded here; there is nothing to reset.")
        password = self._chosen() or _new()
        self._keep(password)
        demo.reset_password(password)

    def _say(self):
        guide, password = demo.demo_page_context(), self._kept()
        self.stdout.write("Sign-ins of the demo:")
        for person in guide["people"]:
            work = "supervisor" if person["supervisor"] else ", ".join(person["queues"]) or "no queue"
            self.stdout.write(f"  {person['username']:<8}{person['name']} ({work})")
        if guide["administrator"]:
            self.stdout.write(f"  {demo.ADMINISTRATOR:<8}Administrator, at /admin/")
        if password:
            self.stdout.write(f"Password of all, unless changed since: {password}   (kept in {self._file()})")
        else:
            self.stdout.write(f"The password was kept in {self._file()}, which is gone. For a new one: {_command()}")
        if password and self._chosen() not in ("", password):
            self.stdout.write(f"{VARIABLE} counts on the first start only. To set it now: {_command()}")

    def _chosen(self) -> str:
        return os.environ.get(VARIABLE, "")

    def _file(self) -> Path:
        return Path(settings.DATA_DIR) / "demo-password"

    def _kept(self) -> str:
        try:
            return self._file().read_text().strip()
        except OSError:
            return ""

    def _keep(self, password: str) -> None:
        """Readable for the owner only, from the first moment."""
        self._file().unlink(missing_ok=True)
        with os.fdopen(os.open(self._file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(password + "\n")


def _new() -> str:
    return secrets.token_urlsafe(9)


def _command() -> str:
    return f"{sys.executable} manage.py demo --reset-password"
