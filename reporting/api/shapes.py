"""What the calls of the reports answer."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from core.api.describe import publish
from reporting.wallboard import Board


class FigureAbout(Struct):
    """`unit`: count, time (seconds), or share (0 to 1). `definition`: what it counts, in words."""

    key: str
    name: str
    unit: str
    definition: str


class ReportAbout(Struct):
    """`by`: by what its rows can be split, the first if nothing is said. `filters`: by what it can be narrowed."""

    key: str
    title: str
    about: str
    by: list[str]
    filters: list[str]
    details: bool
    figures: list[FigureAbout]


class ReportList(Struct):
    """All reports with the definitions of their figures."""

    results: list[ReportAbout]


class ReportRow(Struct):
    """One interval, cut by `by`. `id`: of the queue, agent or routing point, null for words. `values`: by figure."""

    start: datetime
    end: datetime
    id: UUID | None
    name: str
    values: dict[str, int | float | None]


class ReportAnswer(Struct):
    """Intervals without anything are left out. `behind`: events of the journal not counted yet, usually 0."""

    report: str
    start: datetime
    end: datetime
    timezone: str
    interval: str
    by: str
    figures: list[FigureAbout]
    rows: list[ReportRow]
    totals: dict[str, int | float | None]
    behind: int


class DetailColumn(Struct):
    key: str
    name: str


class Details(Struct):
    """`results`: what the figure counts, by column, with the interaction's id. `next`: `after` of the next page."""

    columns: list[DetailColumn]
    results: list[dict]
    next: str | None


class JournalEvent(Struct):
    """One action that happened. `version`: the subject's, which the action made. `data.facts`: what it changed."""

    position: int
    id: UUID
    subject: UUID
    version: int
    name: str
    actor: str
    at: datetime
    data: dict


class JournalPage(Struct):
    """In the order of the feed. `next`: where to go on; nothing is ever put before it, so nothing is missed."""

    results: list[JournalEvent]
    next: int
    more: bool


ANSWERS = publish(Board, ReportList, ReportAnswer, Details, JournalPage)
