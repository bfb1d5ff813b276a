"""`manage.py doctor`: what is wrong with this installation, and what it can do."""

from django.conf import settings
from django.core.management.base import BaseCommand

from core.clock import now
from core.doctor import Asked, Finding, Grade, examined
from interactions import doctor  # noqa: F401 -- adds what this app knows
from interactions.doctor import load

MARKS = {Grade.GOOD: "ok   ", Grade.DOUBTFUL: "look ", Grade.BAD: "wrong"}


class Command(BaseCommand):
    """Exit code 1 if something is wrong; with --strict also if something should be looked at."""

    help = "Check this installation: what is wrong, in words, and what to do. --load measures what it can do."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--url", default="", help="The public address, e.g. https://chat.example.com.")
        parser.add_argument("--processes", type=int, default=0, help="How many web processes serve, on all machines.")
        parser.add_argument("--mail", default="", metavar="ADDRESS", help="Send one mail there.")
        parser.add_argument("--strict", action="store_true", help="Count doubts as faults.")
        parser.add_argument(
            "--load", action="store_true", help="Measure: two minutes of chats that are removed afterwards."
        )
        parser.add_argument("--seconds", type=int, default=120, help="How long --load takes, from 5 on.")
        parser.add_argument("--chats", type=int, default=50, help="How many chats --load uses, of three people each.")

    def handle(self, url, processes, mail, strict, **options):
        found = []
        for finding in examined(Asked(now(), url, processes, mail)):
            found.append(finding)
            self._say(finding)
        wrong = {Grade.BAD, *([Grade.DOUBTFUL] if strict else [])}
        failed = sum(finding.grade in wrong for finding in found)
        self.stdout.write(
            f"\n{failed} of {len(found)} findings need you." if failed else f"\nAll {len(found)} looked at."
        )
        if options["load"]:
            failed += not self._load(url or settings.ORIGINS[0], max(5, options["seconds"]), max(1, options["chats"]))
        if failed:
            raise SystemExit(1)

    def _say(self, finding: Finding):
        self.stdout.write(f"{MARKS[finding.grade]}  {finding.part:<15} {finding.words}")
        if finding.remedy:
            self.stdout.write(f"{'':<23} -> {finding.remedy}")

    def _load(self, url: str, seconds: int, chats: int) -> bool:
        self.stdout.write(
            f"\nLoad test of {url}: {chats} chats of three people, {seconds} s. Ctrl-C ends it, and cleans up."
        )
        return load.run(url, seconds, chats, self.stdout.write)
