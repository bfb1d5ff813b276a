"""Routing decisions."""

from django.db import models

from agents.models import Agent

from .invitation import Invitation


class RoutingDecision(models.Model):
    """Whom routing asked and why. `pool`: name of the queue, group or skill; `candidates`: [{agent, name, chosen,
    reason}]; `notes`: what the chat needed and where else it was offered. All in words."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="decisions")
    pool = models.CharField(max_length=80, default="")
    chosen = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")
    candidates = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.pool}: {self.chosen or 'nobody'}"
