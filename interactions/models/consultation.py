"""Consultations."""

import uuid

from django.db import models
from django.db.models import Q

from interactions.states import Medium

from .invitation import MEDIA, Invitation
from .lane import Lane
from .party import CAUSES, Party


class ConsultationQuerySet(models.QuerySet):
    def active(self):
        return self.filter(ended_at=None)

    def end(self, *, cause, now) -> int:
        """By compare-and-swap: how many of them were active."""
        return self.active().update(ended_at=now, cause=cause)


class Consultation(models.Model):
    """A private conversation of two agents beside a live interaction; the contact never learns of it.

    `requester`: a party of the chat. `consultant`: a party of its own kind, who reads the chat and writes in `lane`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interaction = models.ForeignKey("interactions.Interaction", on_delete=models.CASCADE, related_name="consultations")
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="led_to")
    requester = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="consultations")
    consultant = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="consulted_in")
    lane = models.OneToOneField(Lane, on_delete=models.CASCADE, related_name="consultation")
    medium = models.CharField(max_length=5, choices=MEDIA, default=Medium.CHAT)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, choices=CAUSES, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at=None) | ~Q(cause=""), name="ended_consultation_has_cause")
        ]

    def __str__(self) -> str:
        return f"{self.requester} consults {self.consultant}"

    @property
    def active(self) -> bool:
        return self.ended_at is None
