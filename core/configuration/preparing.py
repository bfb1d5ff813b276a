"""What a document asks for, made ready without a write: rows as they will be, by the models' own rules.

All of it is read and looked at before a transaction is open, for everybody else waits for that.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Field, Model

from .document import Document, Path
from .known import Known
from .state import Step
from .tables import Part, Row, Table, tables
from .unique import clashes
from .values import Column
from .work import Going, Prepared, Ready, Work


def prepare(steps: list[Step], document: Document, known: Known) -> Prepared:
    """Rows first, then what they point to in each other, then what they say together.

    Raises Refused, with the place of each mistake.
    """
    work = Work(document, known)
    kept = [step for step in steps if step.after is not None]
    going = [step for step in steps if step.after is None]
    for step in kept:
        _row(work, step)
    for of in tables():
        _alike(work, of)
    work.stop()
    for step in kept:
        _pointing(work, work.ready[of_step(step)])
    for step in going:
        _goes(work, step)
    work.stop()
    for step in kept:
        ready = work.ready[of_step(step)]
        work.refuse(step.path, step.table.check(ready.row, ready.below, known))
    work.stop()
    return Prepared(list(work.ready.values()), list(_left(work, going)))


def _left(work: Work, going: list[Step]) -> Iterable[Going]:
    """Without those that stay under another name."""
    stay = {id(each.row) for each in work.ready.values()}
    rows = ((step, work.known.rows(step.table)[step.name]) for step in going)
    return (Going(step, row) for step, row in rows if id(row) not in stay)


def of_step(step: Step) -> tuple[str, str]:
    return step.table.name, step.name


def _row(work: Work, step: Step) -> None:
    """The row itself, with what it says of itself and of single other rows."""
    of, data = step.table, step.after
    if step.before is None and of.fixed:
        work.refuse(step.path, ["rows of this section are neither added nor removed."])
        return
    key = {each.name: data.get(each.name) if of.listed else step.name for each in of.keys}
    row = work.known.rows(of).get(step.was or step.name) or _pointed(work, of, key) or of.start(key, work.known)
    refused = _fill(work, row, [*of.keys, *of.columns], data if of.listed else key | data, step.path)
    if _settled(work, step, row, refused):
        work.ready[of_step(step)] = Ready(step, row, row._state.adding)
        work.known.add(of, row, step.was)
    else:
        work.refused.add((of.model, step.name))


def _pointed(work: Work, of: Table, key: Row) -> Model | None:
    """A row of a list that points to what has another name now, and so has one itself."""
    if not of.listed:
        return None
    try:
        wanted = [(each.at, _value(work, each, key[each.name])) for each in of.keys if each.points]
    except ValidationError:
        return None
    others = {each.name: key[each.name] or each.default for each in of.keys if not each.points}
    wanted = {at.attname: to and to.pk for at, to in wanted} | others
    rows = work.known.rows(of).values()
    return next((row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())), None)


def _settled(work: Work, step: Step, row: Model, refused: list[str]) -> bool:
    try:
        if not refused:
            step.table.settle(row)
    except ValidationError as error:
        work.refuse_all(step.path, error)
    return all([_clean(work, each, step.path, without, refused) for each, without in step.table.to_clean(row)])


def _fill(work: Work, row: Model, columns: Iterable[Column], data: Row, path: Path) -> list[str]:
    """Returns the columns that could not be filled. A row that was refused itself is not said to be missing, too."""
    refused = []
    for each in columns:
        holder = getattr(row, each.of) if each.of else row
        if each.at.many_to_many or (each.name not in data and holder._state.adding):
            continue  # a new row is as it comes
        value = data.get(each.name, each.default)
        try:
            setattr(holder, each.at.name, _value(work, each, value))
        except ValidationError as error:
            refused.append(each.at.name)
            if (each.at.related_model, value) not in work.refused:
                work.refuse((*path, each.name), error.messages)
    return refused


def _value(work: Work, column: Column, value):
    if column.at.is_relation:
        return None if value is None else work.known.find(column.at.related_model, [value])[0]
    return column.clean(value)


def _clean(work: Work, row: Model, path: Path, without: Iterable[str], refused: Iterable[str]) -> bool:
    """By the model's own rules. A column that is not for people is not looked at, nor one that was found by name.

    Where columns were `refused` the others are looked at one by one only: what they say together nobody knows yet.
    """
    hidden = {each.name for each in row._meta.fields if not each.editable or _may_be_none(row, each)}
    hidden |= {*without, *refused}
    found = {each.name for each in row._meta.fields if each.is_relation and _points(row, each)}
    try:
        row.clean_fields(exclude=hidden | found)
        if not refused:
            row.clean()
            _constrain(row, hidden)
    except ValidationError as error:
        work.refuse_all(path, error)
        return False
    return not refused


def _constrain(row: Model, hidden: set[str]) -> None:
    for each in row._meta.constraints:
        if isinstance(each, CheckConstraint):
            each.validate(type(row), row, exclude=hidden)


def _points(row: Model, at: Field) -> bool:
    """Also to a row that is not stored yet, and so has no key."""
    return getattr(row, at.attname) is not None or at.get_cached_value(row, default=None) is not None


def _may_be_none(row: Model, at: Field) -> bool:
    """Empty in a form is one question, nothing in the row another."""
    return at.null and not at.blank and getattr(row, at.attname) is None


def _alike(work: Work, of: Table) -> None:
    """Among all rows of the model, also those that no document holds; and of what stands beside them."""
    ready = {id(each.row): each for each in work.ready.values() if each.step.table is of}
    if not ready:
        return
    rows = [each.row for each in ready.values()]
    others = work.known.rows(of).values() if of.rows is None else of.model._default_manager.all()
    for row, name, words in clashes(others, rows):
        path = ready[id(row)].step.path
        work.refuse(path if name == "__all__" else (*path, name), words)
    for holder in of.holders:
        beside = {id(getattr(each.row, holder)): each for each in ready.values()}
        held = [getattr(row, holder) for row in rows]
        for row, name, words in clashes(type(held[0])._default_manager.all(), held):
            work.refuse((*beside[id(row)].step.path, name), words)


def _pointing(work: Work, ready: Ready) -> None:
    step = ready.step
    for each in step.table.columns:
        if each.at.many_to_many:
            try:
                ready.joined[each.at] = work.known.find(each.at.related_model, step.after.get(each.name, []))
            except ValidationError as error:
                work.refuse((*step.path, each.name), error.messages)
    for part in step.table.parts:
        ready.below[part.name] = _known(part, ready)
        if step.after.get(part.name) != (step.before or {}).get(part.name):
            _part(work, part, ready)


def _known(part: Part, ready: Ready) -> dict:
    if ready.is_new:
        return {}
    return part.known(ready.row) if part.key else dict(enumerate(part.rows(ready.row)))


def _part(work: Work, part: Part, ready: Ready) -> None:
    """With a key rows stay who they are, for others may point to them; without, they are written anew."""
    wanted, path = ready.step.after.get(part.name) or {}, (*ready.step.path, part.name)
    known = ready.below[part.name] if part.key else {}
    if not part.key:
        ready.below[part.name] = {}
        wanted = dict(enumerate(wanted))
    rows: dict = {}
    for name, data in wanted.items():
        if row := _line(work, part, ready, known.get(name), name, data):
            rows[name] = ready.below[part.name][name] = row
    _alike_below(work, rows, known, path)
    ready.stored.append((part, list(rows.values())))
    for name in sorted(known.keys() - wanted.keys(), reverse=True):
        ready.gone.append((part, name, ready.below[part.name].pop(name)))


def _line(work: Work, part: Part, ready: Ready, row: Model | None, name: str, data: Row) -> Model | None:
    path = (*ready.step.path, part.name, name)
    try:
        row = row or part.start(ready.row, name, work.known, ready.below)
    except ValidationError as error:
        work.refuse(path, error.messages)
        return None
    refused = _fill(work, row, part.columns, data, path)
    return row if _clean(work, row, path, (part.parent,), refused) else None


def _alike_below(work: Work, rows: dict[str, Model], known: dict[str, Model], path: Path) -> None:
    names = {id(row): name for name, row in rows.items()}
    for row, name, words in clashes(known.values(), list(rows.values())):
        place = (*path, names[id(row)])
        work.refuse(place if name == "__all__" else (*place, name), words)


def _goes(work: Work, step: Step) -> None:
    if step.table.fixed or step.table.single:
        work.refuse(step.path, ["rows of this section are neither added nor removed."])
    work.known.forget(step.table, step.name)
