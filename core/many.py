"""Many new rows at once: the statement is put into words once, not for each row, while everybody waits for the lock."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import AutoField, Field, Model


def insert(rows: Sequence[Model]) -> None:
    """Part of a transaction. Keys that the database gives are not read back."""
    if not rows:
        return
    meta, name = rows[0]._meta, connection.ops.quote_name
    fields = [each for each in meta.local_concrete_fields if not isinstance(each, AutoField)]
    columns, places = ", ".join(name(each.column) for each in fields), ", ".join(["%s"] * len(fields))
    values = [[each.get_db_prep_save(_value(row, each), connection) for each in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {name(meta.db_table)} ({columns}) VALUES ({places})", values)  # noqa: S608
    for row in rows:
        row._state.adding = False


def _value(row: Model, field: Field):
    """Of a row that had no key yet when it was pointed to, the key that it has now."""
    value = getattr(row, field.attname)
    if value is None and field.is_relation and field.is_cached(row) and (other := getattr(row, field.name)) is not None:
        return other.pk
    return value
