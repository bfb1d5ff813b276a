"""Names for the ids that facts hold. What is gone has none, and is said to be."""

from collections.abc import Iterable
from uuid import UUID

from agents.models import Agent, AgentGroup
from routing.models import Queue, RoutingPoint

from .scope import Scope

GONE, NONE = "No longer there", "None"
MODELS = {"queue": Queue, "agent": Agent, "group": AgentGroup, "point": RoutingPoint}


def of(kind: str, ids: Iterable[UUID | None]) -> dict:
    """{id: name}; for no id, too. One query."""
    ids = set(ids)
    known = dict(MODELS[kind].objects.filter(pk__in=ids - {None}).values_list("pk", "name"))
    return {id: known.get(id, GONE) if id else NONE for id in ids}


def of_split(split, keys: set[tuple]) -> dict[tuple, str]:
    """{key: what people read} for the keys of a split; without one everything is one row."""
    if split is None:
        return dict.fromkeys(keys, "")
    if split.named:
        known = of(split.named, (key[0] for key in keys))
        return {key: known[key[0]] for key in keys}
    return {key: split.label(*key) for key in keys}


def choices(kind: str, scope: Scope) -> list[tuple[str, str]]:
    """All of a kind in the scope, for a filter."""
    rows = scope.of(MODELS[kind].objects.order_by("name"))
    return [(str(id), name) for id, name in rows.values_list("pk", "name")]
