"""What a form does to the configuration: the row as the document would write it, before and after."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from core.models import Change

from .actions import record
from .state import Step
from .tables import Row, Table, of_model


@dataclass(frozen=True)
class Seen:
    """A row at one moment: its name, and what is not as it comes."""

    table: Table
    key: Any
    name: str
    row: Row


def look(obj: Model | None) -> Seen | None:
    """As it stands in the database; of what belongs to another row, that row. None for what no document holds."""
    table = of_model(type(obj)) if obj is not None else None
    if table is None:
        return None
    owner = _owner(table, obj)
    return look_at(table, owner.pk)


def look_at(table: Table, key) -> Seen | None:
    row = table.all().filter(pk=key).first()
    return row and Seen(table, key, table.named(row), table.dump(row))


def note(before: Seen | None, after: Seen | None, *, who: str, now: datetime) -> None:
    """Part of the transaction in which the form was saved. What is the same leaves nothing."""
    if before == after:
        return
    seen = after or before
    former = before.name if before and after and before.name != after.name else ""
    step = Step(seen.table, seen.name, before and before.row, after and after.row, former)
    record(step, who=who, way=Change.FORM, now=now)


@contextmanager
def changes_of(model: type[Model], keys: Collection, *, who: str, now: datetime) -> Iterator[None]:
    """Part of the transaction in which another row's form changes these: each that is otherwise afterwards is noted."""
    table = of_model(model)

    def found() -> dict[Any, Seen]:
        rows = table.all().filter(pk__in=list(keys))
        return {row.pk: Seen(table, row.pk, table.named(row), table.dump(row)) for row in rows}

    before = found()
    yield
    for key, after in found().items():
        note(before.get(key), after, who=who, now=now)


def _owner(table: Table, obj: Model) -> Model:
    if isinstance(obj, table.model):
        return obj
    part = next(each for each in table.parts if isinstance(obj, each.model))
    return getattr(obj, part.parent)
