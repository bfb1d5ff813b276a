"""Queries about ids that are asked again and again: Django puts each into words once, which costs more than to ask it.

Nothing that was read is kept, only the words. See `core.due` for questions that need nothing but the time.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import QuerySet

KEPT, MANY = 32, 1000


class Written:
    """Rows, as `write(ids, *more)` asks for them; everything else in that query is constant.

    `more`: of which type what else is given is, e.g. a time.
    """

    def __init__(self, write: Callable[..., QuerySet], *more: type):
        self.write, self.more = write, more
        self._statement = lru_cache(maxsize=KEPT)(self._written)

    def about(self, ids: Iterable, *more) -> list:
        """One query, or none for no ids. Asked about one twice it answers once, so few lengths do for all."""
        ids = list(ids)
        if not ids:
            return []
        length = 1 << (len(ids) - 1).bit_length() if len(ids) < MANY else len(ids)
        return self._statement(type(ids[0]), length).run([*ids, *ids[-1:] * (length - len(ids)), *more])

    def _written(self, kind: type, length: int) -> "_Statement":
        stand_ins = [_stand_in(kind, place) for place in range(length)]
        others = [_stand_in(each, place) for place, each in enumerate(self.more)]
        rows = self.write(stand_ins, *others)
        compiler = rows.query.get_compiler(connection=connection)
        sql, given = compiler.as_sql()
        places = {_as_given(value): place for place, value in enumerate([*stand_ins, *others])}
        return _Statement(rows, compiler, sql, [(value in places, places.get(value, value)) for value in given])


class _Statement(NamedTuple):
    """`given`: in the order of the statement a constant, or the place of a value among those that are given."""

    rows: QuerySet
    compiler: Any
    sql: str
    given: list[tuple[bool, object]]

    def run(self, values: Sequence) -> list:
        values = [_as_given(value) for value in values]
        given = tuple(values[value] if asked else value for asked, value in self.given)
        compiler, query, rows = copy(self.compiler), copy(self.rows.query), self.rows.all()
        compiler.as_sql = lambda: (self.sql, given)
        query.get_compiler = lambda *_, **__: compiler
        rows.query, rows._iterable_class = query, self.rows._iterable_class  # a query of values would change it
        return list(rows)


def _stand_in(kind: type, place: int):
    """A value that no query has as a constant."""
    if kind is UUID:
        return uuid4()
    if kind is datetime:
        return datetime(1, 1, 1, 0, 0, 0, 777, tzinfo=UTC) + timedelta(days=place)
    if kind is int:
        return 7_777_777_777_000 + place
    raise TypeError(f"A query about {kind.__name__} cannot be written once.")


def _as_given(value):
    """As the database reads it."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
