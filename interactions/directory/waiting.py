"""How the lines of many queues stand, in a fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from statistics import median_high

from interactions.models import Invitation
from interactions.states import Invited, Kind

RECENT = 20
LATELY = timedelta(days=1)


def waiting(queue_ids: Collection) -> Counter:
    """{queue id: contacts in its line}, what rings included."""
    rows = Invitation.objects.pending().filter(kind=Kind.ROUTE, queue__in=queue_ids).order_by()
    return Counter(rows.values_list("queue_id", flat=True))


def estimates(queue_ids: Collection, now: datetime) -> dict:
    """{queue id: seconds}: the median of its last accepted waits of a day; unknown ones are missing."""
    rows = Invitation.objects.filter(kind=Kind.ROUTE, queue__in=queue_ids, state=Invited.ACCEPTED)
    rows = rows.filter(ended_at__gt=now - LATELY).order_by("-ended_at")[: RECENT * max(1, len(queue_ids))]
    waits = defaultdict(list)
    for queue, since, ended in rows.values_list("queue_id", "waited_since", "ended_at"):
        if len(waits[queue]) < RECENT:
            waits[queue].append((ended - since).total_seconds())
    return {queue: round(median_high(given)) for queue, given in waits.items()}
