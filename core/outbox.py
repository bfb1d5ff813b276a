"""What leaves the site beside the engine: claimed by one engine, tried, tried again. Mail and webhooks stand on it."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

CLAIM = timedelta(minutes=5)  # so long nobody else sends what one engine is about to send
QUEUED = "queued"
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)


class OutgoingQuerySet(models.QuerySet):
    def due(self, now: datetime):
        """What is to be sent now, and is in nobody's hands."""
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.filter(free, state=QUEUED, next_at__lte=now).order_by("next_at", "id")


class Outgoing(models.Model):
    """A row that is sent; `state` is each kind's own, and `queued` while it is to be sent. Null: no further attempt."""

    next_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        abstract = True

    def claim(self, now: datetime) -> bool:
        """Take it for one attempt, by compare-and-swap: of several engines one succeeds."""
        mine = type(self).objects.due(now).filter(pk=self.pk, attempts=self.attempts)
        if not mine.update(attempts=self.attempts + 1, claimed_until=now + CLAIM):
            return False
        self.attempts += 1
        return True


def pause(tried_for: timedelta, shortest: timedelta = SHORTEST, longest: timedelta = LONGEST) -> timedelta:
    """Until the next attempt: as long as it has been tried already, within limits."""
    return min(max(tried_for, shortest), longest)
