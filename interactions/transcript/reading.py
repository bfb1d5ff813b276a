"""Pages of lines, and what was missed."""

import heapq
from typing import NamedTuple

from interactions.frames import RESUME_LIMIT, Line
from interactions.models import Lane, Message, Reader

from .author import Author, readers, unknown

PAGE = 200
PAGE_LIMIT = 500


class Page(NamedTuple):
    """Lines in order. `more`: there are others beyond this page in the direction that was read."""

    lines: list[Line]
    more: bool


def page(
    author: Author,
    *,
    lane: str | None = None,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Lines the author may read: the newest, or those before or after a number of one lane. Raises NotFound.

    Without `lane` the newest `limit` of each lane, merged by time; a lane keeps its own order.
    """
    mine = [reader for reader in readers(author) if lane in (None, reader.lane.name)]
    if not mine:
        raise unknown()
    limit = max(1, min(limit, PAGE_LIMIT))
    pages = [_page(reader, after, before, limit) for reader in mine]
    lines = heapq.merge(*(found.lines for found in pages), key=lambda line: line.at)
    return Page(list(lines), any(found.more for found in pages))


def since(author: Author, cursors: dict[str, int]) -> list[Line] | None:
    """What was missed in each lane after the number held; None when it is too much to send."""
    missed = []
    for reader in readers(author):
        if reader.lane.name not in cursors:
            continue
        found = _page(reader, cursors[reader.lane.name], None, RESUME_LIMIT)
        if found.more:
            return None
        missed += found.lines
    return missed


def _page(reader: Reader, after: int | None, before: int | None, limit: int) -> Page:
    rows = Message.objects.filter(lane=reader.lane_id, number__gte=reader.start, number__lte=reader.head())
    if before is not None:
        rows = rows.filter(number__lt=before)
    if after is not None:
        found = list(rows.filter(number__gt=after).order_by("number")[: limit + 1])
        return Page([_line(reader.lane, row) for row in found[:limit]], len(found) > limit)
    found = list(rows.order_by("-number")[: limit + 1])
    return Page([_line(reader.lane, row) for row in reversed(found[:limit])], len(found) > limit)


def _line(lane: Lane, row: Message) -> Line:
    return Line(lane.interaction_id, lane.name, row.number, row.party_id, row.kind, row.text, row.at, row.client_id)
