"""Many rows at once: a statement for hundreds of them, in a transaction for which everybody else waits."""

from collections.abc import Iterable

from django.db.models import AutoField, ManyToManyField, Model

from core import many

SOME = 400  # ids named in one statement


def insert(rows: list[Model]) -> None:
    """New rows, with the keys that they then have."""
    if rows and isinstance(rows[0]._meta.pk, AutoField):
        type(rows[0])._default_manager.bulk_create(rows)
    else:
        many.insert(rows)


def remove(rows: list[Model]) -> None:
    """With what belongs to them. Raises ProtectedError before anything is removed."""
    if rows:
        type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).delete()


def join(at: ManyToManyField, wanted: Iterable[tuple[Model, Iterable[Model], Iterable[Model]]]) -> None:
    """`wanted`: rows, those they are joined with, and those they are to be joined with from now on."""
    between, here, there = at.remote_field.through, f"{at.m2m_field_name()}_id", f"{at.m2m_reverse_field_name()}_id"
    gone, new = {}, []
    for row, before, after in wanted:
        was, will = {each.pk for each in before}, {each.pk for each in after}
        if was - will:
            gone[row.pk] = was - will
        new += [between(**{here: row.pk, there: key}) for key in sorted(will - was)]
    for those in some(list(gone)):
        pairs = between._default_manager.filter(**{f"{here}__in": those}).values_list("pk", here, there)
        keys = [key for key, one, other in pairs if other in gone[one]]
        for lost in some(keys):
            between._default_manager.filter(pk__in=lost).delete()
    many.insert(new)


def some(keys: list) -> Iterable[list]:
    """These keys, as many of them at once as one statement names."""
    return (keys[start : start + SOME] for start in range(0, len(keys), SOME))
