"""Webhooks: who is told of what, and how it goes."""

from django.contrib import admin, messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime

from core.backoffice.names import Name, finder
from core.backoffice.notices import Notice, teller
from core.backoffice.pages import Page
from core.clock import now
from core.errors import Invalid
from webhooks import actions
from webhooks.models import Delivery, Webhook

from .forms import WebhookForm

FIELDS = ["name", "url", "wanted", "owner_name", "active"]
STORED = ["name", "url", "events", "owner", "active"]


@teller
def disabled() -> list[Notice]:
    found = Webhook.objects.exclude(disabled_at=None)[:5]
    words = "The webhook “{}” was disabled: {} What happens meanwhile is kept until it is active again."
    return [Notice(words.format(row.name, row.problem), _page(row)) for row in found]


@finder
def webhook_names(ids) -> dict:
    return {row.pk: Name(row.name, _page(row)) for row in Webhook.objects.filter(pk__in=ids)}


def _page(row: Webhook) -> str:
    return reverse("admin:webhooks_webhook_change", args=[row.pk])


@admin.register(Webhook)
class WebhookAdmin(Page):
    section, place = "Programs", 46
    about = "Other systems that are told what happens: each event signed, and tried again for three days."
    form = WebhookForm
    list_display = ["name", "url", "told_of", "owner", "active", "state"]
    list_filter = ["active"]
    list_select_related = ["owner"]
    search_fields = ["name", "url"]
    actions = ["new_secret"]
    readonly_fields = ["state"]

    def get_fields(self, request, obj=None):
        return [*FIELDS, "replay_from", "state"] if obj else FIELDS

    def get_changeform_initial_data(self, request):
        return {"owner_name": request.user.get_username(), "wanted": "interaction.*"}

    def get_deleted_objects(self, objs, request):
        """What waits for it goes along, though nobody may delete that by itself."""
        found, counted, needed, kept = super().get_deleted_objects(objs, request)
        return found, counted, set(needed) - {Delivery._meta.verbose_name}, kept

    def save_model(self, request, obj, form, change):
        at = now()
        if not change:
            return actions.subscribe(obj, now=at)
        actions.revise(obj, fields=STORED, now=at)
        if since := form.cleaned_data.get("replay_from"):
            self._replay(request, obj, since, at)

    def _replay(self, request, obj, since, at):
        try:
            count = actions.replay(obj.pk, since, now=at)
        except Invalid as error:
            return self.message_user(request, error.message, messages.WARNING)
        self.message_user(request, f"{count} events are read again; those it wants go out once more.", messages.SUCCESS)

    def response_add(self, request, obj, post_url_continue=None):
        return self._shown(request, obj)

    @admin.action(description="New secret", permissions=["change"])
    def new_secret(self, request, queryset):
        """One at a time: it is shown once. The old one signs beside it for a day."""
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            return self.message_user(request, "Choose one webhook: its secret is shown once.", messages.WARNING)
        webhook = actions.rotate(chosen[0].pk, now=now())
        self.log_change(request, webhook, "New secret.")
        return self._shown(request, webhook)

    def _shown(self, request, webhook):
        """The one page that shows the secret; a message would keep it in a cookie."""
        page = {**self.admin_site.each_context(request), "title": f"Secret of {webhook.name}", "opts": self.opts}
        return render(request, "admin/webhooks/webhook/secret.html", {**page, "webhook": webhook})

    @admin.display(description="Events")
    def told_of(self, row):
        return ", ".join("everything" if name == "*" else name for name in row.events)

    @admin.display(description="State")
    def state(self, row):
        if row.disabled_at:
            return f"Disabled {localtime(row.disabled_at):%Y-%m-%d %H:%M}: {row.problem}"
        if not row.active:
            return "Paused"
        since = row.failing_since and f"Failing since {localtime(row.failing_since):%Y-%m-%d %H:%M}: {row.problem}"
        return since or "Well"
