"""What went out to webhooks, waits or failed: read-only, with a way to send it again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.timezone import localtime

from core.backoffice.pages import ReadOnlyPage
from core.clock import now
from core.errors import Conflict
from webhooks import actions
from webhooks.models import Delivery, Sending


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyPage):
    section, place = "Programs", 47
    about = "What went out to webhooks in the last thirty days. What cannot be sent is tried again for three days."
    list_display = ["when", "webhook", "what", "attempts", "how"]
    list_filter = ["state", "webhook"]
    list_select_related = ["webhook", "event"]
    search_fields = ["event__name"]
    search_help_text = "Name of the event, e.g. interaction.ended"
    date_hierarchy = "created_at"
    actions = ["send_again"]

    def has_send_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return obj is None and super().has_view_permission(request)

    @admin.action(description="Send again", permissions=["send"])
    def send_again(self, request, queryset: QuerySet):
        """Each by itself, with the same id as before."""
        done = [row for row in queryset if self._sent(row)]
        words = f"{len(done)} of {queryset.count()} go out again; the others are about to be sent."
        self.message_user(request, words, messages.SUCCESS if done else messages.WARNING)

    def _sent(self, row: Delivery) -> bool:
        try:
            actions.send_again(row.pk, now=now())
        except Conflict:
            return False
        return True

    @admin.display(description="Queued", ordering="created_at")
    def when(self, row):
        return f"{localtime(row.created_at):%Y-%m-%d %H:%M}"

    @admin.display(description="Event")
    def what(self, row):
        return row.event.name

    @admin.display(description="State", ordering="state")
    def how(self, row):
        if row.state == Sending.SENT:
            return f"Sent {localtime(row.sent_at):%Y-%m-%d %H:%M}"
        if row.state == Sending.FAILED:
            return f"Failed: {row.problem}"
        return f"Tried again {localtime(row.next_at):%H:%M}: {row.problem}" if row.problem else "Queued"
