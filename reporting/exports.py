"""Reports as files. Large ones go out as they are read, in pieces, and are never held whole."""

from collections.abc import AsyncIterator, Iterator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse

from core.db import db_call

from . import csvfile, details, workbook
from .asking import Answer, Question
from .figures import UNITS, Figure

CSV, XLSX = "csv", "xlsx"
KINDS = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PUBLISHED = [kind.split(";")[0] for kind in KINDS.values()]


class TooLong(Exception):
    """More rows than one has patience for: CSV goes out as it is read."""


def of_answer(answer: Answer, format: str) -> HttpResponse:
    """The rows of a report, the totals left out: a spreadsheet would add them.

    As XLSX raises TooLong beyond `workbook.MOST` rows.
    """
    question, figures = answer.question, answer.question.report.figures
    split = [question.by.name] if question.by else []
    rows = [[row.start, row.end, *([row.name] if split else []), *row.values.values()] for row in answer.rows]
    if format == CSV:
        head = ["start", "end", *split, *(figure.key for figure in figures)]
        content = "".join(csvfile.lines([head, *rows]))
    elif len(rows) > workbook.MOST:
        raise TooLong
    else:
        columns = [workbook.Column(name) for name in ("Start", "End", *split)]
        columns += [workbook.Column(figure.name, figure.unit) for figure in figures]
        content = _workbook(question, columns, rows)
    return _named(HttpResponse(content, content_type=KINDS[format]), question, "", format)


def of_details(request, question: Question, figure: Figure | None, format: str) -> HttpResponse | StreamingHttpResponse:
    """All that a figure counts. As XLSX raises TooLong beyond `workbook.MOST` rows."""
    if format == CSV:
        pieces = _pieces(question, figure)
        request = getattr(request, "_request", request)
        content = _beside_the_loop(pieces) if isinstance(request, ASGIRequest) else pieces
        response = StreamingHttpResponse(content, content_type=KINDS[format])
    elif details.behind(question, figure)[: workbook.MOST + 1].count() > workbook.MOST:
        raise TooLong
    else:
        response = HttpResponse(_detailed(question, figure), content_type=KINDS[format])
    return _named(response, question, figure.key if figure else "all", format)


def _detailed(question: Question, figure: Figure | None) -> bytes:
    shown = details.COLUMNS[question.report.facts]
    columns = [workbook.Column("Interaction"), *(workbook.Column(column.name, column.unit) for column in shown)]
    return _workbook(question, columns, (row.values() for rows in details.every(question, figure) for row in rows))


def _workbook(question: Question, columns: list, rows) -> bytes:
    report, span = question.report, question.span
    start, end = (moment.astimezone(span.zone).replace(tzinfo=None) for moment in span.bounds)
    about = [(report.title, report.about), ("Time", f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}, {span.zone.key}")]
    about += [(one.name, f"{one.definition} ({UNITS[one.unit]})") for one in report.figures]
    return workbook.workbook(report.title, columns, rows, about, span.zone)


def _pieces(question: Question, figure: Figure | None) -> Iterator[str]:
    columns = details.COLUMNS[question.report.facts]
    keys = ["interaction", *(column.key for column in columns)]
    yield "".join(csvfile.lines([keys]))
    for rows in details.every(question, figure):
        yield "".join(csvfile.lines([row[key] for key in keys] for row in rows))


async def _beside_the_loop(pieces: Iterator[str]) -> AsyncIterator[str]:
    while (piece := await db_call(next, pieces, None)) is not None:
        yield piece


def _named(response, question: Question, more: str, format: str):
    start, end = question.span.bounds
    name = "-".join(filter(None, [question.report.key, more, f"{start:%Y%m%d}", f"{end:%Y%m%d}"]))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response
