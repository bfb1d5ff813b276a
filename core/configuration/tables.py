"""What the document holds: each app describes its kinds of row, in the order in which one needs the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Prefetch, QuerySet
from django.db.models.base import ModelBase

from core import many

from . import storing
from .values import Column, path_of_name

if TYPE_CHECKING:
    from .known import Known

Row = dict[str, Any]
Below = dict[str, dict[str, Model]]  # what belongs to one row: {part: {name, or place in the list: row}}


def columns_of(model: ModelBase, without: Iterable[str] = ()) -> list[Column]:
    """What administrators set, in the order of the model."""
    fields = [each for each in model._meta.get_fields() if each.concrete and not each.auto_created]
    fields = [each for each in fields if each.editable and not each.primary_key and each.name not in without]
    return [Column(each.name, each) for each in fields]


@dataclass(frozen=True)
class Part:
    """Rows that belong to the row above and to nothing else: with a `key` a mapping by it, else a list in its order."""

    name: str
    model: ModelBase
    parent: str
    key: str = ""
    instead: str = ""

    @cached_property
    def columns(self) -> list[Column]:
        return columns_of(self.model, (self.parent, self.key))

    @cached_property
    def key_column(self) -> Column:
        return Column(self.key, self.model._meta.get_field(self.key))

    @property
    def below(self) -> str:
        return self.model._meta.get_field(self.parent).remote_field.get_accessor_name()

    def dump(self, above: Model) -> dict[str, Row] | list[Row]:
        if self.key:
            return {name: values(row, self.columns) for name, row in sorted(self.known(above).items())}
        return [values(row, self.columns) for row in self.rows(above)]

    def rows(self, above: Model) -> list[Model]:
        return list(getattr(above, self.below).all())

    def known(self, above: Model) -> dict[str, Model]:
        """The rows by the names that the document gives them."""
        return {str(self.key_column.plain(row)): row for row in self.rows(above)}

    def start(self, above: Model, name: str, known: "Known", beside: "Below") -> Model:
        """A new row of this name. `beside`: rows of the parts before, by name. Raises ValidationError."""
        row = self.model(**{self.parent: above})
        if self.key:
            column = self.key_column
            named = known.find(column.at.related_model, [name])[0] if column.points else column.clean(name)
            setattr(row, self.key, named)
        return row

    def related(self) -> list[str]:
        """What naming its rows reads: other rows that they point to."""
        columns = [*self.columns, self.key_column] if self.key else self.columns
        return [f"{self.below}__{each.name}" for each in columns if each.points]


@dataclass(frozen=True)
class Table:
    """One section: rows of a model that are named by their `keys`.

    `rows`: which of them are configuration. `read`: what else to fetch with them. `beside`: what stands in another row.
    `instead`: what to do with a row that cannot be removed. `covers`: models whose rows are read with these.
    """

    name: str
    model: ModelBase
    keys: tuple[Column, ...] = ()
    rows: Callable[[], QuerySet] | None = None
    read: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    beside: tuple[Column, ...] = ()
    parts: tuple[Part, ...] = ()
    instead: str = ""
    fixed: bool = False  # rows are neither added nor removed
    covers: tuple[ModelBase, ...] = ()

    @property
    def single(self) -> bool:
        """The section is the one row."""
        return not self.keys

    @property
    def listed(self) -> bool:
        """Rows with several names, some of which are empty, stand in a list."""
        return len(self.keys) > 1

    @cached_property
    def holders(self) -> list[str]:
        """The rows beside one of these that hold some of its columns."""
        return sorted({each.of for each in (*self.keys, *self.columns) if each.of})

    @cached_property
    def columns(self) -> list[Column]:
        own = columns_of(self.model, (*self.without, *(each.name for each in self.keys)))
        return [*self.beside, *own]

    def all(self) -> QuerySet:
        rows = self.rows() if self.rows else self.model._default_manager.all()
        columns = [*self.columns, *self.keys]
        single = [each.of or each.name for each in columns if each.of or each.points]
        many = [_read(each) for each in columns if each.at.many_to_many]
        parts = [path for part in self.parts for path in (part.below, *part.related())]
        return rows.select_related(*single).prefetch_related(*many, *parts, *self.read)

    def named(self, row: Model) -> str:
        """The key as one text: how the document, the plan and the history call the row."""
        return self.name_from({each.name: each.plain(row) for each in self.keys})

    def name_from(self, key: Row) -> str:
        if not self.listed:
            return "".join(str(value) for value in key.values())
        said = [f"{name} {value}" for name, value in key.items() if value not in (None, "")]
        return ", ".join(said) or "everything else"

    def dump(self, row: Model) -> Row:
        """Everything of the row that is not as it comes."""
        found = values(row, self.keys) if self.listed else {}
        found |= values(row, self.columns)
        below = {part.name: part.dump(row) for part in self.parts}
        return found | {name: rows for name, rows in below.items() if rows}

    def start(self, key: Row, known: "Known") -> Model:
        """A row for this name, where the section has none."""
        return self.model()

    def settle(self, row: Model) -> None:
        """What follows from what the document said of the row. Raises ValidationError."""

    def to_clean(self, row: Model) -> Iterable[tuple[Model, Iterable[str]]]:
        """What has to pass the rules of its model, and which of its fields nobody wrote."""
        return [(row, self.without)]

    def check(self, row: Model, below: Below, known: "Known") -> Iterable[str]:
        """What no field alone can say: words of what is wrong with the row and all that belongs to it."""
        return ()

    def store(self, added: list[Model], changed: list[Model], now) -> None:
        """Part of the transaction: rows that are as they have to be. Statements are few, however many rows."""
        storing.insert(added)
        many.update(changed, [each.at.name for each in (*self.keys, *self.columns) if not each.at.many_to_many])

    def remove(self, rows: list[Model]) -> None:
        """Part of the transaction. Raises ProtectedError, with nothing removed."""
        storing.remove(rows)

    def hold(self) -> Iterable[Callable[[], None]]:
        """Whom to lock, in the transaction, before any row of this section is stored; each once."""
        return ()

    def hear(self) -> Iterable[Callable[[], None]]:
        """Who has to be told, in the transaction, that rows of this section changed; each once, whatever changed."""
        return ()

    def changed(self, rows: list[Model]) -> None:
        """Part of the transaction that changed these rows. Raises Refused."""


def _read(column: Column) -> Prefetch:
    """With the rows beside them that hold their names."""
    model = column.at.related_model
    beside = path_of_name(model).split("__")[:-1]
    rows = model._default_manager.all()
    return Prefetch(column.name, rows.select_related(*beside) if beside else rows)


def values(row: Model, columns: Iterable[Column]) -> Row:
    """Those that are not as they come."""
    found = {each.name: (each.plain(row), each.default) for each in columns}
    return {name: value for name, (value, default) in found.items() if value != default}


_tables: dict[str, Table] = {}


def register(*tables: Table) -> None:
    _tables.update({table.name: table for table in tables})


def tables() -> list[Table]:
    return list(_tables.values())


def table(name: str) -> Table | None:
    return _tables.get(name)


def of_model(model: ModelBase) -> Table | None:
    """The section that shows rows of this model, or what belongs to them."""
    return next((each for each in _tables.values() if model is each.model or model in each.covers), None)
