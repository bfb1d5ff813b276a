"""Reasons."""

from django.contrib import admin

from agents.actions import people
from agents.models import Agent, Reason
from core.backoffice.pages import Page


@admin.register(Reason)
class ReasonAdmin(Page):
    section, place, menu_name = "People", 13, "Reasons"
    about = "Why an agent is Not Ready, as the status menu offers it."
    instead = "Unset “Active” instead: it leaves the menu, the history keeps it."
    list_display = ["name", "position", "active"]
    list_editable = ["position", "active"]
    search_fields = ["name"]

    def get_queryset(self, request):
        """Those that Parley sets by itself are nobody's to change."""
        return super().get_queryset(request).filter(system=False)

    def save_model(self, request, obj, form, change):
        Agent.hold(Agent.objects.all())
        super().save_model(request, obj, form, change)
        people.tell(Agent.objects.all())
