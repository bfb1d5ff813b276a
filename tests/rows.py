"""All rows of the tests' database: which tables have any, what must be done to have those of another moment again."""

import functools
from collections.abc import Iterable, Iterator

import psycopg
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

MADE_BY_DJANGO = {"django_content_type", "auth_permission"}  # for each model; no test changes them

Rows = dict[tuple, dict[object, tuple]]  # {(table, its columns, its key): {key: row}}
Statement = tuple[str, list]


def filled() -> list[str]:
    """The tables that have rows."""
    with connection.cursor() as cursor:
        cursor.execute(_which_are_filled())
        return [name for (name,) in cursor.fetchall()]


@functools.cache
def _which_are_filled() -> str:
    asked = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM \"{0}\")"
    return " UNION ALL ".join(map(asked.format, _tables()))


@functools.cache
def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted({*names} - MADE_BY_DJANGO)


@functools.cache
def at_first() -> Rows:
    """As the migrations leave them. Asked for before any test."""
    return read()


def read() -> Rows:
    return dict(map(_read, filled()))


def _read(table: str) -> tuple[tuple, dict]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        columns = tuple(column[0] for column in cursor.description)
        at = columns.index(_keys()[table])
        return (table, columns, columns[at]), {row[at]: row for row in cursor.fetchall()}


@functools.cache
def _keys() -> dict[str, str]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model._meta.pk.column for model in models if not model._meta.proxy}


def back_to_first(case) -> None:
    """Instead of Django's flush: only tables that have rows lose them, and get again what migrations put there."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            named = ", ".join(f'"{name}"' for name in _tables())
            cursor.execute(f"LOCK TABLE {named} IN SHARE ROW EXCLUSIVE MODE")  # what a server still writes goes as well
            cursor.execute("SET LOCAL session_replication_role = replica")  # references are whole again at the end
        for name in filled():
            cursor.execute(f'DELETE FROM "{name}"')
        run(changes({}, at_first()))


def run(statements: Iterable[Statement]) -> None:
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)


def difference(before: Rows, after: Rows) -> list[Statement]:
    """What makes of the rows before those after."""
    return [*_deletions(before, after), *changes(before, after)]


def _deletions(before: Rows, after: Rows) -> Iterator[Statement]:
    for table, rows in before.items():
        if gone := rows.keys() - after.get(table, {}).keys():
            name, _, key = table
            yield f'DELETE FROM "{name}" WHERE "{key}" IN ({_places(gone)})', list(gone)


def changes(before: Rows, after: Rows) -> Iterator[Statement]:
    """Rows that were there first: one that has ended makes room for the next under a constraint."""
    for table, rows in after.items():
        old = before.get(table, {})
        if changed := [rows[key] for key in sorted(rows, key=lambda key: key not in old) if old.get(key) != rows[key]]:
            name, columns, key = table
            values = ", ".join(f"({_places(columns)})" for _ in changed)
            to = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column != key)
            named = ", ".join(f'"{column}"' for column in columns)
            sql = f'INSERT INTO "{name}" ({named}) VALUES {values} ON CONFLICT ("{key}") DO UPDATE SET {to}'
            yield sql, [value for row in changed for value in row]


def _places(some) -> str:
    return ", ".join(["%s"] * len(some))


def seem_empty(*models: type[Model]) -> None:
    """These tables are taken for empty by PostgreSQL's planner, with all that this transaction has stored in them.

    As when it tidies them, which it does once a minute, while thousands of rows are being stored: then it goes through
    a table for each row of another. A statement that takes half a minute fails from here on.
    """
    if connection.vendor != "postgresql":
        return
    given = connection.get_connection_params()
    own = {name: given[name] for name in ("host", "port", "user", "password", "dbname") if name in given}
    with psycopg.connect(**own, autocommit=True) as other, connection.cursor() as cursor:
        other.execute(f"VACUUM {', '.join(model._meta.db_table for model in models)}")
        cursor.execute("SET LOCAL statement_timeout = '30s'")
