"""Clocks: limits are times in the database, so all machines must agree on the time."""

from datetime import UTC, datetime

import redis
from django.conf import settings
from django.db import connection

from core.clock import now
from core.reach import SECONDS

from .findings import Asked, bad, doubtful, examine, good

DOUBTFUL, BAD = 1.0, 5.0


@examine("Clock")
def agrees(asked: Asked):
    found = [of_clock("the database", _database())] if connection.vendor == "postgresql" else []
    found += [of_clock("Redis", _redis())] if settings.REDIS_URL else []
    return found or [good("Everything runs on this machine, by one clock.")]


def of_clock(whose: str, apart: float) -> tuple:
    """`apart`: seconds that the other clock is ahead."""
    words = f"The clock of {whose} is {abs(apart):.1f} s {'ahead' if apart > 0 else 'behind'}."
    remedy = "Let every machine take its time from the same source, e.g. with chrony or systemd-timesyncd."
    if abs(apart) >= BAD:
        return bad(words, remedy)
    return doubtful(words, remedy) if abs(apart) >= DOUBTFUL else good(f"The clock of {whose} agrees with this one.")


def _database() -> float:
    with connection.cursor() as cursor:
        before = now()
        cursor.execute("SELECT clock_timestamp()")
        return _apart(cursor.fetchone()[0], before, now())


def _redis() -> float:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as client:
        client.ping()
        before = now()
        seconds, micros = client.time()
        return _apart(datetime.fromtimestamp(seconds + micros / 1e6, UTC), before, now())


def _apart(there: datetime, before: datetime, after: datetime) -> float:
    """Against the middle of asking, so that a slow answer is no wrong clock."""
    return (there - (before + (after - before) / 2)).total_seconds()
