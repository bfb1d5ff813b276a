"""Mail that left, waits or failed: read-only, with a way to try it again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localtime

from core.backoffice.pages import ReadOnlyPage
from core.clock import now
from core.errors import Conflict
from interactions.actions import mail
from interactions.models import OutgoingMail
from interactions.states import Mailed


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyPage):
    place = 51
    menu_name = "Mail"
    about = (
        "Mail of agents about chats, and transcripts that contacts asked for. What cannot be sent is tried again for a "
        "day; failed ones can be tried again here."
    )
    list_display = ["written", "writer", "to", "about_chat", "subject", "how"]
    list_filter = ["state"]
    list_select_related = ["author", "interaction__contact"]
    search_fields = ["to", "subject"]
    search_help_text = "Address or subject; the subject holds the reference of the chat"
    date_hierarchy = "created_at"
    actions = ["try_again"]

    def has_try_permission(self, request):
        return self.has_view_permission(request)

    @admin.action(description="Try again now", permissions=["try"])
    def try_again(self, request, queryset: QuerySet):
        """Each by itself: one that was sent meanwhile leaves the others alone."""
        done = [row for row in queryset.order_by("created_at") if self._tried(request, row)]
        words = f"{len(done)} of {queryset.count()} tried again now; the others were sent, or are about to be."
        self.message_user(request, words, messages.SUCCESS if done else messages.WARNING)

    def _tried(self, request, row: OutgoingMail) -> bool:
        try:
            mail.retry_for_all(row.pk, by="admin", now=now())
        except Conflict:
            return False
        self.log_change(request, row, "Tried again.")
        return True

    @admin.display(description="Written", ordering="created_at")
    def written(self, row):
        return f"{localtime(row.created_at):%Y-%m-%d %H:%M}"

    @admin.display(description="By", ordering="author")
    def writer(self, row):
        return writer_of(row)

    @admin.display(description="Chat")
    def about_chat(self, row):
        address = reverse("admin:interactions_interaction_change", args=[row.interaction_id])
        return format_html('<a href="{}">{}</a>', address, row.interaction.contact.label)

    @admin.display(description="State", ordering="state")
    def how(self, row):
        return state_of(row)


def writer_of(row: OutgoingMail) -> str:
    return "Transcript, asked for by the contact" if row.is_transcript else row.author.name


def state_of(row: OutgoingMail) -> str:
    """Sent when, or what is the matter and when it is tried again."""
    if row.state == Mailed.SENT:
        return f"Sent {localtime(row.sent_at):%H:%M}"
    if row.state == Mailed.FAILED:
        return f"Failed: {row.problem}"
    return f"Tried again {localtime(row.next_at):%H:%M}: {row.problem}" if row.problem else "Queued"
