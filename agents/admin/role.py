"""Roles: what agents may do, as check-boxes by story."""

from django import forms
from django.contrib import admin
from django.utils.text import capfirst

from agents.actions import people
from agents.models import Agent, Role
from agents.privileges import STORIES, SWITCHES, USUAL
from core.backoffice.pages import Page


def _boxes(story: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=[(switch, capfirst(label)) for switch, label in STORIES[story].items()],
        required=False,
        label=story,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
    )


class NamedForm(forms.ModelForm):
    """Of a role: its name, and a field for each story; together they are what the role allows."""

    class Meta:
        model = Role
        fields = ["name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        allowed = USUAL if self.instance._state.adding else self.instance.allowed
        for name, boxes in self.declared_fields.items():
            self.initial.setdefault(name, [switch for switch in STORIES[boxes.label] if switch in allowed])

    def clean_consultation(self):
        """Nobody consults without a medium, or by a medium with nobody."""
        chosen = self.cleaned_data["consultation"]
        kinds = [switch for switch in chosen if "." in switch]
        if bool(kinds) != (len(kinds) < len(chosen)):
            raise forms.ValidationError("Choose both whom to consult and by what, or nothing of it.")
        return chosen

    def save(self, commit=True):
        chosen = {switch for name in self.declared_fields for switch in self.cleaned_data[name]}
        self.instance.allowed = [switch for switch in SWITCHES if switch in chosen]
        return super().save(commit)


RoleForm = type("RoleForm", (NamedForm,), {story.lower(): _boxes(story) for story in STORIES})


@admin.register(Role)
class RoleAdmin(Page):
    section, place = "People", 15
    about = (
        "What agents may do. An agent's own role counts, else those of their groups together, else the site's, "
        "else all that is usual."
    )
    instead = "Give them another role first."
    form = RoleForm
    fieldsets = [(None, {"fields": ["name"]}), ("May", {"fields": list(RoleForm.declared_fields)})]
    list_display = ["name", "held_by", "withholds"]
    search_fields = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("agents", "groups", "sites")

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.changed_data:
            people.other_privileges(Agent.objects.with_role(obj))

    def construct_change_message(self, request, form, formsets, add=False):
        """The history says what was given and what was taken."""
        if add:
            return super().construct_change_message(request, form, formsets, add)
        names = ["Name"] if "name" in form.changed_data else []
        return [{"changed": {"fields": names + _difference(form)}}] if form.changed_data else []

    @admin.display(description="Role of")
    def held_by(self, role):
        names = [str(holder) for holder in (*role.groups.all(), *role.agents.all())]
        return ", ".join([*(["everybody else"] if role.sites.all() else []), *names]) or "nobody"

    @admin.display(description="Does not allow")
    def withholds(self, role):
        return "; ".join(words for switch, words in SWITCHES.items() if switch not in role.allowed) or "nothing"


def _difference(form) -> list[str]:
    before = {switch for name in form.declared_fields for switch in form.initial[name]}
    after = set(form.instance.allowed)
    turned = {switch: "given" if switch in after else "taken" for switch in before ^ after}
    return [f"{words} ({turned[switch]})" for switch, words in SWITCHES.items() if switch in turned]
