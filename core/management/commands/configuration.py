"""The configuration as a file: export it, look at what a changed one would do, apply it, go back."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from core.configuration import actions
from core.configuration.document import Refused
from core.configuration.telling import tell
from core.models import KeptState

WHO = "manage.py"


class Command(BaseCommand):
    help = "Export the configuration, plan or apply a file, or go back to the state before the last one."

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("export", help="write the whole configuration as YAML")
        verb.add_argument("file", nargs="?", default="-", help="where to; - for the screen")
        for name, words in (("plan", "show what a file would change"), ("apply", "make it so, all or nothing")):
            verbs.add_parser(name, help=words).add_argument("file", help="- to read from the standard input")
        verb = verbs.add_parser("back", help="make it what it was before the last file")
        verb.add_argument("number", nargs="?", type=int, help="of a kept state; see “states”")
        verbs.add_parser("states", help="list the states that are kept")

    def handle(self, *, verb, **options):
        try:
            getattr(self, f"_{verb}")(**options)
        except Refused as refused:
            raise CommandError("Nothing was changed.\n" + "\n".join(refused.mistakes)) from None

    def _export(self, file, **options):
        text = actions.export()
        if file == "-":
            self.stdout.write(text, ending="")
        else:
            _write(file, text)

    def _plan(self, file, **options):
        plan = actions.plan(_read(file), now=now())
        self._tell(plan.steps, "Nothing would change.")
        for doubt in plan.doubts:
            self.stdout.write(f"! {doubt.words} {doubt.hint}".rstrip())

    def _apply(self, file, **options):
        self._tell(actions.apply(_read(file), who=WHO, now=now()), "Nothing to change.")

    def _back(self, number, **options):
        kept = KeptState.objects.filter(pk=number).first() if number else None
        if number and kept is None:
            raise Refused(f"There is no state {number}. “states” lists those that are kept.")
        self._tell(actions.back(who=WHO, now=now(), kept=kept), "Nothing to change.")

    def _states(self, **options):
        for kept in KeptState.objects.all():
            self.stdout.write(f"{kept.pk}  before what {kept.who} applied at {kept.at:%Y-%m-%d %H:%M:%S} UTC")

    def _tell(self, steps: list, otherwise: str) -> None:
        for line in tell(steps):
            self.stdout.write(line)
        if not steps:
            self.stdout.write(otherwise)


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from None


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{file} is no text in UTF-8.") from None
