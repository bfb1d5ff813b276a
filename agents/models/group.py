"""Agent groups."""

import uuid

from django.conf import settings
from django.db import models

from agents.options import GROUP

from .options import columns
from .role import Role


class AgentGroup(columns(GROUP)):
    """Agents who belong together, with what they have in common."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True)
    role = models.ForeignKey(
        Role,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="groups",
        help_text="What members may do who have no role of their own. Empty: the site's. Several groups add up.",
    )

    administrators = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="administered_groups",
        help_text="Who may change the group's own queues, and nothing else of the administration.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
