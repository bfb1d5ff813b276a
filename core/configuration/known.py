"""The configured rows of the site as they are, each section read once, and the names by which rows point to others."""

from collections.abc import Iterable
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, QuerySet

from .document import Document
from .tables import Part, Table, tables
from .values import Column, is_named, name_of, path_of_name


class Known:
    """What there is, and what there will be: whoever prepares changes names new rows here before they are stored.

    `advice`: what to do about a name that there is not.
    """

    def __init__(self, advice: str = Document.missing):
        self._advice = advice
        self._rows: dict[str, dict[str, Model]] = {}
        self._named: dict[type[Model], dict[str, Model]] = {}

    def rows(self, of: Table) -> dict[str, Model]:
        """The rows of a section by their names, in the order of the document."""
        if of.name not in self._rows:
            found = {of.named(row): row for row in of.all()}
            self._rows[of.name] = dict(sorted(found.items(), key=lambda pair: pair[0].casefold()))
        return self._rows[of.name]

    def named(self, model: type[Model]) -> dict[str, Model]:
        """All rows of a model that others point to by name."""
        if model not in self._named:
            beside = path_of_name(model).split("__")[:-1]
            rows = model._default_manager.all()
            self._named[model] = {name_of(row): row for row in (rows.select_related(*beside) if beside else rows)}
        return self._named[model]

    def find(self, model: type[Model], names: list[str]) -> list[Model]:
        known = self.named(model)
        if missing := [name for name in names if name not in known]:
            some = "”, “".join(missing[:5])
            raise ValidationError(f"There is no {model._meta.verbose_name} “{some}”. {self._advice}")
        return [known[name] for name in names]

    def add(self, of: Table, row: Model, former: str = "") -> None:
        """From now on the row, and what stands beside it, has the name that it says; no longer the former."""
        for each in (row, *(getattr(row, name) for name in of.holders)):
            if is_named(type(each)):
                self.named(type(each)).pop(former, None)
                self.named(type(each))[name_of(each)] = each

    def forget(self, of: Table, name: str) -> None:
        if is_named(of.model):
            self.named(of.model).pop(name, None)


def look() -> str:
    """Equal as long as nobody changed the configuration, in a fraction of the time that reading it takes."""
    found = sha256()
    for of in tables():
        for rows in (_plain(of.all(), of.keys, of.columns), *_between(of), *map(_below, of.parts)):
            for row in rows.iterator(chunk_size=2000):
                found.update(repr(row).encode())
    return found.hexdigest()


def _plain(rows: QuerySet, *columns: Iterable[Column]) -> QuerySet:
    paths = [
        f"{each.of}__{each.at.attname}" if each.of else each.at.attname
        for some in columns
        for each in some
        if not each.at.many_to_many
    ]
    return rows.select_related(None).prefetch_related(None).order_by("pk").values_list("pk", *paths)


def _between(of: Table) -> Iterable[QuerySet]:
    for each in of.columns:
        if each.at.many_to_many:
            rows = through(each.at)._default_manager.order_by("pk")
            yield rows.values_list(f"{each.at.m2m_field_name()}_id", f"{each.at.m2m_reverse_field_name()}_id")


def _below(part: Part) -> QuerySet:
    fields = [field.attname for field in part.model._meta.concrete_fields if not field.primary_key]
    return part.model._default_manager.order_by("pk").values_list("pk", *fields)


def through(at: Field) -> type[Model]:
    """The rows that join two kinds of rows."""
    return at.remote_field.through
