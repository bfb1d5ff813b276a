"""Is anything due? All kinds of work in one statement, which is put together once and asked as often as one likes.

Whoever has work names rows of which any makes it due. A kind that is not due costs a look at an index, not a query, nor
what it takes to write one; and PostgreSQL keeps its plan, which costs ten times as much to make as to run. Constants
stand in the statement as they are: indexes of a part of a table need them.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db import ProgrammingError, connection
from django.db.models import DateTimeField, Expression, QuerySet

from .db import binary_cursor

PLAIN = re.compile(r"[\w.-]*", re.ASCII)


class Moment(Expression):
    """The time of the question, in a statement that is written before it is known; or so long before it."""

    def __init__(self, offset: timedelta = timedelta(0)):
        super().__init__(output_field=DateTimeField())
        self.offset = offset

    def __sub__(self, span: timedelta) -> "Moment":
        return Moment(self.offset - span)

    def as_sql(self, compiler, connection) -> tuple[str, list]:
        return "%s", [self]

    def at(self, now: datetime):
        """As the database reads it."""
        return connection.ops.adapt_datetimefield_value(now + self.offset)


Rows = Callable[[Moment], Iterable[QuerySet]]


class Statement(NamedTuple):
    """One that needs nothing but the time."""

    sql: str
    moments: list[Moment]

    def run(self, cursor, now: datetime) -> tuple:
        cursor.execute(self.sql, [moment.at(now) for moment in self.moments])
        return cursor.fetchone()


class Gate:
    """Opens for the kinds of work of which any row is due."""

    def __init__(self, kinds: Mapping[str, Rows]):
        self.kinds = dict(kinds)
        self.statement = lru_cache(maxsize=None)(self._write)

    def open(self, now: datetime) -> set[str]:
        """Names of the kinds that are due. One query, or none for no kind."""
        if not self.kinds:
            return set()
        statement = self.statement(tuple(self.kinds))
        if connection.vendor == "postgresql":
            with suppress(ProgrammingError), binary_cursor() as cursor:
                return _named(self.kinds, statement.run(cursor, now))
            # A pooler that nobody told us of gave another connection, which does not know the plan.
        with connection.cursor() as cursor:
            return _named(self.kinds, statement.run(cursor, now))

    def still_open(self, now: datetime, only: Collection[str]) -> set[str]:
        """Those of these kinds that are due. One query, or none for no kind."""
        if not only:
            return set()
        with connection.cursor() as cursor:
            return _named(only, self.statement(tuple(only)).run(cursor, now))

    def _write(self, names: tuple[str, ...]) -> Statement:
        moments: list[Moment] = []
        parts = [" OR ".join(_exists(rows, moments) for rows in self.kinds[name](Moment())) for name in names]
        return Statement(f"SELECT {', '.join(parts)}", moments)


def _named(names: Iterable[str], answers: tuple) -> set[str]:
    return {name for name, due in zip(names, answers, strict=True) if due}


def _exists(rows: QuerySet, moments: list[Moment]) -> str:
    sql, given = rows.order_by().query.exists().get_compiler(connection=connection).as_sql()
    moments += [value for value in given if isinstance(value, Moment)]
    return f"EXISTS ({sql % tuple(map(_written, given))})"


def _written(value) -> str:
    """A constant of the code; what came from people has no place in such a statement."""
    if isinstance(value, Moment):
        return "%s"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str) and PLAIN.fullmatch(value):
        return f"'{value}'"
    raise TypeError(f"{value!r} cannot be written into a statement.")
