"""Agent groups."""

import uuid

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

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
