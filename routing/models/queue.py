"""Queues."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from agents.models import Agent
from agents.options import AUTO_ANSWERS, DELAY_MOST
from routing import engine, hours

from .hours import OpeningHours


class Queue(models.Model):
    """A waiting line with its agents. Times in seconds."""

    STRATEGIES = [(key, strategy.label) for key, strategy in engine.STRATEGIES.items()]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True, help_text="Never shown to contacts, e.g. Billing.")
    agents = models.ManyToManyField(Agent, blank=True, related_name="queues")
    strategy = models.CharField(
        max_length=20,
        choices=STRATEGIES,
        default=engine.LONGEST_IDLE,
        help_text="Who of those who can be asked is asked first, e.g. Longest idle. Equals: longest idle.",
    )
    priority = models.SmallIntegerField(default=0, help_text="Chats of a higher priority are offered first, e.g. 10.")
    ring_time = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(5)], help_text="An invitation rings at one agent for so long."
    )
    opening_hours = models.ForeignKey(
        OpeningHours, null=True, blank=True, on_delete=models.PROTECT, help_text="Empty: always open."
    )
    last_agent_seconds = models.PositiveSmallIntegerField(
        default=30, help_text="Who comes back is kept for their last agent for so long, if that agent is Ready. 0: not."
    )
    idle_warning = models.PositiveIntegerField(
        default=255, help_text="The contact owes an answer for so long: a line warns them, e.g. 255. 0: never."
    )
    idle_close = models.PositiveIntegerField(
        default=45, validators=[MinValueValidator(10)], help_text="So long after the warning the chat closes, e.g. 45."
    )
    wrap_up_limit = models.PositiveSmallIntegerField(
        default=120, help_text="An ended chat holds its slot until Mark Done, at most for so long."
    )

    after_call_tail = models.PositiveSmallIntegerField(
        default=0, help_text="After Mark Done the chat's slot stays taken for so long, e.g. 30. 0: free at once."
    )

    auto_answer = models.CharField(
        max_length=10,
        blank=True,
        choices=list(AUTO_ANSWERS.items()),
        help_text="Holds for this queue's chats whatever agent, group or site say, e.g. off. Empty: as they say.",
    )
    auto_answer_delay = models.PositiveSmallIntegerField(
        "preview before auto answer, seconds",
        null=True,
        blank=True,
        validators=[MaxValueValidator(DELAY_MOST)],
        help_text="How long the preview stands, e.g. 10. Empty: as agent, group or site say.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def is_open(self, now) -> bool:
        return self.opening_hours is None or hours.is_open(self.opening_hours.schedule(), now)

    def next_opening(self, now):
        """When it opens next; None when it is always open, or not within sight."""
        return self.opening_hours and hours.next_opening(self.opening_hours.schedule(), now)
