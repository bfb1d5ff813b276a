"""Reports as files. Large ones go out as they are read, in pieces, and are never held whole."""

from collections.abc import AsyncIterator, Iterator

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse

from core.db import db_call

from . import csvfile, details
from .asking import Answer, Question
from .figures import Figure

KIND = "text/csv; charset=utf-8"


def of_answer(answer: Answer) -> HttpResponse:
    """The rows of a report, the totals left out: a spreadsheet would add them."""
    question = answer.question
    split = (question.by.name,) if question.by else ()
    head = ["start", "end", *split, *(figure.key for figure in question.report.figures)]
    rows = [[row.start, row.end, *([row.name] if split else []), *row.values.values()] for row in answer.rows]
    return _named(HttpResponse("".join(csvfile.lines([head, *rows])), content_type=KIND), question, "")


def of_details(request, question: Question, figure: Figure | None) -> StreamingHttpResponse:
    """All that a figure counts."""
    pieces = _pieces(question, figure)
    request = getattr(request, "_request", request)
    content = _beside_the_loop(pieces) if isinstance(request, ASGIRequest) else pieces
    return _named(StreamingHttpResponse(content, content_type=KIND), question, figure.key if figure else "all")


def _pieces(question: Question, figure: Figure | None) -> Iterator[str]:
    columns = details.COLUMNS[question.report.facts]
    keys = ["interaction", *(column.key for column in columns)]
    yield "".join(csvfile.lines([keys]))
    for rows in details.every(question, figure):
        yield "".join(csvfile.lines([row[key] for key in keys] for row in rows))


async def _beside_the_loop(pieces: Iterator[str]) -> AsyncIterator[str]:
    while (piece := await db_call(next, pieces, None)) is not None:
        yield piece


def _named(response, question: Question, more: str):
    start, end = question.span.bounds
    name = "-".join(filter(None, [question.report.key, more, f"{start:%Y%m%d}", f"{end:%Y%m%d}"]))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
