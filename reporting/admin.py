"""Simulate: what a day would have been with other queues, hours, skills and staffing, in a process of its own."""

import asyncio
import json
import shlex
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.backoffice.site import Extra
from routing.models import OpeningHours, Queue
from routing.strategies import STRATEGIES

from . import picture
from .days import MOST_CHATS, MOST_UNANSWERED
from .simulating import ALWAYS, MOST_AGENTS, MOST_SLOTS

MOST_SECONDS = 86_400
MOST_PERCENT = round(MOST_UNANSWERED * 100)
TIME_LIMIT = 300
HERE = "<!-- the result comes here -->"
COLUMNS = {
    "offered": "Offered",
    "turned_away": "Turned away: closed",
    "answered": "Answered",
    "abandoned": "Abandoned",
    "service_level": "Service level, 20 s",
    "average": "Average wait",
    "ninth": "90 % wait at most",
    "longest": "Longest wait",
    "occupancy": "Occupancy",
}
SHARES, COUNTS = ("service_level", "occupancy"), ("offered", "turned_away", "answered", "abandoned")

_running: set = set()


class DayForm(forms.Form):
    """The day, and what holds for everybody."""

    day = forms.DateField(
        required=False,
        label="Day to replay",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Its chats, and when agents were Ready and what they did. Empty: a day is made up from what follows.",
    )
    chats = forms.IntegerField(min_value=1, max_value=MOST_CHATS, initial=2000, help_text="How many come, e.g. 2000.")
    begins = forms.IntegerField(min_value=0, max_value=23, initial=8, label="From, o'clock")
    ends = forms.IntegerField(min_value=1, max_value=24, initial=18, label="To, o'clock")
    handling = forms.IntegerField(
        min_value=1, max_value=MOST_SECONDS, initial=360, label="Handling, seconds", help_text="The average, e.g. 360."
    )
    patience = forms.IntegerField(
        min_value=1, max_value=MOST_SECONDS, initial=300, label="Patience, seconds",
        help_text="How long contacts would wait on the average before they leave, e.g. 300.",
    )  # fmt: skip
    rejects = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_PERCENT, label="Rejected, %", help_text="Of the rings, e.g. 2."
    )
    misses = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_PERCENT, label="Missed, %",
        help_text="Of the rings, e.g. 3. Too many in a row set the agent Not Ready for two minutes.",
    )  # fmt: skip
    capacity = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_SLOTS, label="Chats at the same time",
        help_text="Of every agent, with the changes. Empty: as it is.",
    )  # fmt: skip

    def clean(self):
        given = super().clean()
        if given.get("begins", 0) >= given.get("ends", 24):
            self.add_error("ends", "The day ends after it has begun.")
        if (given.get("rejects") or 0) + (given.get("misses") or 0) > MOST_PERCENT:
            self.add_error("misses", f"At most {MOST_PERCENT} % together with what is rejected.")
        return given


class QueueForm(forms.Form):
    """What is otherwise for one queue. What is left empty stays as it is."""

    agents = forms.IntegerField(
        required=False, min_value=-MOST_AGENTS, max_value=MOST_AGENTS, label="Agents more or fewer"
    )
    strategy = forms.ChoiceField(
        required=False, choices=[("", "as it is"), *((key, one.label) for key, one in STRATEGIES.items())]
    )
    priority = forms.IntegerField(required=False, min_value=-1000, max_value=1000)
    ageing = forms.IntegerField(required=False, min_value=0, max_value=MOST_SECONDS, label="Ageing, seconds")
    skills = forms.ChoiceField(required=False, choices=[("", "as they are"), ("no", "not needed")], label="Skills")
    also = forms.ModelChoiceField(Queue.objects, required=False, label="Also offer to", empty_label="as it is")
    after = forms.IntegerField(required=False, min_value=0, max_value=MOST_SECONDS, label="... after seconds")

    hours = forms.ChoiceField(required=False, label="Opening hours")

    def __init__(self, data, queue: Queue, number: int, hours: list[str]):
        super().__init__(data, prefix=f"q{number}")
        self.queue = queue
        named = [(name, name) for name in hours]
        self.fields["hours"].choices = [("", "as they are"), (ALWAYS, "always open"), *named]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{queue}: {field.label or ''}".strip()

    def clean(self):
        given = super().clean()
        if given.get("also") == self.queue:
            self.add_error("also", "The queue's own agents are asked already.")
        return given

    def words(self) -> str | None:
        """As `manage.py simulate` takes it; None where nothing changes."""
        given = self.cleaned_data
        found = [f"{name}={given[name]}" for name in ("strategy", "skills") if given[name]]
        found += [f"{name}={given[name]}" for name in ("agents", "priority", "ageing") if given[name] is not None]
        if given["hours"]:
            found.append(f"hours={_quoted(given['hours'])}")
        if given["also"]:
            found.append(f"also={_quoted(given['also'].name)}:{given['after'] or 0}")
        return " ".join([_quoted(self.queue.name), *found]) if found else None


