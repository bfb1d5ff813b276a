"""`manage.py retention`: erase the chats that a site no longer keeps."""

import time
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from interactions.actions import retention

MOST = 1000
OLDEST = 36_500  # days


class Command(BaseCommand):
    help = "Erase chats that ended more than so many days ago, and contacts without any other. Figures stay."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, required=True, help="keep what is younger, e.g. 365")
        parser.add_argument("--batch", type=int, default=retention.AT_ONCE, help="chats in one transaction")
        parser.add_argument(
            "--pause", type=float, default=0.1, help="seconds between two of them, or as long as one took"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *, days, batch, pause, dry_run, **options):
        if not 1 <= days <= OLDEST or not 1 <= batch <= MOST or not 0 <= pause <= MOST:
            raise CommandError(f"--days is at least 1, at most {OLDEST}, --batch 1 to {MOST}, --pause 0 to {MOST}.")
        before = now() - timedelta(days=days)
        if dry_run:
            self.stdout.write(f"{retention.due(before).count():,} chats would be erased.")
            return
        self.stdout.write(f"{self._erase(before, batch, pause):,} chats erased.")

    def _erase(self, before, batch: int, pause: float) -> int:
        """Each batch is whole, so it can be stopped at any time and goes on when it is called again.

        SQLite has one writer: at least half of the time it is everybody else's.
        """
        erased, begun = 0, time.monotonic()
        while some := retention.erase(before, limit=batch, now=now()):
            erased += some
            if some == batch and pause:
                time.sleep(max(pause, time.monotonic() - begun))
            begun = time.monotonic()
        return erased
