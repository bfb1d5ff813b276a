"""The pages: a report, what is behind a figure, what happened to one interaction, the wallboard."""

from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from rest_framework.exceptions import ValidationError

from core import answers, feed
from core.clock import now
from core.errors import NotAllowed

from . import asking, counting, details, exports, names, permissions, quarters, reports, showing, telling
from .api import forms
from .quarters import DAILY
from .reports import Report
from .scope import Scope

WEEK = timedelta(days=6)
TIMELINE = 500


def for_reporters(view):
    """Who may see figures, in their `request.scope`; behind a locked workspace the password comes first."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            request.scope = permissions.require(request.user, request.session.session_key)
        except NotAllowed as refusal:
            return redirect("/") if refusal.code == "locked" else answers.refused(request)
        return view(request, *args, **kwargs)

    return never_cache(require_GET(csp_update({"script-src": "'none'"})(wrapped)))


@for_reporters
def first(request: HttpRequest) -> HttpResponse:
    return redirect("report", key=reports.QUEUES.key)


@for_reporters
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Filters on top, the picture first, the same numbers as tables below."""
    found, moment = _report(key), now()
    given = _given(request, moment)
    context = {**_frame(request, found), "given": given, "choices": _choices(found, request.scope)}
    try:
        query = _query(forms.ReportQuery, given)
        question = query.question(found, moment, request.scope)
    except ValidationError as error:
        return render(request, "reports/report.html", {**context, "errors": _errors(error)}, status=400)
    counting.catch_up_now()
    answer = asking.answer(question)
    shown = {"answer": answer, "picture": showing.picture(answer), "tables": showing.tables(answer, given)}
    links = {**_files(given), "behind": counting.behind()}
    return render(request, "reports/report.html", {**context, **shown, **links, "span": question.span.bounds})


@for_reporters
def details_of(request: HttpRequest, key: str) -> HttpResponse:
    """The facts that a figure counts, each with the way to what happened to its interaction."""
    found, moment, given = _report(key), now(), request.GET.dict()
    if found.facts is None:
        raise Http404
    try:
        query = _query(forms.DetailQuery, given)
        question = query.question(found, moment, request.scope)
        figure = _figure(found, query.validated_data["figure"])
        after = query.validated_data["after"]
        cursor = details.Cursor.read(after, found.facts) if after else None
    except (ValidationError, ValueError, OverflowError):
        return answers.wrong(request)
    counting.catch_up_now()
    page, span = details.page(question, figure, cursor), question.span
    links = {**_files({**given, "after": ""}), "next": _next(given, page.next)}
    links["story"] = urlencode({"timezone": span.zone})
    context = {
        **_frame(request, found),
        "figure": figure,
        "page": page,
        "span": span.bounds,
        "zone": span.zone,
        **links,
    }
    return render(request, "reports/details.html", {**context, "lines": showing.lines(page, span.zone)})


@for_reporters
def timeline(request: HttpRequest, subject) -> HttpResponse:
    """What the journal says of one interaction, or of one agent, by the clock of the zone asked for."""
    given = request.GET.dict()
    zone = _zone(given)
    after = forms.EventQuery(data={name: value for name, value in given.items() if name != "timezone"})
    if not after.is_valid():
        return answers.wrong(request)
    counting.catch_up_now()
    if not request.scope.has(subject):
        raise Http404
    events = feed.after(after.validated_data["after"], TIMELINE, subject=subject)
    if not events and not after.validated_data["after"]:
        raise Http404
    more = urlencode({"timezone": zone, "after": events[-1].position}) if len(events) == TIMELINE else ""
    context = {**_frame(request), "told": telling.told(events), "zone": zone, "next": more}
    return render(request, "reports/timeline.html", context)


@csp_update({"script-src": "'self'"})
@for_reporters
def wallboard(request: HttpRequest) -> HttpResponse:
    """Filled by its script, from the socket."""
    return render(request, "reports/wallboard.html", _frame(request))


def _report(key: str) -> Report:
    if key not in reports.ALL:
        raise Http404
    return reports.ALL[key]


def _figure(report: Report, key: str):
    """None: all of the report. Raises ValueError, as programs are told, too."""
    figure = report.figure(key) if key else None
    if key and (figure is None or figure.behind is None):
        raise ValueError(key)
    return figure


def _given(request: HttpRequest, moment) -> dict:
    """What was asked, without what was left empty; at first the last seven days."""
    given = {name: value for name, value in request.GET.items() if value}
    given.pop("format", None)
    zone = _zone(given)
    today = moment.astimezone(zone).date()
    first = {"from": str(today - WEEK), "to": str(today), "timezone": str(zone), "interval": DAILY}
    return first | {"threshold": str(reports.THRESHOLD)} | given


def _zone(given: dict):
    default = forms.ReportQuery().fields["timezone"].get_default()
    try:
        return forms.zone_of(given.get("timezone", default))
    except ValidationError:
        return forms.zone_of(default)


def _query(form, given: dict):
    query = form(data=given)
    query.is_valid(raise_exception=True)
    return query


def _errors(error: ValidationError) -> list[tuple[str, str]]:
    detail = error.detail if isinstance(error.detail, dict) else {"": error.detail}
    return [(name, " ".join(map(str, words))) for name, words in detail.items()]


def _next(given: dict, cursor: str | None) -> str:
    return urlencode({**given, "after": cursor}) if cursor else ""


def _frame(request: HttpRequest, found: Report | None = None) -> dict:
    return {"report": found, "reports": reports.ALL.values(), "groups": request.scope.names()}


def _choices(found: Report, scope: Scope) -> dict:
    """What the filters offer: (value, words)."""
    named = {name: (label, names.choices(name, scope)) for name, label in FILTERS.items() if name in found.filters}
    return {
        "named": named,
        "intervals": list(showing.INTERVALS.items()),
        "by": [(split.key, split.name) for split in found.splits],
        "thresholds": [str(value) for value in reports.THRESHOLDS],
        "zones": quarters.zones(),
    }


FILTERS = {"queue": "Queue", "agent": "Agent", "group": "Agent group", "point": "Routing point"}


def _files(given: dict) -> dict:
    return {format: urlencode({**given, "format": format}) for format in (exports.CSV, exports.XLSX)}
