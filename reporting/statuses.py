"""Status times: each change closes the time of the status before it, cut at quarter hours. Part of the counting.

A status counts from its event to the next one of the same agent and channel; where clocks of two servers differ and
the next one is the earlier, it took no time.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from agents.status import Status
from core.models import Event

from .models import OpenStatus, StatusSum
from .quarters import spread

ADD = """
    INSERT INTO reporting_statussum (quarter, agent, channel, status, reason, spent) VALUES {rows}
    ON CONFLICT (quarter, agent, channel, status, reason)
    DO UPDATE SET spent = reporting_statussum.spent + excluded.spent
"""
ROW = "(%s, %s, %s, %s, %s, %s)"
AT_ONCE = 150  # rows of one statement: a small SQLite takes no more than 999 values


class Change(NamedTuple):
    agent: UUID
    channel: str
    status: str
    reason: str
    at: datetime

    def fields(self) -> dict:
        return {name: getattr(self, name) for name in ("agent", "channel", "status", "reason")}


def changes(events: Iterable[Event]) -> list[Change]:
    """All status changes that these events tell, in their order."""
    return [
        Change(UUID(row["agent"]), row["channel"], row["status"], row["reason"], event.at)
        for event in events
        for row in event.data.get("facts", {}).get("statuses", ())
    ]


def add(events: Iterable[Event]) -> None:
    """Add what these events close to the sums, and keep what they open."""
    told = changes(events)
    if not told:
        return
    rows = OpenStatus.objects.filter(agent__in={change.agent for change in told})
    current = {(row.agent, row.channel): row for row in rows}
    spent = run(current, told)
    known = [row for row in current.values() if row.pk]
    OpenStatus.objects.bulk_update(known, ["status", "reason", "since"])
    OpenStatus.objects.bulk_create([row for row in current.values() if not row.pk])
    _write(spent)


def run(current: dict, told: Iterable[Change]) -> Counter:
    """{(quarter, agent, channel, status, reason): milliseconds}; `current` becomes what holds in the end.

    A change that is told twice, by two actions at one time, changes nothing.
    """
    spent: Counter = Counter()
    for change in told:
        key = (change.agent, change.channel)
        row = current.get(key)
        if row is None:
            current[key] = OpenStatus(**change.fields(), since=change.at)
            continue
        spent.update(dict(slices(row, change.at)))
        row.status, row.reason, row.since = change.status, change.reason, max(row.since, change.at)
    return spent


def slices(row: OpenStatus, until: datetime) -> Iterable[tuple[tuple, int]]:
    """The time since `row` began, by quarter hour. Logged off is not counted."""
    if row.status == Status.LOGGED_OFF:
        return []
    about = (row.agent, row.channel, row.status, row.reason)
    return [((quarter, *about), spent) for quarter, spent in spread(row.since, until)]


def _write(spent: Counter) -> None:
    as_stored = StatusSum._meta.get_field("agent").get_db_prep_value
    rows = [
        (quarter, as_stored(agent, connection), *about, milliseconds)
        for (quarter, agent, *about), milliseconds in sorted(spent.items())
    ]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            values = [value for row in some for value in row]
            cursor.execute(ADD.format(rows=", ".join([ROW] * len(some))), values)
