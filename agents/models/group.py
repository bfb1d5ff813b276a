"""Agent groups."""

import uuid

from django.core.validators import MaxValueValidator
from django.db import models

from agents.options import AUTO_ANSWERS, DELAY_MOST, LOCK_MOST

from .role import Role


class AgentGroup(models.Model):
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
    capacity = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Chats at the same time for each member, e.g. 3. Empty: the site's default."
    )
    lock_minutes = models.PositiveSmallIntegerField(
        "lock after, minutes",
        null=True,
        blank=True,
        validators=[MaxValueValidator(LOCK_MOST)],
        help_text="Without input for so long, e.g. 5. 0: never. Empty: the site's. Of several the shortest holds.",
    )
    auto_answer = models.CharField(
        max_length=10,
        blank=True,
        choices=list(AUTO_ANSWERS.items()),
        help_text="Chats are accepted by themselves. Empty: the site's. Of several the most careful holds.",
    )
    auto_answer_delay = models.PositiveSmallIntegerField(
        "preview before auto answer, seconds",
        null=True,
        blank=True,
        validators=[MaxValueValidator(DELAY_MOST)],
        help_text="How long the preview stands, e.g. 5. Empty: the site's. Of several the longest holds.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
