"""`manage.py reachable`: one clear line and exit code 1 when the database or Redis is away."""

import redis
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection


class Command(BaseCommand):
    """Asks the database and, where configured, Redis."""

    help = "Say whether the configured database and Redis answer."
    requires_system_checks = ()

    def handle(self, **options):
        try:
            connection.ensure_connection()
        except (DatabaseError, InterfaceError, OSError) as error:
            self._fail("database", settings.DATABASES["default"].get("HOST") or connection.vendor, error)
        if settings.REDIS_URL:
            try:
                redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5).ping()
            except (redis.RedisError, OSError) as error:
                self._fail("Redis", "REDIS_URL", error)

    def _fail(self, what: str, where: str, error: Exception):
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        self.stderr.write(f"parley: the {what} ({where}) does not answer: {reason}")
        raise SystemExit(1)
