"""Queues."""

import uuid
from datetime import datetime, timedelta

from django.db import models

from agents.models import Agent, AgentGroup, Site
from agents.models.options import columns
from agents.options import QUEUE, Effective, effective, says
from routing import engine, hours

from .hours import OpeningHours


class Queue(columns(QUEUE)):
    """A waiting line with its agents."""

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
    ageing = models.PositiveIntegerField(
        default=0,
        help_text="Each time a chat has waited so many seconds its priority rises by one, e.g. 60. 0: never.",
    )
    opening_hours = models.ForeignKey(
        OpeningHours, null=True, blank=True, on_delete=models.PROTECT, help_text="Empty: always open."
    )

    group = models.ForeignKey(
        AgentGroup,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="queues",
        help_text="Whose administrators may change this queue too, e.g. Billing team. Empty: administrators only.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def is_open(self, now) -> bool:
        return self.opening_hours is None or hours.is_open(self.opening_hours.schedule(), now)

    def rises_at(self, waiting_since: datetime) -> datetime | None:
        """When the priority of a chat that waits since then rises for the first time; None: never."""
        return waiting_since + timedelta(seconds=self.ageing) if self.ageing else None

    def next_opening(self, now):
        """When it opens next; None when it is always open, or not within sight."""
        return self.opening_hours and hours.next_opening(self.opening_hours.schedule(), now)

    def option(self, name: str, site: Site | None = None) -> Effective:
        """The value that holds for this queue's chats, and where it comes from."""
        if says(getattr(self, name)):
            return effective(name, site=None, queue=self)
        return effective(name, site=site or Site.current())