def _quoted(name: str) -> str:
    return shlex.quote(name)


@dataclass(frozen=True, slots=True)
class Row:
    """One queue, or all: (as it is, with the changes) of each figure, in words."""

    name: str
    cells: list[tuple[str, str]]


@require_GET
def simulate(request):
    """A form; asked for a result, the answer tells how far it is until the result stands in it."""
    given = request.GET.dict() if "run" in request.GET else None
    day = DayForm(given) if given else DayForm()
    hours = list(OpeningHours.objects.values_list("name", flat=True))
    queues = [QueueForm(given, queue, number, hours) for number, queue in enumerate(Queue.objects.order_by("name"))]
    context = {**admin.site.each_context(request), "title": PAGE.name, "about": PAGE.about, "day": day}
    context |= {"queues": queues, "zone": timezone.get_default_timezone_name()}
    if given is None or not all([day.is_valid(), *(form.is_valid() for form in queues)]):
        return render(request, "admin/simulate.html", context)
    page = render_to_string("admin/simulate.html", {**context, "here": HERE}, request)
    answer = StreamingHttpResponse(_answer(page, arguments(day, queues)), content_type="text/html; charset=utf-8")
    answer.headers["X-Accel-Buffering"] = "no"  # a proxy that gathers would hide how far it is
    return answer


def arguments(day: DayForm, queues: list[QueueForm]) -> list[str]:
    given = day.cleaned_data
    if given["day"]:
        found = [f"--day={given['day']}"]
    else:
        found = [f"--chats={given['chats']}", f"--hours={given['begins']}-{given['ends']}"]
        found += [f"--{name}={given[name] or 0}" for name in ("handling", "patience", "rejects", "misses")]
    if given["capacity"] is not None:
        found.append(f"--capacity={given['capacity']}")
    return found + [f"--queue={words}" for form in queues if (words := form.words())]


async def _answer(page: str, given: list[str]) -> AsyncIterator[str]:
    head, _, tail = page.partition(HERE)
    yield head
    if _running:
        yield _said("Another simulation runs in this process. Try again in a minute.")
    else:
        async for part in _played(given):
            yield part
    yield tail


async def _played(given: list[str]) -> AsyncIterator[str]:
    """Progress, then the result. Whoever closes the page ends it."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "simulate", "--json", *given]
    _running.add(id(given))
    process = None
    try:
        yield told({"progress": 0})
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, limit=2**22)
        async with asyncio.timeout(TIME_LIMIT):
            async for line in process.stdout:
                yield told(json.loads(line))
            if await process.wait():
                yield _said("The simulation failed; the server's log says why.")
    except TimeoutError:
        yield _said(f"It takes more than {TIME_LIMIT} seconds here. Take fewer chats, or manage.py simulate.")
    finally:
        _running.discard(id(given))
        if process is not None and process.returncode is None:
            process.kill()


def told(line: dict) -> str:
    """What the command says, for the page."""
    if "progress" in line:
        part = line["progress"]
        bar = f'<progress value="{part:.2f}" aria-hidden="true"></progress>'
        return f'<p class="progress">{bar} {part:.0%} of both days</p>\n'
    if "mistake" in line:
        return _said(line["mistake"])
    return render_to_string("admin/simulated.html", shown(line["result"]))


def _said(words: str) -> str:
    return render_to_string("admin/simulated.html", {"mistake": words})


def shown(result: dict) -> dict:
    before, after = result["before"], result["after"]
    rows = [_row("All queues", before["total"], after["total"])]
    rows += [_row(name, before["queues"][name], after["queues"][name]) for name in result["names"]]
    columns = [
        pair
        for hour, (one, other) in enumerate(zip(before["hours"], after["hours"], strict=True))
        for pair in ((f"{hour}:00", (one, 0.0)), ("", (0.0, other)))
    ]
    drawn = picture.draw(columns, ("as it is", "with the changes"))
    return {"about": result["about"], "rows": rows, "columns": COLUMNS.values(), "drawn": drawn}


def _row(name: str, before: dict, after: dict) -> Row:
    return Row(name, [(figure(key, before[key]), figure(key, after[key])) for key in COLUMNS])


def figure(key: str, value) -> str:
    if value is None:
        return "none"
    if key in SHARES:
        return f"{value:.1%}".replace("%", " %")
    return f"{value:,}" if key in COUNTS else f"{value:,.1f} s"


PAGE = Extra(
    "Routing",
    25,
    "simulate",
    "Simulate",
    "What a day would have been with other queues, skills, hours and staffing: waits, service level, abandonment, "
    "occupancy, decided by the engine that routes. Nothing is written.",
    simulate,
)
admin.site.add_page(PAGE)
