"""What was found: how bad, in words, and what to do about it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Grade(StrEnum):
    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


class Finding(NamedTuple):
    """One sentence about one part; `remedy`: what to do, empty where all is well."""

    part: str
    grade: Grade
    words: str
    remedy: str = ""


class Asked(NamedTuple):
    """What the operator said: the public address, how many processes serve, to whom a mail may be sent."""

    now: datetime
    url: str = ""
    processes: int = 0
    mail_to: str = ""


def good(words: str) -> tuple:
    return Grade.GOOD, words, ""


def doubtful(words: str, remedy: str) -> tuple:
    return Grade.DOUBTFUL, words, remedy


def bad(words: str, remedy: str) -> tuple:
    return Grade.BAD, words, remedy


Examination = Callable[[Asked], Iterable[tuple]]
_examinations: dict[str, list[Examination]] = {}


def examine(part: str) -> Callable[[Examination], Examination]:
    """Register a function that looks at this part."""

    def keep(look: Examination) -> Examination:
        _examinations.setdefault(part, []).append(look)
        return look

    return keep


def examined(asked: Asked) -> Iterable[Finding]:
    """Everything, part by part. One examination that fails is a finding, and leaves the others alone."""
    for part, looks in _examinations.items():
        for look in looks:
            try:
                yield from (Finding(part, *found) for found in look(asked))
            except Exception as error:
                words = f"This could not be looked at: {str(error).strip() or type(error).__name__}"
                yield Finding(part, *bad(words.splitlines()[0], "See that it can be reached, then ask again."))
