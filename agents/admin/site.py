"""Options of the whole site: one row, opened directly."""

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse

from agents.actions import people
from agents.forms import AmberAndRed
from agents.models import Agent, Site
from agents.options import SITE
from agents.showing import in_topics
from core.backoffice.pages import Page


@admin.register(Site)
class SiteAdmin(Page):
    section, place, menu_name = "Site", 40, "Site options"
    about = "Name, capacity, limits and times that hold for the whole site."
    form = AmberAndRed
    fieldsets = [
        (None, {"fields": ["name"]}),
        ("Privileges", {"fields": ["role"]}),
        *in_topics(SITE),
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
