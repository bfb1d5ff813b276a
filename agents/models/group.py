"""Agent groups."""

import uuid

from django.db import models


class AgentGroup(models.Model):
    """Agents who belong together, with what they have in common."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    capacity = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Chats at the same time for each member, e.g. 3. Empty: the site's default."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
