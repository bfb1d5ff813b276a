"""Behind a figure: the facts that it counts, in the order in which they began, page by page."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from . import names
from .asking import Question, narrowed
from .figures import COUNT, TIME, Figure, seconds
from .models import InteractionFact, OutcomeFact, RequestFact, SegmentFact, SurveyFact, WaitFact
from .quarters import quarter_of
from .reports import NO_OUTCOME, VIA

PAGE = 100
CHUNK = 2_000


class Cursor(NamedTuple):
    """The last fact that was read."""

    at: datetime
    id: str

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.id}"

    @classmethod
    def read(cls, given: str, model: type[Model]) -> "Cursor":
        """Raises ValueError."""
        at, _, id = given.partition("_")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(given)
        return cls(moment, UUID(id) if model._meta.pk.get_internal_type() == "UUIDField" else int(id))


@dataclass(frozen=True)
class Column:
    """`named`: the kind of row whose id it holds. `show`: what one reads of the value. `unit`: of numbers."""

    key: str
    name: str
    named: str = ""
    show: Callable = lambda value: value
    unit: str = COUNT


def _time(key: str, name: str) -> Column:
    return Column(key, name, show=lambda value: None if value is None else seconds(value), unit=TIME)


def _words(key: str, name: str, words: dict | None = None) -> Column:
    return Column(key, name, show=lambda value: (words or {}).get(value, value.replace("_", " ").capitalize()))


CAUSES = {"end": "Closed by an agent", "left": "Contact left", "grace": "Contact lost", "idle": "Idle", "": ""}
OUTCOMES = {WaitFact.OPEN: "Waits", WaitFact.OTHER: "Otherwise", WaitFact.MESSAGE: "Left a message"}
LEFT = {**CAUSES, "end": "End", "over": "The chat ended", "": ""}
AT, QUEUE, AGENT = (
    Column("at", "Began"),
    Column("queue", "Queue", named="queue"),
    Column("agent", "Agent", named="agent"),
)
COLUMNS: dict[type[Model], tuple[Column, ...]] = {
    InteractionFact: (
        AT,
        Column("point", "Routing point", named="point"),
        QUEUE,
        _time("waited", "Until the first agent"),
        Column("agents", "Agents"),
        Column("ended_at", "Ended"),
        _words("cause", "How it ended", CAUSES),
        _time("duration", "Duration"),
    ),
    WaitFact: (
        AT,
        QUEUE,
        _words(
            "outcome", "How it ended", {"": "Waits", WaitFact.OTHER: "Otherwise", WaitFact.MESSAGE: "Left a message"}
        ),
        _time("waited", "Waited"),
        AGENT,
        Column("through", "Taken by agents of", named="queue"),
    ),
    SegmentFact: (
        AT,
        AGENT,
        QUEUE,
        _words("via", "How it began", VIA),
        _time("handling", "Handling"),
        _time("wrap_up", "Wrap-up"),
        _time("conference", "In conference"),
        _time("consultation", "In consultation"),
        _time("call", "In calls"),
        _time("first", "First response"),
        Column("replies", "Answers"),
        _time("reply_time", "Time to answer"),
        _words("cause", "How it ended", LEFT),
    ),
    RequestFact: (
        AT,
        _words("kind", "Kind", VIA),
        _words("type", "Kind of target"),
        Column("agent", "Asked by", named="agent"),
        _words("state", "Answer", {"": "Open", "revoked": "Withdrawn"}),
        _time("taken", "Until accepted"),
    ),
    OutcomeFact: (AT, AGENT, QUEUE, Column("label", "Outcome", show=lambda label: label or NO_OUTCOME)),
    SurveyFact: (
        Column("at", "Answered"),
        AGENT,
        QUEUE,
        Column("label", "Question"),
        Column("answer", "Answer"),
    ),
}


@dataclass(frozen=True)
class Page:
    """`rows`: {column or interaction: value}. `next`: where the next page begins; None on the last."""

    columns: tuple[Column, ...]
    rows: list[dict]
    next: str | None


def page(question: Question, figure: Figure | None, after: Cursor | None, limit: int = PAGE) -> Page:
    model = question.report.facts
    found = list(_after(behind(question, figure), after)[: limit + 1])
    rows, more = found[:limit], len(found) > limit
    columns = COLUMNS[model]
    return Page(columns, _shown(columns, rows), str(Cursor(rows[-1].at, str(rows[-1].pk))) if more else None)


def every(question: Question, figure: Figure | None) -> Iterator[list[dict]]:
    """All of them, some at a time; each time a query of its own that goes on after the last one."""
    after = None
    while True:
        found = page(question, figure, after, CHUNK)
        yield found.rows
        if found.next is None:
            return
        after = Cursor.read(found.next, question.report.facts)


def behind(question: Question, figure: Figure | None) -> QuerySet:
    """The facts that a figure counts within the question; without a figure all that the report is about."""
    span, report = question.span, question.report
    rows = report.facts.objects.filter(figure.behind if figure else Q())
    return narrowed(rows.filter(quarter__gte=span.start, quarter__lt=span.end), question)


def _after(rows: QuerySet, after: Cursor | None) -> QuerySet:
    if after is not None:
        later = Q(at__gt=after.at) | Q(at=after.at, pk__gt=after.id)
        rows = rows.filter(later, quarter__gte=quarter_of(after.at))
    return rows.order_by("quarter", "at", "pk")


def _shown(columns: Iterable[Column], rows: list) -> list[dict]:
    known = {
        kind: names.of(kind, {getattr(row, column.key) for row in rows for column in columns if column.named == kind})
        for kind in {column.named for column in columns if column.named}
    }
    return [{"interaction": row.interaction, **{one.key: _cell(one, row, known) for one in columns}} for row in rows]


def _cell(column: Column, row, known: dict):
    value = getattr(row, column.key)
    if column.named:
        return known[column.named][value] if value else ""
    return column.show(value)
