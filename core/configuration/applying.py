"""Steps become rows, by the models' own rules: all of them or none."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import Model

from .document import Document, Path, Refused
from .state import Step
from .tables import Part, Row, Table, tables
from .values import Column, rows_named


class Work:
    """One application of steps; collects what is refused, so that a person reads all of it at once."""

    def __init__(self, document: Document, now: datetime):
        self.document, self.now = document, now
        self.mistakes: list[str] = []
        self.rows: dict[tuple[str, str], Model] = {}

    def refuse(self, path: Path, words: Iterable[str]) -> None:
        self.mistakes += [f"{self.document.place(path)}: {each}" for each in words]


def carry_out(steps: list[Step], document: Document, now: datetime) -> None:
    """Part of a transaction. Rows first, then what they point to in each other, then what goes.

    Raises Refused, with the place of each mistake; the transaction has to be rolled back then.
    """
    work = Work(document, now)
    kept = [step for step in steps if step.after is not None]
    try:
        for stage in (_row, _pointing):
            for step in kept:
                stage(work, step)
            _stop(work)
        _all_gone(work, [step for step in reversed(steps) if step.after is None])
        _stop(work)
    except IntegrityError as error:
        raise Refused(f"Two rows cannot be so at once: {str(error).splitlines()[0]}") from None
    for step in kept:
        row = _read_again(step, work)
        work.refuse(step.path, step.table.check(row))
    _stop(work)
    _tell(steps, work)


def _stop(work: Work) -> None:
    if work.mistakes:
        raise Refused(*work.mistakes)


def _row(work: Work, step: Step) -> None:
    """The row itself, with what it says of itself and of single other rows."""
    of, data = step.table, step.after
    row = of.find(_key(of, step.was or step.name, step.before if step.before is not None else data)) or of.start()
    if step.before is None and of.fixed:
        work.refuse(step.path, ["rows of this section are neither added nor removed."])
        return
    named = {} if of.listed else _key(of, step.name, data)
    _fill(work, row, [*of.keys, *of.columns], named | data, step.path)
    if _clean(work, row, step.path, of.without):
        try:
            of.save(row, work.now)
        except ValidationError as error:  # of what stands beside it
            _refuse_all(work, step.path, error)
        work.rows[of.name, step.name] = row


def _key(of: Table, name: str, data: Row) -> Row:
    if of.listed:
        return {each.name: data.get(each.name) for each in of.keys}
    return {each.name: name for each in of.keys}


def _fill(work: Work, row: Model, columns: Iterable[Column], data: Row, path: Path) -> None:
    for each in columns:
        if each.at.many_to_many:
            continue
        value = data.get(each.name, each.default)
        holder = getattr(row, each.of) if each.of else row
        try:
            setattr(holder, each.at.name, _value(each, value))
        except ValidationError as error:
            work.refuse((*path, each.name), error.messages)


def _value(column: Column, value):
    if column.at.is_relation:
        return None if value is None else rows_named(column.at.related_model, [value])[0]
    return column.clean(value)


def _clean(work: Work, row: Model, path: Path, without: Iterable[str] = ()) -> bool:
    """By the model's own rules. A column that is not for people is not looked at."""
    hidden = [each.name for each in row._meta.fields if not each.editable or _may_be_none(row, each)]
    try:
        row.full_clean(exclude=[*hidden, *without])
    except ValidationError as error:
        _refuse_all(work, path, error)
        return False
    return True


def _may_be_none(row: Model, at: models.Field) -> bool:
    """Empty in a form is one question, nothing in the row another."""
    return at.null and not at.blank and getattr(row, at.attname) is None


def _refuse_all(work: Work, path: Path, error: ValidationError) -> None:
    for name, words in error.message_dict.items():
        work.refuse(path if name == "__all__" else (*path, name), words)


def _pointing(work: Work, step: Step) -> None:
    row = work.rows[step.table.name, step.name]
    for each in step.table.columns:
        if each.at.many_to_many:
            try:
                getattr(row, each.name).set(rows_named(each.at.related_model, step.after.get(each.name, [])))
            except ValidationError as error:
                work.refuse((*step.path, each.name), error.messages)
    changed = [part for part in step.table.parts if _differs(part, step)]
    for part in changed:
        _part(work, part, row, step.after.get(part.name) or [], (*step.path, part.name))
    for part in reversed(changed):
        if part.key:
            _thin_out(work, part, row, step.after.get(part.name) or {}, (*step.path, part.name))


def _differs(part: Part, step: Step) -> bool:
    return step.after.get(part.name) != (step.before or {}).get(part.name)


def _part(work: Work, part: Part, above: Model, wanted: dict | list, path: Path) -> None:
    """With a key rows stay who they are, for others may point to them; without, they are written anew."""
    known = part.known(above) if part.key else {}
    if not part.key:
        getattr(above, part.below).all().delete()
    for name, data in (wanted or {}).items() if part.key else enumerate(wanted):
        try:
            row = known.get(name) or part.start(above, name)
        except ValidationError as error:
            work.refuse((*path, name), error.messages)
            continue
        before = len(work.mistakes)
        _fill(work, row, part.columns, data, (*path, name))
        if len(work.mistakes) == before and _clean(work, row, (*path, name)):
            row.save()


def _thin_out(work: Work, part: Part, above: Model, wanted: dict, path: Path) -> None:
    for name, row in sorted(part.known(above).items(), reverse=True):
        if name not in wanted:
            try:
                row.delete()
            except models.ProtectedError:
                words = f"it is not in the file, and cannot be removed because something needs it. {part.instead}"
                work.refuse((*path, name), [words.strip()])


def _all_gone(work: Work, steps: list[Step]) -> None:
    """One may be needed by another that goes too, so what is refused is tried again after the rest."""
    left = [step for step in steps if not _gone(work, step)]
    if left and len(left) < len(steps):
        _all_gone(work, left)
        return
    for step in left:
        words = f"it is not in the file, and cannot be removed because something needs it. {step.table.instead}"
        work.refuse(step.path, [words.strip()])


def _gone(work: Work, step: Step) -> bool:
    of = step.table
    if of.fixed or of.single:
        work.refuse(step.path, ["rows of this section are neither added nor removed."])
        return True
    row = of.find(_key(of, step.name, step.before))
    try:
        if row is not None:
            of.remove(row)
    except models.ProtectedError:
        return False
    return True


def _read_again(step: Step, work: Work) -> Model:
    return step.table.find(_key(step.table, step.name, step.after)) or work.rows[step.table.name, step.name]


def _tell(steps: list[Step], work: Work) -> None:
    for of in tables():
        rows = [work.rows[of.name, s.name] for s in steps if s.table is of and (of.name, s.name) in work.rows]
        if any(step.table is of for step in steps):
            of.changed(rows, work.now)
