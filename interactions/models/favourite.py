"""Favourite targets."""

from django.db import models
from django.db.models import Q

from agents.models import Agent, AgentGroup, Skill
from routing.models import Queue, RoutingPoint

TYPES = [
    ("agent", "Agent"),
    ("group", "Agent group"),
    ("skill", "Skill"),
    ("queue", "Queue"),
    ("routing_point", "Routing point"),
]
TARGETS = {"agent": Agent, "group": AgentGroup, "skill": Skill, "queue": Queue, "routing_point": RoutingPoint}


class Favourite(models.Model):
    """A target kept at hand: by one agent, or by the administrator for all (corporate: no agent)."""

    agent = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.CASCADE, related_name="favourites", help_text="Empty: for all."
    )
    type = models.CharField(max_length=16, choices=TYPES)
    target = models.UUIDField(help_text="Id of the agent, group, skill, queue or routing point.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "type", "target"], name="favourite_once"),
            models.UniqueConstraint(
                fields=["type", "target"], condition=Q(agent=None), name="corporate_favourite_once"
            ),
        ]

    def __str__(self) -> str:
        found = TARGETS[self.type].objects.filter(pk=self.target).first()
        return f"{self.get_type_display()} {found or self.target}"

    @classmethod
    def of(cls, agent: Agent) -> dict:
        """{(type, id): "own" or "corporate"}; an own one says so."""
        rows = cls.objects.filter(Q(agent=agent) | Q(agent=None)).order_by("agent_id")
        found = {(row.type, row.target): "corporate" for row in rows if row.agent_id is None}
        return found | {(row.type, row.target): "own" for row in rows if row.agent_id}
