"""Skills."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from .agent import Agent


class Skill(models.Model):
    """Something that agents can do; an internal target like a group."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True, help_text="As agents read it, e.g. Fibre.")
    agents = models.ManyToManyField(Agent, through="AgentSkill", related_name="skills")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AgentSkill(models.Model):
    """How well an agent has a skill."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="skill_levels")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1), MaxValueValidator(10)], help_text="1 to 10, 10 is best."
    )

    class Meta:
        ordering = ["skill", "-level"]
        constraints = [models.UniqueConstraint(fields=["agent", "skill"], name="one_level_per_skill")]

    def __str__(self) -> str:
        return f"{self.agent}: {self.skill} {self.level}"
