"""Opening hours with their week and exceptions."""

from django.contrib import admin
from django.db.models import Count

from core.backoffice.pages import Inline, Page
from core.clock import now
from routing.hours import is_open
from routing.models import OpeningException, OpeningHours, OpenSpan


class WeekInline(Inline):
    model = OpenSpan
    fields = ["weekday", "opens", "closes"]
    verbose_name, verbose_name_plural = "span", "The week: when it is open"


class ExceptionInline(Inline):
    model = OpeningException
    fields = ["day", "opens", "closes", "name"]
    verbose_name, verbose_name_plural = "exception", "Exceptions: days that are otherwise"


@admin.register(OpeningHours)
class OpeningHoursAdmin(Page):
    section, place = "Routing", 22
    about = "When queues are open. Outside of it contacts may leave a message."
    instead = "Give its queues other hours first."
    list_display = ["name", "time_zone", "now_it_is", "queue_count"]
    search_fields = ["name"]
    inlines = [WeekInline, ExceptionInline]

    def get_queryset(self, request):
        rows = super().get_queryset(request).annotate(queue_count=Count("queue", distinct=True))
        return rows.prefetch_related("week", "exceptions")

    @admin.display(description="Now")
    def now_it_is(self, hours):
        return "open" if is_open(hours.schedule(), now()) else "closed"

    @admin.display(description="Queues", ordering="queue_count")
    def queue_count(self, hours):
        return hours.queue_count
