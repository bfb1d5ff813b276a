"""Values of columns as the document writes them, and back: rows by their names, moments as text."""

from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import NOT_PROVIDED, Model

_names: dict[type[Model], str] = {}  # by which field the document names the rows of a model that others point to


def named_by(model: type[Model], path: str) -> None:
    _names[model] = path


def is_named(model: type[Model]) -> bool:
    """Others may point to it."""
    return model in _names


def path_of_name(model: type[Model]) -> str:
    return _names[model]


def name_of(row: Model) -> str:
    value: Any = row
    for part in _names[type(row)].split("__"):
        value = getattr(value, part)
    return str(value)


@dataclass(frozen=True)
class Column:
    """One thing that the document says of a row. `of`: the row beside it that holds it, e.g. an agent's sign-in."""

    name: str
    at: models.Field
    of: str = ""

    @cached_property
    def points(self) -> bool:
        """To one other row."""
        return self.at.is_relation and not self.at.many_to_many

    def plain(self, row: Model):
        """What the row has, as text, number, truth, list or mapping."""
        holder = getattr(row, self.of) if self.of else row
        if self.at.many_to_many:
            return sorted(name_of(each) for each in getattr(holder, self.at.name).all())
        value = getattr(holder, self.at.name)
        if value is None:
            return None
        return name_of(value) if self.at.is_relation else self._simple(value)

    @cached_property
    def default(self):
        """What a new row has, as the document would write it; NOT_PROVIDED where somebody has to say."""
        if self.at.many_to_many:
            return []
        if self.at.has_default():
            return self._simple(self.at.get_default())
        if self.at.null:
            return None
        return "" if self.at.blank and not self.at.is_relation else NOT_PROVIDED

    def normal(self, value):
        """As the document would write what this value says; rows that it names need not be there yet."""
        if self.at.many_to_many:
            return sorted(set(_texts(value)))
        if self.at.is_relation:
            return _name(value)
        found = self.clean(value)
        return None if found is None else self._simple(found)

    def clean(self, value):
        """The value as the field has it. Raises ValidationError in words."""
        if self._labels and isinstance(value, str):
            value = {label: key for key, label in self._labels.items()}.get(value, value)
        _require_kind(self.at, value, self._labels)
        if value is None and not self.at.null:
            raise ValidationError("Write a value, or leave the line out.")
        if self._words and value is not None and str(value) not in self._words:
            raise ValidationError(f"Write one of {', '.join(each for each in self._words if each)}.")
        return value if isinstance(self.at, models.JSONField) else self.at.to_python(value)

    def _simple(self, value):
        if isinstance(value, time):
            return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
        if isinstance(value, date):
            return value.isoformat()
        return self._labels.get(value, value) if isinstance(value, int) else value

    @cached_property
    def _labels(self) -> dict[int, str]:
        """Choices that are stored as numbers are written as words, e.g. Monday."""
        choices = [] if isinstance(self.at, models.BooleanField) else self.at.flatchoices or []
        return {key: str(label) for key, label in choices if isinstance(key, int)}

    @cached_property
    def _words(self) -> list[str]:
        """Choices that are stored as words."""
        found = [key for key, _ in self.at.flatchoices or [] if isinstance(key, str)]
        return [*found, ""] if found and self.at.blank else found


def _require_kind(at: models.Field, value, labels: dict) -> None:
    if value is None:
        return
    if isinstance(at, models.JSONField):
        _require_texts(at.get_default(), value)
    elif isinstance(value, (list, dict)):
        raise ValidationError("Write one value.")
    elif isinstance(at, models.BooleanField):
        _require(isinstance(value, bool), "Write true or false.")
    elif isinstance(at, models.IntegerField):
        number = isinstance(value, int) and not isinstance(value, bool)
        _require(number, f"Write {'one of ' + ', '.join(labels.values()) if labels else 'a whole number'}.")
    elif isinstance(at, (models.DateField, models.TimeField)):
        kind = "a date as 2026-12-24" if isinstance(at, models.DateField) else "a time as 8:00"
        _require(isinstance(value, str), f"Write {kind}.")
    else:
        _require(not isinstance(value, bool), "Write a text; true and false are read as text between quotes.")


def _require(fits: bool, words: str) -> None:
    if not fits:
        raise ValidationError(words)


def _require_texts(like: list | dict, value) -> None:
    """What such a column holds: a list of texts, or texts by their names."""
    texts = value.values() if isinstance(value, dict) else value
    fits = isinstance(value, type(like)) and all(isinstance(each, str) for each in texts)
    _require(fits, f"Write {'a list of texts' if isinstance(like, list) else 'texts by their names'}.")


def _texts(value) -> list[str]:
    if not isinstance(value, list):
        raise ValidationError("Write a list of names.")
    names = [_name(each) for each in value]
    if None in names:
        raise ValidationError("Write names only; there is an empty line in this list.")
    return names


def _name(value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValidationError("Write a name.")
