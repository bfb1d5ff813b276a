"""What was made ready is stored: all of it or nothing, in few statements."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.db.models import Model

from core import many

from . import storing
from .document import Document, Refused
from .tables import Part, Table, tables
from .work import Going, Prepared, Ready


def carry_out(prepared: Prepared, document: Document, now: datetime) -> None:
    """Part of a transaction. Who has to be locked, rows, then what joins them and belongs to them, then what goes.

    Raises Refused, with the place of what cannot go; the transaction has to be rolled back then.
    """
    try:
        _each(of.hold() for of in _touched(prepared))
        _rows(prepared.ready, now)
        _joined(prepared.ready)
        _below(prepared.ready)
        kept = _thin_out(prepared.ready) + _all_gone(prepared.going)
    except IntegrityError as error:
        raise Refused(f"Two rows cannot be so at once: {str(error).splitlines()[0]}") from None
    if kept:
        raise Refused(*(f"{document.place(path)}: {document.needed} {instead}".strip() for path, instead in kept))
    _tell(prepared)


def _rows(ready: list[Ready], now: datetime) -> None:
    for of in tables():
        mine = [each for each in ready if each.step.table is of]
        if mine:
            of.store([each.row for each in mine if each.is_new], [each.row for each in mine if not each.is_new], now)


def _joined(ready: list[Ready]) -> None:
    found = defaultdict(list)
    for each in ready:
        for at, after in each.joined.items():
            before = [] if each.is_new else getattr(each.row, at.name).all()
            found[at].append((each.row, before, after))
    for at, wanted in found.items():
        storing.join(at, wanted)


def _below(ready: list[Ready]) -> None:
    """Of one part together; a part after those that its rows may point to."""
    found: dict[Part, list[tuple[Model, list[Model]]]] = defaultdict(list)
    for each in ready:
        for part, rows in each.stored:
            found[part].append((each.row, rows))
    for part in [part for of in tables() for part in of.parts if part in found]:
        rows = [row for _, some in found[part] for row in some]
        if not part.key:
            above = [row.pk for row, _ in found[part]]
            part.model._default_manager.filter(**{f"{part.parent}__in": above}).delete()
        old = [row for row in rows if not row._state.adding]
        many.insert([row for row in rows if row._state.adding])
        many.update(old, [each.at.name for each in part.columns])


def _thin_out(ready: list[Ready]) -> list[tuple]:
    """(where, what to do instead) of what belongs to a row and has to stay. The last part goes first."""
    gone = [(part, each, name, row) for each in ready for part, name, row in each.gone]
    stay: list[tuple] = []
    for of in [part for table in tables() for part in reversed(table.parts)]:
        mine = [(row, (*each.step.path, part.name, name)) for part, each, name, row in gone if part is of]
        kept = {id(row) for row in _remain(storing.remove, [row for row, _ in mine])}
        stay += [(path, of.instead) for row, path in mine if id(row) in kept]
    return stay


def _all_gone(going: list[Going]) -> list[tuple]:
    """The same of rows. One may be needed by another that goes too, so what stays is tried again after the rest."""
    left = []
    for of in reversed(tables()):
        mine = {each.row.pk: each for each in reversed(going) if each.step.table is of}
        left += [mine[row.pk] for row in _remain(of.remove, _still(of, list(mine)))]
    if left and len(left) < len(going):
        return _all_gone(left[::-1])
    return [(each.step.path, each.step.table.instead) for each in left]


def _still(of: Table, keys: list) -> list[Model]:
    """A sign-in that went over to another section is none of this one's."""
    if not keys:
        return []
    found = {row.pk: row for row in of.all().prefetch_related(None).filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _remain(remove: Callable[[list], None], rows: list) -> list:
    """Remove these; returns those that something needs."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            remove(rows)
    except models.ProtectedError:
        middle = len(rows) // 2
        return [*_remain(remove, rows[:middle]), *_remain(remove, rows[middle:])] if middle else rows
    return []


def _tell(prepared: Prepared) -> None:
    for of in _touched(prepared):
        of.changed([each.row for each in prepared.ready if each.step.table is of])
    _each(of.hear() for of in _touched(prepared))


def _touched(prepared: Prepared) -> list[Table]:
    names = {each.step.table.name for each in (*prepared.ready, *prepared.going)}
    return [of for of in tables() if of.name in names]


def _each(calls: Iterable[Iterable[Callable[[], None]]]) -> None:
    """Each once, however many sections want it."""
    for call in dict.fromkeys(one for some in calls for one in some):
        call()
