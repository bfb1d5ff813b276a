"""The journal: one row for each action that happened, never changed afterwards."""

import uuid

from django.db import models
from django.db.models import F, Q


class Event(models.Model):
    """What happened to one subject. `version` is the subject's version that the action made.

    `position`: its place in the feed, given once after the commit; see `core.feed`.
    """

    subject = models.UUIDField()
    version = models.PositiveBigIntegerField()
    name = models.CharField(max_length=64)
    actor = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(db_index=True)
    data = models.JSONField(default=dict)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveBigIntegerField(null=True, unique=True, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["subject", "version"], name="one_event_per_version")]
        indexes = [models.Index(fields=["id"], condition=Q(position=None), name="event_without_place")]

    def __str__(self) -> str:
        return f"{self.name} {self.subject} v{self.version}"


class FeedHead(models.Model):
    """One row: the last place given. Who gives places holds it."""

    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"feed up to {self.last}"

    @classmethod
    def lock(cls) -> "FeedHead":
        """Take the head for this transaction, by writing; made when first needed."""
        if not cls.objects.filter(pk=1).update(last=F("last")):
            cls.objects.bulk_create([cls(pk=1)], ignore_conflicts=True)
            cls.objects.filter(pk=1).update(last=F("last"))
        return cls.objects.get(pk=1)
