"""A fault, and what was seen of it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Seen:
    """`seconds`: the time that the fault is about, if there is one."""

    good: bool
    words: str
    seconds: float | None = None


@dataclass
class Fault:
    """`expected`: the outcome in words; `goal`: what is asked of the time."""

    name: str
    site: str
    expected: str
    run: Callable[[], Seen]
    goal: str = ""
