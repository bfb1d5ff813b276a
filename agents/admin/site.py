"""Options of the whole site: one row, opened directly."""

from django.contrib import admin
from django.forms import ModelForm
from django.shortcuts import redirect
from django.urls import reverse

from agents.actions import people
from agents.models import Agent, Site
from core.backoffice.pages import Page

POOL_LEAST = 10


class SiteForm(ModelForm):
    class Meta:
        labels = {
            "pool_seconds": "Request ends after, seconds",
            "pool_rings": "Request ends after, rings",
            "auto_after_call_work": "After Call Work by itself",
            "helper_close": "Helper closes after, seconds",
        }

    def clean(self):
        given = super().clean()
        if given.get("pending_amber", 0) >= given.get("pending_red", 1):
            self.add_error("pending_red", "Red comes after amber: give it more seconds.")
        if given.get("pool_seconds", POOL_LEAST) < POOL_LEAST:
            self.add_error("pool_seconds", f"Nobody can answer so fast: at least {POOL_LEAST} seconds.")
        return given


@admin.register(Site)
class SiteAdmin(Page):
    section, place, menu_name = "Site", 40, "Site options"
    about = "Name, capacity, limits and times that hold for the whole site."
    form = SiteForm
    fieldsets = [
        (None, {"fields": ["name"]}),
        ("Capacity", {"fields": ["capacity", "over_capacity", "unclosed_limit", "party_limit", "consultation_limit"]}),
        ("Invitations", {"fields": ["missed_limit", "consultant_accepts", "pool_seconds", "pool_rings"]}),
        ("Privileges", {"fields": ["role"]}),
        ("Workspace", {"fields": ["lock_minutes", "lock_not_ready", "auto_answer", "auto_answer_delay"]}),
        ("After a chat", {"fields": ["auto_after_call_work", "helper_close"]}),
        ("Times, in seconds", {"fields": ["pending_amber", "pending_red", "contact_grace"]}),
    ]

    def changelist_view(self, request, extra_context=None):
        """There is one row, so the list is skipped."""
        site = Site.objects.first()
        where, args = ("change", [site.pk]) if site else ("add", [])
        return redirect(reverse(f"admin:agents_site_{where}", args=args))

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Site.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        people.tell(Agent.objects.all())
        if "role" in form.changed_data:
            people.other_privileges(Agent.objects.all())
