"""What a form does to the configuration: the row as the document would write it, before and after."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Model

from core.models import Change

from . import seen
from .actions import record
from .seen import Seen
from .tables import Table, of_model


def look(obj: Model | None) -> Seen | None:
    """As it stands in the database; of what belongs to another row, that row. None for what no document holds."""
    table = of_model(type(obj)) if obj is not None else None
    if table is None:
        return None
    owner = _owner(table, obj)
    return seen.look_at(table, [owner.pk]).get(owner.pk)


def note(before: Seen | None, after: Seen | None, *, who: str, now: datetime) -> None:
    """Part of the transaction in which the form was saved. What is the same leaves nothing."""
    was, is_now = ({one.key: one} if one else {} for one in (before, after))
    record(seen.steps(was, is_now), who=who, way=Change.FORM, now=now)


@contextmanager
def changes_of(model: type[Model], keys: Collection, *, who: str, now: datetime) -> Iterator[None]:
    """Part of the transaction in which another row's form changes these: each that is otherwise afterwards is noted."""
    table = of_model(model)
    before = seen.look_at(table, keys)
    yield
    record(seen.steps(before, seen.look_at(table, before)), who=who, way=Change.FORM, now=now)


@contextmanager
def removal_of(obj: Model, *, who: str, now: datetime) -> Iterator[None]:
    """Part of the transaction in which the row goes, if it does: it is noted, and each that pointed to it."""
    before = look(obj)
    if before is None:  # of no document, or gone already
        yield
        return
    with seen.going([obj], {(before.table.name, before.key)}) as along:
        yield
    note(before, seen.look_at(before.table, [before.key]).get(before.key), who=who, now=now)
    record(along, who=who, way=Change.FORM, now=now)


def _owner(table: Table, obj: Model) -> Model:
    if isinstance(obj, table.model):
        return obj
    part = next(each for each in table.parts if isinstance(obj, each.model))
    return getattr(obj, part.parent)
