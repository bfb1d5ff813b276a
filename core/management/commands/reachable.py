"""`manage.py reachable`: can a server start here? If not: one clear line, exit code 1."""

from django.core.management.base import BaseCommand

from core import only_server, reach


class Command(BaseCommand):
    """Checks the settings, asks the database and Redis, and whether the data folder is served already."""

    help = "Say whether a server can start: settings, database, Redis, no other server on the same SQLite folder."
    requires_system_checks = "__all__"

    def handle(self, **options):
        if reason := only_server.why_refused():
            self._fail(reason)
        if reason := reach.why_no_database():
            self._fail(f"the database does not answer: {reason}")
        if reason := reach.why_no_redis():
            self._fail(f"Redis (REDIS_URL) does not answer: {reason}")

    def _fail(self, reason: str):
        self.stderr.write(f"parley: {reason}")
        raise SystemExit(1)
