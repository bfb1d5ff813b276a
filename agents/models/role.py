"""Roles: what agents may do."""

import uuid
from collections.abc import Collection, Iterable

from django.db import models
from django.db.models import Value

from agents.privileges import USUAL, Held, Word, held
from core.written import Written


def usual() -> list[str]:
    return list(USUAL)


class RoleQuerySet(models.QuerySet):
    def said(self, ids: Collection) -> Iterable[tuple]:
        """(agent or None for the site, group or "", role, allowed) for these agents, in one query."""
        nobody = Value(None, output_field=models.UUIDField())
        parts = ("name", "allowed")
        own = self.filter(agents__in=ids).values_list("agents", Value(""), *parts)
        groups = self.filter(groups__agents__in=ids).values_list("groups__agents", "groups__name", *parts)
        site = self.filter(sites__isnull=False).values_list(nobody, Value(""), *parts)
        return own.order_by().union(groups.order_by(), site.order_by(), all=True)

    def held_by(self, ids: Collection) -> dict[object, Held]:
        """{agent id: what holds for them}. One query, however many."""
        own, groups, site = {}, {}, None
        for agent, group, role, allowed in SAID.about(ids):
            if agent is None:
                site = Word("the site", role, frozenset(allowed))
            elif group:
                groups.setdefault(agent, []).append(Word(f"group {group}", role, frozenset(allowed)))
            else:
                own[agent] = Word("the agent", role, frozenset(allowed))
        return {id: held(own.get(id), groups.get(id, ()), site) for id in ids}


class Role(models.Model):
    """A set of privileges with a name. Agents, groups and the site point at it. `allowed`: switches of a role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True, help_text="E.g. Trainee. Agents read it where they may not.")
    allowed = models.JSONField(default=usual, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


SAID = Written(Role.objects.said)
