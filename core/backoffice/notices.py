"""What administrators must know on whatever page they are. Each app says how its own are found."""

from collections.abc import Callable, Iterable
from typing import NamedTuple


class Notice(NamedTuple):
    """What is the matter, and the page where it is put right."""

    words: str
    url: str


Teller = Callable[[], Iterable[Notice]]
_tellers: list[Teller] = []


def teller(tell: Teller) -> Teller:
    """Register a function that gives notices, in a fixed number of queries."""
    _tellers.append(tell)
    return tell


def notices() -> list[Notice]:
    return [notice for tell in _tellers for notice in tell()]
