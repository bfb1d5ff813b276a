"""The feed: all events in an order in which nothing is ever put before what somebody has read.

Ids are drawn before the commit: on PostgreSQL 7 can be seen before 6, and whoever then goes on after 7 never reads 6.
So events get their place after they were committed, by one transaction at a time: what it cannot see yet comes later.
Events of one subject, and events under one lock, keep their order: the later one is written after the commit of the
earlier, so whoever sees it sees both, and places go by id.
"""

from uuid import UUID

from django.db import connection, transaction

from core.models import Event, FeedHead

BATCH = 5_000
PLACE = """
    UPDATE core_event SET position = ranked.place + %s
    FROM (
        SELECT id AS chosen, row_number() OVER (ORDER BY id) AS place
        FROM core_event WHERE position IS NULL ORDER BY id LIMIT %s
    ) AS ranked
    WHERE core_event.id = ranked.chosen
"""


def after(position: int, limit: int, subject: UUID | None = None) -> list[Event]:
    """The events after this place, at most so many; of one subject, or of all. Read on from the last one's."""
    settle()
    rows = Event.objects.filter(position__gt=position, **({"subject": subject} if subject else {}))
    return list(rows.order_by("position")[:limit])


def without_place():
    """Committed events that have no place yet."""
    return Event.objects.filter(position=None)


def settle(limit: int = BATCH) -> int:
    """Give places to committed events that have none, at most so many. How many got one."""
    return _settle(limit) if without_place().exists() else 0


@transaction.atomic
def _settle(limit: int) -> int:
    head = FeedHead.lock()
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [head.last, limit])
        placed = cursor.rowcount
    FeedHead.objects.filter(pk=head.pk).update(last=head.last + placed)
    return placed
