"""Which rows cannot be side by side, found without asking the database about each: Django's own rules and words."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Case, Model, Q, UniqueConstraint


class Rule(NamedTuple):
    """`key`: what no two rows may have alike, None for a row that may be as it likes; `words` for the second one."""

    field: str
    key: Callable[[Model], Any]
    words: Callable[[Model], ValidationError]


def clashes(rows: Iterable[Model], new: list[Model]) -> Iterable[tuple[Model, str, list[str]]]:
    """(row, field, words) for each of the `new` rows that is as another of `rows`, or as one new before it."""
    if not new:
        return
    model, changed = type(new[0]), {_who(row) for row in new}
    others = [row for row in rows if _who(row) not in changed]
    for rule in rules(model):
        met = {key for row in others if (key := rule.key(row)) is not None}
        for row in new:
            key = rule.key(row)
            if key in met:
                yield row, rule.field, rule.words(row).messages
            elif key is not None:
                met.add(key)


def rules(model: type[Model]) -> list[Rule]:
    fields = [each for each in model._meta.concrete_fields if each.unique and not each.primary_key]
    constraints = [each for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
    return [*(_of_fields(model, (each.name,)) for each in fields), *(_of(model, each) for each in constraints)]


def _of(model: type[Model], constraint: UniqueConstraint) -> Rule:
    if constraint.fields and constraint.condition is None:
        return _of_fields(model, constraint.fields)
    words = ValidationError(constraint.get_violation_error_message())
    condition = constraint.condition or Q()
    values = _fields(model, constraint.fields) if constraint.fields else _expressions(model, constraint.expressions)
    return Rule(NON_FIELD_ERRORS, lambda row: values(row) if holds(condition, row) else None, lambda row: words)


def _of_fields(model: type[Model], names: tuple[str, ...]) -> Rule:
    field = names[0] if len(names) == 1 else NON_FIELD_ERRORS
    return Rule(field, _fields(model, names), lambda row: row.unique_error_message(model, names))


def _fields(model: type[Model], names: Iterable[str]) -> Callable[[Model], tuple | None]:
    """Nothing is as nothing else."""
    fields = [model._meta.get_field(name) for name in names]

    def values(row: Model) -> tuple | None:
        found = tuple(_value(row, field) for field in fields)
        return None if None in found else found

    return values


def _value(row: Model, field):
    """Of a row that is not stored yet, the row itself."""
    value = getattr(row, field.attname)
    if value is None and field.is_relation and (other := field.get_cached_value(row, default=None)) is not None:
        return _who(other)
    return value


def _expressions(model: type[Model], expressions: Iterable) -> Callable[[Model], tuple | None]:
    """Such as CASE WHEN this holds THEN 1: all rows of which it holds are alike."""
    cases = list(expressions)
    if not all(isinstance(each, Case) for each in cases):
        raise TypeError(f"{model.__name__} has a unique constraint that is not understood here.")

    def values(row: Model) -> tuple | None:
        found = tuple(
            next((n for n, when in enumerate(each.cases) if holds(when.condition, row)), None) for each in cases
        )
        return None if None in found else found

    return values


def holds(condition: Q, row: Model) -> bool:
    """Of conditions that name values of fields only."""
    found = [holds(each, row) if isinstance(each, Q) else _is(row, *each) for each in condition.children]
    return (any(found) if condition.connector == Q.OR else all(found)) != condition.negated


def _is(row: Model, name: str, value) -> bool:
    field = row._meta.get_field(name)
    if hasattr(value, "resolve_expression"):
        raise TypeError(f"{name} of {row._meta.label} is compared with what is not understood here.")
    return _value(row, field) == value


def _who(row: Model):
    return id(row) if row.pk is None else row.pk
