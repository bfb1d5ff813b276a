"""Calls about what happened."""

from rest_framework.exceptions import ValidationError

from core import feed
from core.errors import NotAllowed, NotFound
from core.models import Event
from reporting import asking, counting, details, exports, permissions, reports, scopes, wallboard, workbook
from reporting.reports import Report

from . import forms, shapes
from .base import ReportView, for_reports, of_report


class Reports(ReportView):
    """The reports."""

    reads = scopes.REPORTS_READ

    @for_reports("reports", shapes.ReportList)
    def get(self, request):
        """Which reports there are, and what each of their figures means."""
        return self.answer(shapes.ReportList([about(report) for report in reports.ALL.values()]))


class OneReport(ReportView):
    """A report."""

    reads = scopes.REPORTS_READ

    @of_report("report", shapes.ReportAnswer, query=forms.ReportQuery, files=exports.PUBLISHED)
    def get(self, request, report):
        """Its figures, by interval; `format=csv` or `xlsx`: the same rows as a file."""
        query = _query(forms.ReportQuery, request)
        question = query.question(_report(report), self.now, self.scope)
        counting.catch_up_now()
        found = asking.answer(question)
        if (format := query.validated_data["format"]) != forms.JSON:
            return _file(exports.of_answer, found, format)
        return self.answer(_answer(found))


class ReportDetails(ReportView):
    """Behind a figure."""

    reads = scopes.REPORTS_READ

    @of_report("report_details", shapes.Details, query=forms.DetailQuery, files=exports.PUBLISHED)
    def get(self, request, report):
        """What a figure counts, each with its interaction; `format=csv` or `xlsx`: all of it as a file."""
        query, found = _query(forms.DetailQuery, request), _report(report)
        if found.facts is None:
            raise NotFound(message=f"“{found.title}” has nothing behind it but status times.")
        question, given = query.question(found, self.now, self.scope), query.validated_data
        figure, after = _figure(found, given["figure"]), _cursor(found, given["after"])
        counting.catch_up_now()
        if given["format"] != forms.JSON:
            return _file(exports.of_details, request, question, figure, given["format"])
        page = details.page(question, figure, after, given["limit"])
        columns = [shapes.DetailColumn(column.key, column.name) for column in page.columns]
        return self.answer(shapes.Details(columns, page.rows, page.next))


class Events(ReportView):
    """The journal."""

    reads = scopes.EVENTS_READ

    @for_reports("events", shapes.JournalPage, query=forms.EventQuery)
    def get(self, request):
        """The feed of all that happened, page by page: ask again with `next`, now or later, and nothing is missed.

        Whose figures are those of groups reads one subject at a time.
        """
        given = _query(forms.EventQuery, request).validated_data
        found = self._readable(**given)
        last = found[-1].position if found else given["after"]
        return self.answer(shapes.JournalPage([_event(row) for row in found], last, len(found) == given["limit"]))

    def _readable(self, after: int, limit: int, subject=None) -> list[Event]:
        """Of a subject that is not theirs they hear what they would of one that never was."""
        if subject is None and not self.scope.whole:
            raise NotAllowed(message=permissions.WHOLE)
        counting.catch_up_now()
        return feed.after(after, limit, subject=subject) if subject is None or self.scope.has(subject) else []


class Wallboard(ReportView):
    """The wallboard."""

    reads = scopes.WALLBOARD_READ

    @for_reports("wallboard", wallboard.Board, query=forms.BoardQuery)
    def get(self, request):
        """How it stands now: queues and agents, with the figures of today."""
        zone = _query(forms.BoardQuery, request).validated_data["timezone"]
        counting.catch_up_now()
        return self.answer(wallboard.board(self.scope, zone, self.now))


def _file(make, *what):
    try:
        return make(*what)
    except exports.TooLong:
        words = f"That is more than {workbook.MOST:,} rows. Take CSV, or a shorter time."
        raise ValidationError({"format": [words]}) from None


def about(report: Report) -> shapes.ReportAbout:
    by = [split.key for split in report.splits]
    figures, more = _figures(report), report.facts is not None
    return shapes.ReportAbout(report.key, report.title, report.about, by, list(report.filters), more, figures)


def _figures(report: Report) -> list:
    return [shapes.FigureAbout(one.key, one.name, one.unit, one.definition) for one in report.figures]


def _answer(found: asking.Answer) -> shapes.ReportAnswer:
    question = found.question
    start, end = question.span.bounds
    by = question.by.key if question.by else ""
    return shapes.ReportAnswer(
        report=question.report.key,
        start=start,
        end=end,
        timezone=question.span.zone.key,
        interval=question.span.interval,
        by=by,
        figures=_figures(question.report),
        rows=[shapes.ReportRow(row.start, row.end, row.id, row.name, row.values) for row in found.rows],
        totals=found.totals,
        behind=counting.behind(),
    )


def _event(row: Event) -> shapes.JournalEvent:
    return shapes.JournalEvent(row.position, row.uid, row.subject, row.version, row.name, row.actor, row.at, row.data)


def _query(form, request):
    query = form(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return query


def _report(key: str) -> Report:
    if key not in reports.ALL:
        raise NotFound(message="There is no such report.")
    return reports.ALL[key]


def _figure(report: Report, key: str):
    if not key:
        return None
    figure = report.figure(key)
    if figure is None or figure.behind is None:
        raise ValidationError({"figure": ["There is no such figure, or it counts nothing by itself."]})
    return figure


def _cursor(report: Report, given: str):
    try:
        return details.Cursor.read(given, report.facts) if given else None
    except (ValueError, OverflowError):
        raise ValidationError({"after": ["That is no cursor of this report."]}) from None
