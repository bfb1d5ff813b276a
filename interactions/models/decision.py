"""Routing decisions."""

from django.db import models

from agents.models import Agent
from routing.models import Queue

from .invitation import Invitation


class RoutingDecision(models.Model):
    """Whom routing asked and why. `candidates`: [{agent, name, chosen, reason}], in words."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="decisions")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    chosen = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    candidates = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.queue}: {self.chosen or 'nobody'}"
