"""The channel layer: does it pass on everything, and can its client library keep a quiet socket?"""

import redis
from django.conf import settings
from django.core.cache import cache

from core import reach
from core.realtime import probe

from .findings import Asked, bad, doubtful, examine, good

SLOW = 1.0
IDLE_TRAP = 8  # from this version on redis-py ends what is silent for five seconds, unless it is told not to
KEY = "doctor"
MANY = "Set REDIS_URL as soon as a second process serves."


@examine("Channel layer")
def passes_on(asked: Asked):
    if reason := reach.why_no_redis():
        return [
            bad(f"Redis (REDIS_URL) does not answer: {reason}.", "Start it, or put its right address into REDIS_URL.")
        ]
    return [of_trip(probe.round_trip(), asked.processes), of_cache(_why_nothing_is_kept())]


def of_trip(trip: probe.Trip | None, processes: int) -> tuple:
    if trip is None and processes > 1:
        return bad(f"{processes} processes serve, but nothing passes news between them.", MANY)
    if trip is None:
        return good(f"News stays inside this one process. {MANY}")
    if trip.arrived < trip.sent:
        words = f"{trip.sent - trip.arrived} of {trip.sent} messages were dropped by {trip.backend}."
        return bad(
            words, "Use RedisPubSubChannelLayer, as Parley's settings do, and see whether Redis is short of memory."
        )
    if not trip.in_order:
        return doubtful(f"{trip.backend} passes messages on in another order.", "Use one Redis, without sharding.")
    if trip.seconds > SLOW:
        words = f"{trip.sent} messages took {trip.seconds:.1f} s; usual are some hundredths."
        return doubtful(words, "Put Redis nearer to the processes, and see what else uses it.")
    return good(f"{trip.sent} messages arrived, in order, in {trip.seconds * 1000:.0f} ms.")


def of_cache(reason: str | None) -> tuple:
    """What is counted there limits how often somebody tries passwords or starts chats; without it nobody is limited."""
    if reason:
        words = f"Nothing can be kept in the cache ({reason}): attempts to sign in and new chats are not limited."
        return bad(
            words, "Give Redis room (maxmemory), and see that it can write its disk; its log says what is wrong."
        )
    return good("Attempts to sign in and new chats are counted.")


def _why_nothing_is_kept() -> str | None:
    try:
        cache.set(KEY, "here", 60)
        return None if cache.get(KEY) == "here" else "it forgets at once"
    except Exception as error:
        return str(error).strip().rstrip(".") or type(error).__name__


@examine("Channel layer")
def keeps_quiet_sockets(asked: Asked):
    config = settings.CHANNEL_LAYERS["default"].get("CONFIG", {})
    return [of_library(redis.__version__, config.get("hosts", []))] if settings.REDIS_URL else []


def of_library(version: str, hosts: list) -> tuple:
    """A host that is a dict with `socket_timeout` says how long silence may be."""
    told = all(isinstance(host, dict) and "socket_timeout" in host for host in hosts)
    if int(version.split(".")[0]) >= IDLE_TRAP and not told:
        words = f"redis-py {version} ends connections that are silent for five seconds, so a quiet site loses news."
        return bad(words, "Install the pinned version: pip install --require-hashes -r requirements.txt")
    return good(f"redis-py {version} keeps quiet connections.")
