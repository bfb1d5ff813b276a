"""Names for the ids that stand in the journal. Each app says how its own are found; this one knows none of them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple
from uuid import UUID


class Name(NamedTuple):
    """What an administrator reads, and the page behind it."""

    label: str
    url: str


Finder = Callable[[set[UUID]], dict[UUID, Name]]
_finders: list[Finder] = []


def finder(find: Finder) -> Finder:
    """Register a function that names those of the given ids that it knows, in a fixed number of queries."""
    _finders.append(find)
    return find


def names(ids: Iterable[UUID]) -> dict[UUID, Name]:
    wanted, found = set(ids), {}
    for find in _finders:
        found |= find(wanted - found.keys())
    return found


def id_in(words) -> UUID | None:
    """The id in what the journal holds: an id itself, or an actor as agent:<id>."""
    try:
        return UUID(str(words).rpartition(":")[2])
    except ValueError:
        return None
