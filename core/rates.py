"""How often something was tried lately, counted in the cache. A cache that is away limits nothing: work goes on."""

import logging

from django.core.cache import cache

log = logging.getLogger("parley.rates")


def tried(key: str) -> int:
    """How often this was counted within its time."""
    return _ask(lambda: cache.get(key, 0), 0)


def count(key: str, seconds: int) -> None:
    """One more; the time runs from the first."""
    _ask(lambda: _count(key, seconds), None)


def _count(key: str, seconds: int) -> None:
    cache.add(key, 0, seconds)
    cache.incr(key)


def forget(key: str) -> None:
    _ask(lambda: cache.delete(key), None)


def _ask(question, otherwise):
    try:
        return question()
    except Exception as error:
        log.warning("the cache did not answer: %r", error)
        return otherwise
