"""Skills, and the agents who have them."""

from django import forms
from django.contrib import admin
from django.db.models import Count, Prefetch
from django.urls import reverse
from django.utils.html import format_html

from agents.actions import people
from agents.models import Agent, AgentSkill, Skill
from core.backoffice.choosing import some_of
from core.backoffice.pages import Inline, Page
from core.clock import now
from core.configuration import watching

NAMED = 12  # of those who have it, in the list


class AgentsOfSkill(Inline):
    model = AgentSkill
    fields = ["agent", "level"]
    autocomplete_fields = ["agent"]
    verbose_name, verbose_name_plural = "agent", "Agents who have it, with their level"


class SkillsOfAgent(Inline):
    model = AgentSkill
    fields = ["skill", "level"]
    verbose_name, verbose_name_plural = "skill", "Skills, with the level"


class ManyForm(forms.ModelForm):
    """Of a skill that more agents have than the page has lines for: some of them, and what is to become of theirs."""

    who = forms.ModelMultipleChoiceField(
        Agent.objects.all(), required=False, label="Change", help_text="Agents whose level is to be another, e.g. Bo."
    )
    level = forms.TypedChoiceField(
        coerce=int,
        required=False,
        empty_value=None,
        label="Their level from now on",
        choices=[("", "as it is"), *((n, n) for n in range(10, 0, -1)), (0, "none: take the skill from them")],
        help_text="The same for all of them. Who has not got the skill yet gets it.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        some = self.fields["who"]
        some.widget = some_of(AgentSkill._meta.get_field("agent"), some.queryset)
        some.widget.choices = some.choices

    def clean(self):
        given = super().clean()
        if given.get("who") and given.get("level") is None:
            self.add_error("level", "Choose the level that these agents are to have.")
        if not given.get("who") and given.get("level") is not None:
            self.add_error("who", "Choose the agents who are to have this level.")
        return given


@admin.register(Skill)
class SkillAdmin(Page):
    section, place = "People", 12
    about = "What some agents can do, e.g. Fibre. Agents can ask a skill into a chat: whoever has it is asked."
    instead = "Take its agents out instead; the history keeps it."
    list_display = ["name", "best_of"]
    search_fields = ["name"]
    inlines = [AgentsOfSkill]
    readonly_fields = ["everybody"]

    def get_queryset(self, request):
        levels = AgentSkill.objects.select_related("agent").order_by("-level", "agent__name")
        rows = super().get_queryset(request).annotate(having=Count("levels"))
        return rows.prefetch_related(Prefetch("levels", levels[:NAMED], to_attr="best"))

    def get_fields(self, request, obj=None):
        return ["name", "everybody", "who", "level"] if _many(obj) else ["name"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **(kwargs | {"form": ManyForm} if _many(obj) else kwargs))

    def get_inlines(self, request, obj):
        """As many lines as a form can hold; of more agents some are searched."""
        return [] if _many(obj) else self.inlines

    def save_related(self, request, form, formsets, change):
        """The levels are the agents' own: each whose level is another has that in the history."""
        named = {line.instance.agent_id for lines in formsets for line in lines.forms}
        named |= {line.initial.get("agent") for lines in formsets for line in lines.forms} - {None}
        some, level = form.cleaned_data.get("who") or [], form.cleaned_data.get("level")
        concerned = [key for key in {*named, *(agent.pk for agent in some)} if key]
        with watching.changes_of(Agent, concerned, who=request.user.get_username(), now=now()):
            super().save_related(request, form, formsets, change)
            if some:
                people.give_level(form.instance, some, level)

    @admin.display(description="Agents and levels")
    def best_of(self, skill):
        named = ", ".join(f"{each.agent.nickname} {each.level}" for each in skill.best) or "nobody"
        others = skill.having - len(skill.best)
        return f"{named} and {others:,} more" if others else named

    @admin.display(description="Agents")
    def everybody(self, skill):
        """Where they are, when they are too many for this page."""
        address = f"{reverse('admin:agents_agent_changelist')}?skills__id__exact={skill.pk}"
        words = (
            "{} agents have it: <a href='{}'>list of these agents</a>. Below, some of them or others get another level."
        )
        return format_html(words, f"{skill.having:,}", address)


def _many(skill: Skill | None) -> bool:
    return skill is not None and skill.having > AgentsOfSkill.max_num
