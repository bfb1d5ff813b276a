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
FIELDS = {type: "person" if type == "agent" else type for type in TARGETS}


def _one_target() -> Q:
    """Exactly one of the five."""
    one = Q()
    for name in FIELDS.values():
        one |= Q(**{f"{other}__isnull": other != name for other in FIELDS.values()})
    return one


def _once() -> list[models.UniqueConstraint]:
    own = [models.UniqueConstraint(fields=["agent", name], name=f"favourite_{name}_once") for name in FIELDS.values()]
    return own + [
        models.UniqueConstraint(fields=[name], condition=Q(agent=None), name=f"corporate_favourite_{name}_once")
        for name in FIELDS.values()
    ]


class Favourite(models.Model):
    """A target kept at hand: by one agent, or by the administrator for all (corporate: no agent).

    One of `person`, `group`, `skill`, `queue`, `routing_point` is whom it points at; it goes with them.
    """

    agent = models.ForeignKey(
        Agent, null=True, blank=True, on_delete=models.CASCADE, related_name="favourites", help_text="Empty: for all."
    )
    person = models.ForeignKey(Agent, null=True, on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey(AgentGroup, null=True, on_delete=models.CASCADE, related_name="+")
    skill = models.ForeignKey(Skill, null=True, on_delete=models.CASCADE, related_name="+")
    queue = models.ForeignKey(Queue, null=True, on_delete=models.CASCADE, related_name="+")
    routing_point = models.ForeignKey(RoutingPoint, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=_one_target(), name="favourite_has_one_target"), *_once()]

    def __str__(self) -> str:
        return f"{dict(TYPES)[self.type]} {getattr(self, FIELDS[self.type])}"

    @property
    def type(self) -> str:
        return next(type for type, name in FIELDS.items() if getattr(self, f"{name}_id"))

    @property
    def target_id(self):
        return getattr(self, f"{FIELDS[self.type]}_id")

    @staticmethod
    def pointing_at(type: str, id) -> dict:
        """The fields of a favourite of this target, to make or to find it."""
        return {f"{name}_id": id if kind == type else None for kind, name in FIELDS.items()}

    @classmethod
    def of(cls, agent: Agent) -> dict:
        """{(type, id): "own" or "corporate"}; an own one says so."""
        rows = cls.objects.filter(Q(agent=agent) | Q(agent=None))
        found = {(row.type, row.target_id): "corporate" for row in rows if row.agent_id is None}
        return found | {(row.type, row.target_id): "own" for row in rows if row.agent_id}
