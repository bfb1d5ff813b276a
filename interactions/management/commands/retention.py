"""`manage.py retention`: erase the chats that a site no longer keeps."""

import time
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from core.clock import now
from interactions.actions import retention

MOST = 1000


class Command(BaseCommand):
    help = "Erase chats that ended more than so many days ago, and contacts without any other. Figures stay."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, required=True, help="keep what is younger, e.g. 365")
        parser.add_argument("--batch", type=int, default=retention.AT_ONCE, help="chats in one transaction")
        parser.add_argument("--pause", type=float, default=0.1, help="seconds between two of them, for everybody else")
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *, days, batch, pause, dry_run, **options):
        if days < 1 or not 1 <= batch <= MOST or pause < 0:
            raise CommandError(f"--days is at least 1, --batch 1 to {MOST}, --pause not negative.")
        before = now() - timedelta(days=days)
        if dry_run:
            self.stdout.write(f"{retention.due(before).count():,} chats would be erased.")
            return
        self.stdout.write(f"{self._erase(before, batch, pause):,} chats erased.")

    def _erase(self, before, batch: int, pause: float) -> int:
        """Each batch is whole, so it can be stopped at any time and goes on when it is called again."""
        erased = 0
        while some := retention.erase(before, limit=batch, now=now()):
            erased += some
            if some == batch:
                time.sleep(pause)
        return erased
