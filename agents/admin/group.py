"""Agent groups."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.forms import CharField, ModelMultipleChoiceField

from agents.actions import people
from agents.forms import AmberAndRed
from agents.models import Agent, AgentGroup, Site
from agents.options import GROUP, at, effective
from agents.showing import in_topics, table
from core.backoffice.choosing import some_of
from core.backoffice.pages import Page
from core.clock import now
from core.configuration import watching

User = get_user_model()


class GroupForm(AmberAndRed):
    agents = ModelMultipleChoiceField(
        Agent.objects.all(),
        required=False,
        label="Agents",
        help_text="Who is asked when a chat is conferenced with the group, e.g. Bo and Cy.",
    )

    administered_by = CharField(
        required=False,
        label="Administrators",
        help_text="Whose user names are here change the group's own queues and read its figures, e.g. sue, ana.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        agents = self.fields["agents"]
        agents.widget = some_of(Agent.groups.through._meta.get_field("agent"), agents.queryset)
        agents.widget.choices = agents.choices
        if not self.instance._state.adding:
            users = self.instance.administrators.order_by("username")
            self.initial["administered_by"] = ", ".join(users.values_list("username", flat=True))
        if not self.instance._state.adding:
            self.initial["agents"] = list(self.instance.agents.values_list("pk", flat=True))

    def clean_administered_by(self):
        names = {name.strip() for name in self.cleaned_data["administered_by"].split(",") if name.strip()}
        found = list(User.objects.filter(username__in=names))
        if missing := names - {user.username for user in found}:
            raise ValidationError(f"Nobody has the user name {', '.join(sorted(missing))}.")
        return found


admin.site.add_part(lambda user: AgentGroup.objects.filter(administrators=user.pk).exists())


@admin.register(AgentGroup)
class AgentGroupAdmin(Page):
    section, place = "People", 11
    about = "Agents who belong together, e.g. a team, with their capacity. Agents can ask a group into a chat."
    instead = "Take its agents out instead; the history keeps it."
    form = GroupForm
    fieldsets = [
        (None, {"fields": ["name", "agents", "role", "administered_by"]}),
        *in_topics(GROUP),
        ("In force", {"fields": ["in_force"]}),
    ]
    readonly_fields = ["in_force"]
    list_display = ["name", "members", "role", "capacity"]
    list_select_related = ["role"]
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(members=Count("agents"))

    def save_related(self, request, form, formsets, change):
        """Whoever was in the group and whoever is now: their capacity may be another."""
        super().save_related(request, form, formsets, change)
        group = form.instance
        before, after = (
            set(group.agents.values_list("pk", flat=True)),
            {each.pk for each in form.cleaned_data["agents"]},
        )
        with watching.changes_of(Agent, before ^ after, who=request.user.get_username(), now=now()):
            group.agents.set(after)
        group.administrators.set(form.cleaned_data["administered_by"])
        concerned = Agent.objects.filter(pk__in=before | after)
        people.tell(concerned)
        if {"role", "agents"} & set(form.changed_data):
            people.other_privileges(concerned)

    def delete_model(self, request, group):
        """Whoever was in it may do other things now, and their capacity may be another."""
        concerned = Agent.objects.filter(pk__in=list(group.agents.values_list("pk", flat=True)))
        super().delete_model(request, group)
        people.tell(concerned)
        people.other_privileges(concerned)

    @admin.display(description="Options")
    def in_force(self, group):
        """What members get from here; the word of an agent, or of another group of theirs, may be another."""
        if group._state.adding:
            return "Shown here once the group is saved."
        site = Site.current()
        return table((name, effective(name, site=site, groups=[group])) for name in at(GROUP))

    @admin.display(description="Agents", ordering="members")
    def members(self, group):
        return group.members
