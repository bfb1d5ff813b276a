"""A question to a report, and its answer: sums from the database, made into rows and figures the same for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, IntegerField, Min, QuerySet, Value, When

from . import names, statuses
from .models import OpenStatus
from .quarters import CELLS, TOTAL, Span, moment_of
from .reports import CHAT, THRESHOLD, Report, Source, Split
from .scope import Scope


@dataclass(frozen=True)
class Question:
    """`by`: a split of the report, or None. `filters`: {column: ids or words}. `threshold`: of the service level.

    `scope`: of what of the site; there is no question without one.
    """

    report: Report
    span: Span
    by: Split | None
    now: datetime
    scope: Scope
    filters: dict = field(default_factory=dict)
    threshold: int = THRESHOLD

    @property
    def columns(self) -> tuple[str, ...]:
        return self.by.columns if self.by else ()


@dataclass(frozen=True)
class Row:
    """One interval and one value of the split. `key`: the split's columns. `id`: of the queue, agent, routing point."""

    start: datetime
    end: datetime
    place: int
    key: tuple
    name: str
    sums: dict
    values: dict

    @property
    def id(self) -> UUID | None:
        return next((part for part in self.key if isinstance(part, UUID)), None)


@dataclass(frozen=True)
class Answer:
    question: Question
    rows: list[Row]
    totals: dict


def answer(question: Question) -> Answer:
    """The same few queries, whatever is asked."""
    found: dict = {}
    for source in question.report.sources:
        for place, key, sums in _cells(question, source):
            merge(found.setdefault((place, key), {}), sums, source.greatest)
    labels, intervals = names.of_split(question.by, {key for _, key in found}), question.span.each()
    rows = [_row(question, *intervals[place], place, key, labels[key], sums) for (place, key), sums in found.items()]
    rows.sort(key=lambda row: (row.place, row.name.casefold(), row.key and str(row.key)))
    return Answer(question, rows, values(question, together(question, rows)))


def together(question: Question, rows: Iterable[Row]) -> dict:
    """The sums of these rows as one."""
    found: dict = {}
    greatest = frozenset().union(*(source.greatest for source in question.report.sources))
    for row in rows:
        merge(found, row.sums, greatest)
    return found


def merge(found: dict, more: dict, greatest: frozenset) -> None:
    if not found:
        found.update(more)
        return
    for name, value in more.items():
        held = found.get(name, 0)
        found[name] = max(held, value) if name in greatest else held + value


def values(question: Question, sums: dict) -> dict:
    """{figure: value} of these sums; what nothing was summed of is 0."""
    given = {name: sums.get(name, 0) for name in question.report.needs}
    return {figure.key: figure.value(given) for figure in question.report.figures}


def _row(question: Question, start, end, place: int, key: tuple, name: str, sums: dict) -> Row:
    return Row(start, end, place, key, name, sums, values(question, sums))


def _cells(question: Question, source: Source) -> Iterable[tuple[int, tuple, dict]]:
    """(interval, key, sums): one for each group that the database made; several may be of one interval."""
    span, kept = question.span, list(_aggregates(question, source))
    rows = source.table.objects.filter(source.where, quarter__gte=span.start, quarter__lt=span.end)
    for row in _grouped(narrowed(rows, question), question, source):
        key = tuple(row.pop(column) for column in question.columns)
        place = span.place(row.pop("earliest"))
        yield place, key, {name: row[name] for name in kept}
    if source.live:
        yield from _live(question)


def narrowed(rows: QuerySet, question: Question) -> QuerySet:
    """Only what is in the question's scope, with these values in the columns that the table has."""
    columns = {column.name for column in rows.model._meta.concrete_fields}
    given = {f"{column}__in": values for column, values in question.filters.items() if values and column in columns}
    return question.scope.of(rows).filter(**given)


def _aggregates(question: Question, source: Source) -> dict:
    """Of what was answered in time only that of the threshold, as `within`."""
    found = {name: how for name, how in source.values.items() if not name.startswith("within_")}
    within = source.values.get(f"within_{question.threshold}")
    return found if within is None else {**found, "within": within}


def _grouped(rows: QuerySet, question: Question, source: Source) -> QuerySet:
    """Grouped by as much of an interval as arithmetic on quarter hours can tell: a cell never lies in two."""
    cells = _cell(question.span)
    rows = rows.annotate(**cells).values(*cells, *question.columns)
    return rows.annotate(earliest=Min("quarter"), **_aggregates(question, source))


def _cell(span: Span) -> dict:
    if span.interval == TOTAL:
        return {}
    size, shifts = CELLS[span.interval], span.shifts
    if len(shifts) == 1:
        return {"cell": (F("quarter") + shifts[0][1]) / size}
    later = [When(quarter__gte=start, then=Value(shift)) for start, shift in reversed(shifts[1:])]
    shift = Case(*later, default=Value(shifts[0][1]), output_field=IntegerField())
    return {"shift": shift, "cell": (F("quarter") + shift) / size}


def _live(question: Question) -> Iterable[tuple[int, tuple, dict]]:
    """The time of the statuses that agents have now, up to now."""
    span = question.span
    start, end = moment_of(span.start), min(moment_of(span.end), question.now)
    for row in narrowed(OpenStatus.objects.filter(CHAT), question):
        row.since = max(row.since, start)
        for (quarter, agent, _, status, reason), spent in statuses.slices(row, end):
            about = {"agent": agent, "status": status, "reason": reason}
            key = tuple(about[column] for column in question.columns)
            yield span.place(quarter), key, {status: spent, "logged_in": spent}
