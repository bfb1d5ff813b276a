"""Rings."""

from django.db import models
from django.db.models import Q

from agents.models import Agent
from interactions.states import Rang
from routing.models import Queue

from .invitation import Invitation

OUTCOMES = [(outcome.value, outcome.value.capitalize()) for outcome in Rang]


class RingQuerySet(models.QuerySet):
    def open(self):
        return self.filter(outcome="")

    def latest_within(self, span, now) -> bool:
        """Did the last of them end so lately?"""
        last = self.order_by("-ended_at").first()
        return last is not None and now - last.ended_at <= span

    def overdue(self, now):
        return self.open().filter(expires_at__lte=now)


class Ring(models.Model):
    """One attempt of an invitation at one agent. `version`: the interaction's, when it last changed.

    `heard`: the head of the public lane when it began to ring, or when the contact left a message during it.
    """

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="rings")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="rings")
    queue = models.ForeignKey(Queue, null=True, on_delete=models.PROTECT, related_name="+")  # through which, if any
    routed = models.BooleanField()
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=OUTCOMES, blank=True)
    version = models.PositiveBigIntegerField()
    heard = models.PositiveBigIntegerField(default=0)

    objects = RingQuerySet.as_manager()

    class Meta:
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["invitation"], condition=Q(outcome=""), name="rings_at_one_agent"),
            models.UniqueConstraint(
                fields=["agent"], condition=Q(outcome="", routed=True), name="one_routed_ring_per_agent"
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "outcome"], name="ring_of_agent"),
            models.Index(fields=["agent", "-started_at"], name="ring_in_turn"),
            models.Index(fields=["expires_at"], condition=Q(outcome=""), name="ring_open"),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id} at {self.agent}"

    def finish(self, outcome: Rang, *, now, version: int):
        self.outcome, self.ended_at, self.version = outcome, now, version
        self.save(update_fields=["outcome", "ended_at", "version"])
