"""One event on its way to one address."""

import uuid
from enum import StrEnum

from django.db import models
from django.db.models import Q

from core.models import Event
from core.outbox import Outgoing

from .webhook import Webhook


class Sending(StrEnum):
    """States of a delivery."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Delivery(Outgoing):
    """`queued_at`: since when it is being tried. `problem`: why the last attempt failed, in words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=[(one, one.capitalize()) for one in Sending], default=Sending.QUEUED)
    created_at = models.DateTimeField(db_index=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="one_delivery_per_event")]
        indexes = [models.Index(fields=["webhook", "next_at"], condition=Q(state="queued"), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.event.name} to {self.webhook}"
