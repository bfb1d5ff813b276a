"""What one may ask of a report, of pages and programs alike. Unknown fields are refused."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from rest_framework import serializers as s

from agents.models import Agent
from core.api.forms import Id, Number, Strict, Text
from reporting import exports
from reporting.asking import Question
from reporting.quarters import DAILY, INTERVALS, SECONDS, Span, quarter_of, zones
from reporting.reports import NO_OUTCOME, THRESHOLD, THRESHOLDS, VIA, Report
from reporting.scope import Scope

EARLIEST = date(2000, 1, 1)
LONGEST = timedelta(days=400)
MOST_INTERVALS = 1_500
UNSPLIT = "none"
JSON = "json"
NOBODY = UUID(int=0)
TARGETS = ("agent", "queue", "group", "skill", "routing_point")


class Moment(s.CharField):
    """A date, or a date and a time of the zone asked for; with an offset that of the offset."""

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        try:
            return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        except ValueError:
            raise s.ValidationError("Write it as 2026-03-29 or 2026-03-29T14:30.") from None


class Ids(Text):
    """Ids with commas between them."""

    def to_internal_value(self, data):
        given = filter(None, super().to_internal_value(data).split(","))
        return [Id().run_validation(one.strip()) for one in given]


class ReportQuery(Strict):
    """`from`, `to`: dates of the zone, the last one included, or moments on a quarter hour, the last one not.

    `queue`, `agent`, `group`, `point`: ids with commas between them; a group is those who belong to it now.
    `by`: one of the report's, or none. `threshold`: seconds of the service level.
    """

    timezone = Text(max_length=64, default=lambda: settings.TIME_ZONE)
    interval = s.ChoiceField(list(INTERVALS), default=DAILY)
    by = Text(max_length=20, required=False)
    queue = Ids(max_length=4000, allow_blank=True, default="")
    agent = Ids(max_length=4000, allow_blank=True, default="")
    group = Ids(max_length=4000, allow_blank=True, default="")
    point = Ids(max_length=4000, allow_blank=True, default="")
    via = s.ChoiceField(list(VIA), allow_blank=True, default="")
    kind = s.ChoiceField(list(VIA), allow_blank=True, default="")
    type = s.ChoiceField(TARGETS, allow_blank=True, default="")
    label = Text(max_length=400, allow_blank=True, default="")
    threshold = s.ChoiceField(THRESHOLDS, default=THRESHOLD)
    format = s.ChoiceField([JSON, exports.CSV, exports.XLSX], default=JSON)

    def get_fields(self):
        """`from` is a word of the language."""
        return {"from": Moment(required=False), "to": Moment(required=False), **super().get_fields()}

    def validate_timezone(self, value):
        return zone_of(value)

    def question(self, report: Report, now: datetime, scope: Scope) -> Question:
        """Raises ValidationError with the name of the field."""
        given = self.validated_data
        filters = {name: given[name] for name in ("queue", "agent", "group", "point") if given[name]}
        filters |= {name: [given[name]] for name in ("via", "kind", "type") if given[name]}
        filters |= {"label": ["" if given["label"] == NO_OUTCOME else given["label"]]} if given["label"] else {}
        for name in filters:
            if name not in report.filters:
                raise s.ValidationError({name: [f"“{report.title}” is not told apart by this."]})
        split = self._split(report)
        return Question(report, self._span(now), split, now, scope, _of_groups(filters), given["threshold"])

    def _split(self, report: Report):
        key = self.validated_data.get("by", report.splits[0].key)
        if key == UNSPLIT:
            return None
        found = report.split(key)
        if found is None:
            words = ", ".join(split.key for split in report.splits)
            raise s.ValidationError({"by": [f"“{report.title}” can be split by {words} or {UNSPLIT}."]})
        return found

    def _span(self, now: datetime) -> Span:
        given, zone = self.validated_data, self.validated_data["timezone"]
        today = now.astimezone(zone).date()
        start = _moment(given.get("from", today), zone, "from")
        end = _moment(given.get("to", today), zone, "to", after=1)
        if end <= start:
            raise s.ValidationError({"to": ["The end must come after the beginning."]})
        if end - start > LONGEST:
            raise s.ValidationError({"to": [f"At most {LONGEST.days} days at once."]})
        span = Span(quarter_of(start), quarter_of(end), zone, given["interval"])
        if len(span.borders) > MOST_INTERVALS + 1:
            raise s.ValidationError({"interval": [f"That is more than {MOST_INTERVALS} intervals. Take longer ones."]})
        return span


def _of_groups(filters: dict) -> dict:
    """Groups are who belongs to them now: facts tell of agents alone."""
    groups = filters.pop("group", None)
    if groups is None:
        return filters
    members = Agent.objects.filter(groups__in=groups, **({"pk__in": filters["agent"]} if "agent" in filters else {}))
    return {**filters, "agent": list(members.values_list("pk", flat=True).distinct()) or [NOBODY]}


def _moment(given, zone: ZoneInfo, name: str, after: int = 0) -> datetime:
    """A date is its midnight, or that of so many days after."""
    if not isinstance(given, datetime):
        if not EARLIEST <= given < date(9990, 1, 1):
            raise s.ValidationError({name: [f"Reports begin on {EARLIEST}."]})
        given = datetime.combine(given + timedelta(days=after), time())
    moment = _in(zone, given, name)
    if moment.timestamp() % SECONDS:
        raise s.ValidationError({name: ["A moment must be on a quarter of an hour."]})
    return moment


def _in(zone: ZoneInfo, given: datetime, name: str) -> datetime:
    try:
        moment = (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        moment = None
    if moment is None or not EARLIEST.year <= moment.year < 9990:
        raise s.ValidationError({name: [f"Reports begin on {EARLIEST}."]})
    return moment


class DetailQuery(ReportQuery):
    """`figure`: whose facts; empty: all of the report. `after`: `next` of the page before."""

    figure = Text(max_length=40, allow_blank=True, default="")
    after = Text(max_length=100, allow_blank=True, default="")
    limit = Number(min_value=1, max_value=1000, default=100)


class EventQuery(Strict):
    """`after`: `next` of the page before; without it from the first event on. `subject`: events of one id only."""

    after = Number(min_value=0, default=0)
    limit = Number(min_value=1, max_value=1000, default=100)
    subject = Id(required=False)


class BoardQuery(Strict):
    """`timezone`: in which today began."""

    timezone = Text(max_length=64, default=lambda: settings.TIME_ZONE)

    def validate_timezone(self, value):
        return zone_of(value)


def zone_of(name: str) -> ZoneInfo:
    if name not in zones():
        raise s.ValidationError("There is no such time zone. Write it as Europe/Berlin.")
    return ZoneInfo(name)
