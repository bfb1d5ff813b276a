"""Try it: where a chat with these data would go, and why."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from agents.models import Agent
from core.backoffice.site import Extra
from core.clock import now
from interactions.trying import attempt
from routing import wording
from routing.models import PreChatField, RoutingPoint
from routing.rules import Sample

DAY = 24 * 3600
CASE = "case_"


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
    at = forms.DateTimeField(
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
        self.rows = {CASE + row.key: row for row in point.fields.all()}
        for name, row in self.rows.items():
            self.fields[name] = _case_field(row)

    def clean(self):
        given = super().clean()
        for name, row in self.rows.items():
            answer = given.get(name, "")
            if answer and (mistake := row.mistake(answer)):
                self.add_error(name, ValidationError(f"Contacts could not send this: {wording.PAGE['en'][mistake]}"))
        return given

    def sample(self, moment) -> Sample:
        given = self.cleaned_data
        case = {row.key: given[name] for name, row in self.rows.items() if given.get(name)}
        contact = f"{given['name']} {given['email']}"
        language = given["language"] or given["point"].language or wording.DEFAULT
        return Sample(given["at"] or moment, case, contact, language, given["page"])


def _case_field(row: PreChatField) -> forms.Field:
    label = f"{row.label} ({row.key})"
    if row.type == PreChatField.CHOICE:
        return forms.ChoiceField(label=label, required=False, choices=[("", "not answered"), *_pairs(row.answers())])
    return forms.CharField(label=label, required=False, max_length=500)


def _pairs(answers: list[str]) -> list[tuple[str, str]]:
    return [(answer, answer) for answer in answers]


@require_GET
def try_it(request):
    """A form and what would be decided. It only reads, so its address can be kept and passed on."""
    point = _point(request.GET.get("point", ""))
    context = {**admin.site.each_context(request), "title": "Try it", "zone": timezone.get_current_timezone_name()}
    if point is None:
        return render(request, "admin/try_it.html", context)
    form, moment = TryForm(request.GET.dict(), point), now()
    context |= {"form": form, "point": point, "about": PAGE.about}
    if "try" in request.GET and form.is_valid():
        given = form.cleaned_data
        asked = {"waited": given["waited"] or 0, "last_agent": given["last_agent"], "now": moment}
        context["found"] = attempt(given["point"], form.sample(moment), **asked)
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
