"""The journal and the administrators' own changes, read-only; and API tokens."""

from uuid import UUID

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.main import ChangeList
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.timezone import localtime

from core.backoffice import (
    configuration,
    tokens,  # noqa: F401 -- registers its page
)
from core.backoffice.names import Name, id_in, names
from core.backoffice.pages import ReadOnlyPage
from core.backoffice.site import Extra
from core.configuration.tables import table
from core.configuration.telling import differences
from core.models import Change, Event


class NamedEvents(ChangeList):
    """A page of events with the names behind their ids, found for all rows at once."""

    def get_results(self, request):
        super().get_results(request)
        events = list(self.result_list)
        known = names({id for event in events for id in _ids(event) if id})
        for event in events:
            event.known = known
        self.result_list = events


@admin.register(Event)
class EventAdmin(ReadOnlyPage):
    place = 52
    about = "Everything that happened to chats and agents, in order. Search by name of the event or by id."
    list_display = ["when", "name", "who", "what", "version", "details"]
    search_fields = ["name"]
    search_help_text = "Name of the event, e.g. interaction.ended, or the id of a chat or an agent"
    date_hierarchy = "at"
    ordering = ["-id"]

    def get_changelist(self, request, **kwargs):
        return NamedEvents

    def get_search_results(self, request, queryset, search_term):
        try:
            return queryset.filter(subject=UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    @admin.display(description="Time", ordering="id")
    def when(self, event):
        return f"{localtime(event.at):%Y-%m-%d %H:%M:%S}"

    @admin.display(description="About")
    def what(self, event):
        return _link(event.known.get(event.subject), str(event.subject))

    @admin.display(description="By", empty_value="")
    def who(self, event):
        return _link(event.known.get(id_in(event.actor)), event.actor)

    @admin.display(description="Details", empty_value="")
    def details(self, event):
        told = ((key, value) for key, value in event.data.items() if key != FACTS)
        return "; ".join(f"{key}: {_plain(event, value)}" for key, value in told) or None

    def has_view_permission(self, request, obj=None):
        """The list shows all there is; a page for one row would add nothing."""
        return obj is None and super().has_view_permission(request)


class KindOfChange(admin.ChoicesFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = "kind of change"


@admin.register(LogEntry)
class ChangeAdmin(ReadOnlyPage):
    place = 53
    menu_name = "Changes"
    about = "What administrators added, changed and deleted on these pages."
    list_display = ["when", "user", "kind", "row", "change"]
    list_select_related = ["user", "content_type"]
    list_filter = [("action_flag", KindOfChange), ("user", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["object_repr", "user__username"]
    search_help_text = "Name of what was changed, or user name of who changed it"
    date_hierarchy = "action_time"

    @admin.display(description="Time", ordering="action_time")
    def when(self, entry):
        return entry.action_time

    @admin.display(description="Of what")
    def row(self, entry):
        return entry.object_repr

    @admin.display(description="Kind", ordering="content_type")
    def kind(self, entry):
        return entry.content_type and entry.content_type.name

    @admin.display(description="Change")
    def change(self, entry):
        return entry.get_change_message() or "Deleted."

    def has_view_permission(self, request, obj=None):
        return obj is None and super().has_view_permission(request)


@admin.register(Change)
class HistoryAdmin(ReadOnlyPage):
    """The rows of the configuration, each change with its difference."""

    place, menu_name = 54, "Differences"
    about = "Every change of the configuration, by form or by file: what it was, what it became, and the way back."
    list_display = ["at", "who", "way", "what", "difference", "back"]
    list_filter = ["way", "section"]
    search_fields = ["row", "former", "section", "who"]
    search_help_text = "Name of the row, of its section, or user name of who changed it"
    date_hierarchy = "at"

    @admin.display(description="Row", ordering="row")
    def what(self, change):
        former = f" (was {change.former})" if change.former else ""
        return f"{change.section} {change.row}".rstrip() + former

    @admin.display(description="Was and became")
    def difference(self, change):
        if change.after is None:
            return "removed"
        rows = [
            (capfirst(_named(change.section, each.what)), each.before or "as it comes", each.after or "as it comes")
            for each in differences(change.before, change.after)
        ]
        added = [] if change.before is not None else ["added"]
        lines = format_html_join("", "<div>{}: {} → {}</div>", rows)
        return format_html("{}{}", *added, lines) if added else lines

    @admin.display(description="Back")
    def back(self, change):
        address = reverse("admin:configuration_revert", args=[change.pk])
        return format_html('<a href="{}">Revert…<span class="visually-hidden"> {}</span></a>', address, change)

    def has_view_permission(self, request, obj=None):
        return obj is None and super().has_view_permission(request)


FACTS = "facts"  # what reports count of an event: they tell it in words
CHECKS = "What cannot work, or hardly was meant, in all of the configuration."
FILE = "Download it, look at what a changed one would do, apply it, go back."

for page in (
    Extra("Site", 48, "checks", "Checks", CHECKS, configuration.show_mistakes),
    Extra("Site", 49, "configuration", "Configuration", FILE, configuration.show),
):
    admin.site.add_page(page)


def _named(section: str, what: str) -> str:
    """As the form calls it, where it is a field of the row itself."""
    found = table(section)
    labels = {each.name: str(each.at.verbose_name) for each in found.columns} if found else {}
    return labels.get(what, what)


def _link(name: Name | None, otherwise: str):
    return format_html('<a href="{}">{}</a>', name.url, name.label) if name else otherwise


def _ids(event: Event) -> list[UUID | None]:
    return [event.subject, id_in(event.actor), *(id_in(value) for value in event.data.values())]


def _plain(event: Event, value) -> str:
    """A name for an id that has one; of other ids the beginning, which is enough to compare."""
    if isinstance(value, list):
        return ", ".join(_plain(event, each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(event, each)}" for key, each in value.items())
    id = id_in(value)
    if id is None:
        return str(value)
    return event.known[id].label if id in event.known else str(id)[:8]
