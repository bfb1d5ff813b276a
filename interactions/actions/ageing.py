"""What waits long rises in the line: each time it has waited a queue's ageing, its priority is one higher."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from interactions.models import Invitation
from routing.models import Queue

AT_ONCE = 2000


def rise(now: datetime) -> int:
    """Raise all whose time has come, after an outage more than once. Returns how often a priority rose.

    Nobody is told: the place in the line is counted anew whenever it is asked for.
    """
    risen = 0
    while step := sum(_rise(queue, now) for queue in _due(now)):
        risen += step
    return risen


def _due(now: datetime) -> list[Queue]:
    return list(Queue.objects.filter(pk__in=Invitation.objects.rising(now).order_by().values("queue")))


@transaction.atomic(durable=True)
def _rise(queue: Queue, now: datetime) -> int:
    """One step of a part of the queue; what another engine raises at this moment is left to it."""
    rows = Invitation.objects.rising(now).filter(queue=queue).order_by("id")
    ids = list(rows.select_for_update(of=("self",), skip_locked=True).values_list("id", flat=True)[:AT_ONCE])
    rising = Invitation.objects.rising(now).filter(pk__in=ids)
    return rising.update(priority=F("priority") + 1, rises_at=F("rises_at") + timedelta(seconds=queue.ageing))
