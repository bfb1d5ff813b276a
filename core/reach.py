"""Does what we stand on answer? Asked before the start and by load balancers."""

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections

SECONDS = 5


def why_no_database() -> str | None:
    """None if the database answers, else the reason in one line."""
    probe = _unpooled()
    try:
        with probe.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError, OSError) as error:
        return _line(error)
    finally:
        probe.close()
    return None


def why_no_redis() -> str | None:
    """None if Redis answers or is not used, else the reason in one line."""
    if not settings.REDIS_URL:
        return None
    client = None
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
        client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return _line(error)
    finally:
        if client is not None:
            client.close()
    return None


def _unpooled():
    """A connection of its own: a pool waits, and then says only that it waited."""
    usual = connections["default"]
    options = {name: value for name, value in usual.settings_dict["OPTIONS"].items() if name != "pool"}
    return type(usual)({**usual.settings_dict, "OPTIONS": options}, "default")


def _line(error: Exception) -> str:
    said = str(error).strip()
    return said.splitlines()[0].rstrip(".") if said else type(error).__name__
