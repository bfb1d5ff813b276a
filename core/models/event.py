"""The journal: one row for each action that happened, never changed afterwards."""

import uuid

from django.db import models


class Event(models.Model):
    """What happened to one subject. `version` is the subject's version that the action made."""

    subject = models.UUIDField(db_index=True)
    version = models.PositiveBigIntegerField()
    name = models.CharField(max_length=64)
    actor = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(db_index=True)
    data = models.JSONField(default=dict)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["subject", "version"], name="one_event_per_version")]

    def __str__(self) -> str:
        return f"{self.name} {self.subject} v{self.version}"
