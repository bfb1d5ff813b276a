"""Whom a queue asks first of those who can be asked. Pure: each strategy is a key, the smallest comes first."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Strategy:
    """`key(candidate)` orders; `first` and `others` say in words why somebody was or was not chosen."""

    label: str
    key: Callable
    first: str
    others: str


def longest_idle(candidate):
    """Who never had a chat comes before all."""
    return (candidate.idle_since is not None, candidate.idle_since or 0)


def least_busy(candidate):
    """By chats, not by their share of the capacity: two chats are two chats."""
    return candidate.load


def round_robin(candidate):
    """Who was asked longest ago, by whatever queue; who was never asked comes before all."""
    return (candidate.turn_at is not None, candidate.turn_at or 0)


def skill_level(candidate):
    """The levels of all skills that are looked at, together."""
    return -candidate.level


LONGEST_IDLE, SKILL_LEVEL, ROUND_ROBIN = "longest_idle", "skill_level", "round_robin"
STRATEGIES = {
    LONGEST_IDLE: Strategy(
        "Longest idle", longest_idle, "longest idle of those who can be asked", "idle for a shorter time"
    ),
    "least_busy": Strategy(
        "Least busy", least_busy, "has the fewest chats of those who can be asked", "has more chats"
    ),
    ROUND_ROBIN: Strategy("Round robin", round_robin, "is next in turn", "was asked more lately"),
    SKILL_LEVEL: Strategy(
        "Highest skill level", skill_level, "has the highest level of those who can be asked", "has a lower level"
    ),
}


def order(strategy: str, candidate):
    """Equals by the strategy: longest idle; equals by that too: the smaller id, so that engines agree."""
    return STRATEGIES[strategy].key(candidate), longest_idle(candidate), candidate.id


def why_first(strategy: str, chosen, others) -> str:
    """In words; where several were equal, that the longest idle of them was taken."""
    words, key = STRATEGIES[strategy].first, STRATEGIES[strategy].key
    tied = strategy != LONGEST_IDLE and any(key(other) == key(chosen) for other in others)
    return f"{words}, and idle longest of equals" if tied else words


def why_not(strategy: str, candidate, chosen) -> str:
    equal = STRATEGIES[strategy].key(candidate) == STRATEGIES[strategy].key(chosen)
    return STRATEGIES[LONGEST_IDLE].others if equal else STRATEGIES[strategy].others
