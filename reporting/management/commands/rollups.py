"""`manage.py rollups`: count what is new in the journal; --rebuild: all of it; --check: against a recount."""

import time

from django.core.management.base import BaseCommand, CommandError

from reporting import checking, counting

LARGE = 20_000
SHOWN = 20


class Command(BaseCommand):
    help = "Bring the figures of the reports up to date with the journal, which they are made from."

    def add_arguments(self, parser):
        parser.add_argument("--rebuild", action="store_true", help="forget all figures and count the journal anew")
        parser.add_argument("--check", action="store_true", help="count again beside what is stored, and compare")

    def handle(self, *, rebuild: bool, check: bool, **options):
        start = time.monotonic()
        if rebuild:
            counting.forget()
        self._count(start)
        if check:
            self._check()

    def _count(self, start: float) -> None:
        more = True
        while more:
            more = counting.catch_up(limit=LARGE)
            if more:
                self.stdout.write(f"{counting.Progress.current():,} events, {time.monotonic() - start:.0f} s")
        self.stdout.write(f"Counted up to event {counting.Progress.current():,} in {time.monotonic() - start:.1f} s.")

    def _check(self) -> None:
        found = 0
        for found, difference in enumerate(checking.differences(), 1):
            if found <= SHOWN:
                self.stderr.write(difference)
        if found:
            raise CommandError(f"{found} differences from the journal. Run `manage.py rollups --rebuild`.")
        self.stdout.write("Everything stored is what the journal tells.")
