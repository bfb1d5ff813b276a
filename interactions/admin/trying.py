"""Try it: where a chat with these data would go, and why."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agents.models import Agent
from core.backoffice.choosing import one_of
from core.backoffice.site import Extra
from core.clock import now
from interactions.admin.moments import FIRST, WallClock, moment, twice
from interactions.models import Invitation
from interactions.trying import attempt
from routing import wording
from routing.models import PreChatField, RoutingPoint
from routing.rules import Sample

DAY = 24 * 3600
YEARS = (2000, 2100)
CASE = "case_"
AGENTS = "Filled in by agents: it counts for a chat that is passed on to here, and not for one that begins."


class TryForm(forms.Form):
    """What is known of the chat. The fields of the case data are those of the routing point."""

    point = forms.ModelChoiceField(
        RoutingPoint.objects.select_related("queue"), label="Routing point", empty_label=None
    )
    name = forms.CharField(required=False, max_length=120, label="Contact's name")
    email = forms.CharField(required=False, max_length=254, label="Mail address", help_text="e.g. kim@harbour.example")
    language = forms.ChoiceField(required=False, choices=list(wording.LANGUAGES.items()))
    page = forms.CharField(
        required=False, max_length=500, label="Comes from the page", help_text="e.g. https://harbour.example/shop/"
    )
    at = WallClock(
        required=False,
        label="Moment",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Rules and opening hours are asked about it. Empty: now. Agents are always as they are now.",
    )
    waited = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=DAY,
        label="Has waited, seconds",
        help_text="Moves overflow, required skills and ageing on, e.g. 90.",
    )
    last_agent = forms.ModelChoiceField(
        Agent.objects.active(), required=False, label="Agent of the last chat", empty_label="Comes for the first time"
    )

    def __init__(self, data, point: RoutingPoint):
        super().__init__({"point": point.pk, "language": point.language or wording.DEFAULT, **data})
        self._offer_both()
        last = self.fields["last_agent"]
        last.widget = one_of(Invitation._meta.get_field("preferred"), last.queryset)
        last.widget.choices = last.choices
        self.rows = {CASE + row.key: row for row in point.fields.all()}
        for name, row in self.rows.items():
            self.fields[name] = _case_field(row)

    def _offer_both(self) -> None:
        """Where the clock shows this moment twice one says which is meant; nobody else is asked."""
        try:
            both = twice(shown) if _within(shown := self.fields["at"].clean(self.data.get("at"))) else []
        except ValidationError:
            return
        if both:
            self.data.setdefault("which", FIRST)
            words = "At this change of the clocks the hour comes twice."
            self.fields["which"] = forms.ChoiceField(choices=both, label="Which of the two", help_text=words)
            self.order_fields(["point", "name", "email", "language", "page", "at", "which"])

    def clean_at(self):
        """Hours are looked at for weeks around it, and calendars have an end."""
        shown = self.cleaned_data["at"]
        if shown and not _within(shown):
            raise ValidationError(f"Choose a moment from {YEARS[0]} to {YEARS[1]}.")
        return shown and moment(shown, self.data.get("which", FIRST))

    def clean(self):
        given = super().clean()
        for name, row in self.rows.items():
            answer = given.get(name, "")
            if answer and (mistake := row.mistake(answer)):
                self.add_error(name, ValidationError(f"Contacts could not send this: {wording.PAGE['en'][mistake]}"))
        return given

    def sample(self, at) -> Sample:
        given = self.cleaned_data
        case = {row.key: given[name] for name, row in self.rows.items() if given.get(name)}
        contact = f"{given['name']} {given['email']}"
        language = given["language"] or given["point"].language or wording.DEFAULT
        return Sample(given["at"] or at, case, contact, language, given["page"])


def _within(shown) -> bool:
    return shown is not None and YEARS[0] <= shown.year < YEARS[1]


def _case_field(row: PreChatField) -> forms.Field:
    about = {"label": f"{row.label} ({row.key})", "required": False, "help_text": "" if row.asked else AGENTS}
    if row.type == PreChatField.CHOICE:
        return forms.ChoiceField(choices=[("", "not answered"), *_pairs(row.answers())], **about)
    return forms.CharField(max_length=500, **about)


def _pairs(answers: list[str]) -> list[tuple[str, str]]:
    return [(answer, answer) for answer in answers]


@require_GET
def try_it(request):
    """A form and what would be decided. It only reads, so its address can be kept and passed on."""
    point = _point(request.GET.get("point", ""))
    context = {**admin.site.each_context(request), "title": "Try it", "zone": timezone.get_current_timezone_name()}
    if point is None:
        return render(request, "admin/try_it.html", context)
    form, at = TryForm(request.GET.dict(), point), now()
    context |= {"form": form, "point": point, "about": PAGE.about}
    if "try" in request.GET and form.is_valid():
        given = form.cleaned_data
        asked = {"waited": given["waited"] or 0, "last_agent": given["last_agent"], "now": at}
        context["found"] = attempt(given["point"], form.sample(at), **asked)
    return render(request, "admin/try_it.html", context)


def _point(id: str) -> RoutingPoint | None:
    """The one that was chosen, else the first."""
    rows = RoutingPoint.objects.select_related("queue")
    try:
        return rows.filter(pk=id).first() if id else rows.first()
    except ValidationError:
        return rows.first()


PAGE = Extra(
    "Routing",
    24,
    "try_it",
    "Try it",
    "Where a chat with certain data would go at a certain moment: rule, queue, agents, and why. Nothing is written.",
    try_it,
)
admin.site.add_page(PAGE)
