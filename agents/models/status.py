"""What an agent's channel is set to, and was."""

import uuid

from django.db import models

from agents.status import LABELS, Status

from .agent import Agent
from .reason import Reason

STATUSES = [(status.value, label) for status, label in LABELS.items()]


class ChannelStatus(models.Model):
    """The status of one agent on one channel now."""

    CHAT, VOICE = "chat", "voice"
    CHANNELS = [(CHAT, "Chat"), (VOICE, "Voice")]

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="channels")
    channel = models.CharField(max_length=10, choices=CHANNELS, default=CHAT)
    status = models.CharField(max_length=20, choices=STATUSES, default=Status.LOGGED_OFF)
    reason = models.ForeignKey(Reason, null=True, blank=True, on_delete=models.PROTECT)
    since = models.DateTimeField()

    class Meta:
        ordering = ["channel"]
        constraints = [models.UniqueConstraint(fields=["agent", "channel"], name="one_status_per_channel")]

    def __str__(self) -> str:
        return f"{self.agent}, {self.get_channel_display()}: {self.get_status_display()}"


class StatusPeriod(models.Model):
    """A stretch of time that an agent's channel spent in one status; open while `until` is null."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="periods")
    channel = models.CharField(max_length=10, choices=ChannelStatus.CHANNELS)
    status = models.CharField(max_length=20, choices=STATUSES)
    reason = models.ForeignKey(Reason, null=True, on_delete=models.PROTECT)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "channel"], condition=models.Q(until=None), name="one_open_period_per_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.channel} {self.status} since {self.since:%H:%M:%S}"
