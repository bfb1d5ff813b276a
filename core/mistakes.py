"""What in the configuration cannot work, or hardly was meant, in words. Each app finds its own mistakes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ERROR, WARNING, HINT = "error", "warning", "hint"


@dataclass(frozen=True, slots=True)
class Mistake:
    """`about`: the label of the model and the key of the row whose page shows it, e.g. ("routing.queue", id)."""

    words: str
    hint: str = ""
    about: tuple[str, Any] | None = None
    level: str = WARNING

    @property
    def harmless(self) -> bool:
        """It works, but may not be what was meant."""
        return self.level == HINT

    def __str__(self) -> str:
        return f"{self.words} {self.hint}".rstrip()


def about(row) -> tuple[str, Any]:
    return row._meta.label_lower, row.pk


Finder = Callable[[datetime], Iterable[Mistake]]
_finders: dict[Finder, tuple[str, ...]] = {}


def finder(*labels: str) -> Callable[[Finder], Finder]:
    """Register a function that looks at the whole configuration in a fixed number of queries.

    `labels`: of the models whose rows its mistakes are about; the pages of others need not ask.
    """

    def register(find: Finder) -> Finder:
        _finders[find] = labels
        return find

    return register


def find(now: datetime) -> list[Mistake]:
    """All of them, the worst first."""
    found = [mistake for find in _finders for mistake in find(now)]
    return sorted(found, key=lambda mistake: (ERROR, WARNING, HINT).index(mistake.level))


def of_row(row, now: datetime) -> list[Mistake]:
    """Those that the page of this row shows."""
    finders = [find for find, labels in _finders.items() if row._meta.label_lower in labels]
    return [mistake for find in finders for mistake in find(now) if mistake.about == about(row)]
