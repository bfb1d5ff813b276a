"""Many rows at once: the statement is put into words once, not for each row, while everybody waits for the lock."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import AutoField, Field, Model


def insert(rows: Sequence[Model]) -> None:
    """Part of a transaction. Keys that the database gives are not read back."""
    if not rows:
        return
    meta, name = rows[0]._meta, connection.ops.quote_name
    fields = [each for each in meta.local_concrete_fields if not isinstance(each, AutoField)]
    columns, places = ", ".join(name(each.column) for each in fields), ", ".join(["%s"] * len(fields))
    _say(f"INSERT INTO {name(meta.db_table)} ({columns}) VALUES ({places})", rows, fields)  # noqa: S608
    for row in rows:
        row._state.adding = False


def update(rows: Sequence[Model], names: Iterable[str]) -> None:
    """Part of a transaction: these fields of rows that are there, and no others.

    Who refers to a row waits for its update only where its key becomes another one. What inserts a row, or updates the
    one that it finds, would have everybody wait: on PostgreSQL it locks rows as if their keys changed.
    """
    if not rows or not (names := list(names)):
        return
    meta, name = rows[0]._meta, connection.ops.quote_name
    fields = [meta.get_field(each) for each in names]
    changes, key = ", ".join(f"{name(each.column)} = %s" for each in fields), name(meta.pk.column)
    _say(f"UPDATE {name(meta.db_table)} SET {changes} WHERE {key} = %s", rows, [*fields, meta.pk])  # noqa: S608


def _say(sql: str, rows: Sequence[Model], fields: list[Field]) -> None:
    values = [[each.get_db_prep_save(_value(row, each), connection) for each in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _value(row: Model, field: Field):
    """Of a row that had no key yet when it was pointed to, the key that it has now."""
    value = getattr(row, field.attname)
    if value is None and field.is_relation and (other := field.get_cached_value(row, default=None)) is not None:
        return other.pk
    return value
