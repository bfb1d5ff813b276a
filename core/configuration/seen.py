"""Rows at one moment and what became of them: of those that a form shows, and of those that pointed to what went."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from . import storing
from .state import Step
from .tables import Row, Table, of_model, tables


@dataclass(frozen=True)
class Seen:
    """A row at one moment: its name, and what is not as it comes."""

    table: Table
    key: Any
    name: str
    row: Row


def look_at(table: Table, keys: Iterable) -> dict[Any, Seen]:
    """Those that are there, by their keys."""
    some = (table.all().filter(pk__in=keys) for keys in storing.some(list(keys)))
    return {row.pk: Seen(table, row.pk, table.named(row), table.dump(row)) for rows in some for row in rows}


def steps(before: dict[Any, Seen], after: dict[Any, Seen]) -> list[Step]:
    """What is the same is no step."""
    keys = dict.fromkeys([*before, *after])
    return [_step(before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def _step(before: Seen | None, after: Seen | None) -> Step:
    seen = after or before
    former = before.name if before and after and before.name != after.name else ""
    return Step(seen.table, seen.name, before and before.row, after and after.row, former)


@contextmanager
def going(rows: Iterable[Model], but: Collection[tuple[str, Any]] = ()) -> Iterator[list[Step]]:
    """Part of the transaction in which these rows go, if they do. Afterwards the list has what went along.

    That is what became of those that pointed to them. `but`: section and key of each that is told by itself.
    """
    keys = {of.name: {key for key in _pointing(of, list(rows)) if (of.name, key) not in but} for of in tables()}
    before = {of.name: look_at(of, keys[of.name]) for of in tables()}
    found: list[Step] = []
    yield found
    for of in tables():
        found += steps(before[of.name], look_at(of, before[of.name]))


def _pointing(of: Table, rows: list[Model]) -> Iterable:
    """Keys of the section's rows that say something of one of these, or of a sign-in that is held beside it."""
    for path, model in _ways(of):
        keys = [row.pk for row in _with_holders(rows) if isinstance(row, model)]
        for some in storing.some(keys):
            yield from of.model._default_manager.filter(**{f"{path}__in": some}).values_list("pk", flat=True)


def _with_holders(rows: list[Model]) -> Iterable[Model]:
    for row in rows:
        table = of_model(type(row))
        beside = table.holders if table and isinstance(row, table.model) else []
        yield from (row, *(getattr(row, name) for name in beside))


def _ways(of: Table) -> Iterable[tuple[str, type[Model]]]:
    """How the rows of a section, and what belongs to them, point to others."""
    for each in (*of.keys, *of.columns):
        if each.at.is_relation:
            yield each.at.name, each.at.related_model
    for part in of.parts:
        above = part.model._meta.get_field(part.parent).related_query_name()
        for each in (*part.columns, *([part.key_column] if part.key else [])):
            if each.at.is_relation:
                yield f"{above}__{each.at.name}", each.at.related_model
