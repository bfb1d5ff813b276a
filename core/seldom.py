"""What comes by the thousand while something is away is said now and then: its log must not fill the disk."""

import time
from logging import Logger

EVERY = 5.0


class Seldom:
    """One warning, of one thread."""

    def __init__(self, log: Logger, words: str):
        self._log, self._words, self._next, self._unsaid = log, words, 0.0, 0

    def warn(self, error: Exception) -> None:
        """Say it with its reason, unless that was done a moment ago; how often it was not is told next time."""
        now = time.monotonic()
        if now < self._next:
            self._unsaid += 1
            return
        unsaid = f" ({self._unsaid} more before)" if self._unsaid else ""
        self._next, self._unsaid = now + EVERY, 0
        self._log.warning("%s: %s%s", self._words, _reason(error), unsaid)


def _reason(error: Exception) -> str:
    """The first line alone: what follows may repeat what somebody wrote."""
    said = str(error).strip()
    return f"{type(error).__name__}: {said.splitlines()[0]}" if said else type(error).__name__
