"""The chat status menu."""

from django.contrib import admin

from agents.actions import people
from agents.models import Agent, MenuEntry
from core.backoffice.pages import Page


@admin.register(MenuEntry)
class MenuEntryAdmin(Page):
    section, place, menu_name = "People", 14, "Status menu"
    about = "Which statuses agents may choose, in which order. Reasons stand below Not Ready, in an order of their own."
    list_display = ["entry", "position", "active"]
    list_editable = ["position", "active"]
    list_display_links = None

    @admin.display(description="Status")
    def entry(self, row):
        return str(row)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        people.tell(Agent.objects.all())
