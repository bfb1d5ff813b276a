"""How fast agents answer, from the lines of a chat; pure. Times in milliseconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

MILLISECOND = timedelta(milliseconds=1)


@dataclass(slots=True)
class Reply:
    """One agent's stretch of work: time to the first line, how many lines answered the contact, and their times."""

    first: int | None = None
    count: int = 0
    time: int = 0


def replies(lines: Iterable[tuple[UUID, datetime]], contact: UUID, joined: dict[UUID, datetime]) -> dict[UUID, Reply]:
    """{party: Reply} for the parties in `joined`. `lines`: (who, when) of the contact and the agents, in order.

    An answer is the first line of any agent after lines of the contact. Its time runs from the first of these, but
    not before the agent who answers had joined.
    """
    found, asked = {party: Reply() for party in joined}, None
    for party, at in lines:
        if party == contact:
            asked = asked or at
            continue
        if party in joined:
            _write(found[party], at, joined[party], asked)
        asked = None
    return found


def _write(reply: Reply, at: datetime, since: datetime, asked: datetime | None) -> None:
    if reply.first is None:
        reply.first = elapsed(since, at)
    if asked is not None:
        reply.count += 1
        reply.time += elapsed(max(asked, since), at)


def elapsed(start: datetime, end: datetime) -> int:
    """Whole milliseconds; a clock that was set back makes no time negative."""
    return max(0, (end - start) // MILLISECOND)
