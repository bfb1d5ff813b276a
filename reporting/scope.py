"""What somebody's figures are about: the whole site, or what belongs to the groups that they administer.

One predicate for pages, CSV, API, what is behind a figure, timelines and the wallboard. Figures of people belong to the
groups that the agent is in now, figures of lines to the group whose own the queue is.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from agents.models import Agent, AgentGroup
from routing.models import Queue, RoutingPoint

from .models import InteractionFact, RequestFact, SegmentFact, WaitFact


@dataclass(frozen=True)
class Scope:
    """`groups`: None is the whole site."""

    groups: frozenset[UUID] | None

    @property
    def whole(self) -> bool:
        return self.groups is None

    def of(self, rows: QuerySet) -> QuerySet:
        """Only what belongs here of facts, sums, statuses, or of what administrators set."""
        return rows if self.whole else rows.filter(self._belongs(rows.model))

    def _belongs(self, model: type[Model]) -> Q:
        if model in CONFIGURED:
            return CONFIGURED[model](self.groups)
        rows = {"agent": Agent, "queue": Queue}[model.belongs_by].objects
        return Q(**{f"{model.belongs_by}__in": self.of(rows.order_by()).values("pk")})

    def has(self, subject: UUID) -> bool:
        """May what the journal says of this interaction or agent be read? An interaction belongs to all who had it."""
        return self.whole or any(self.of(rows).exists() for rows in _about(subject))

    def names(self) -> list[str]:
        """Of the groups; none for the whole site."""
        found = () if self.whole else AgentGroup.objects.filter(pk__in=self.groups)
        return [group.name for group in found]


EVERYTHING = Scope(None)

# Subqueries instead of joins: nothing is told twice that belongs to two groups.
CONFIGURED = {
    AgentGroup: lambda groups: Q(pk__in=groups),
    Agent: lambda groups: Q(pk__in=Agent.groups.through.objects.filter(agentgroup__in=groups).values("agent")),
    Queue: lambda groups: Q(group__in=groups),
    RoutingPoint: lambda groups: (
        Q(queue__group__in=groups) | Q(pk__in=_rules().filter(queue__group__in=groups).values("routing_point"))
    ),
}


def _rules() -> QuerySet:
    return RoutingPoint.rules.rel.related_model.objects.order_by()


def _about(subject: UUID) -> list[QuerySet]:
    parts = [model.objects.filter(interaction=subject) for model in (WaitFact, SegmentFact, RequestFact)]
    return [Agent.objects.filter(pk=subject), InteractionFact.objects.filter(pk=subject), *parts]
