"""Skills, and the agents who have them."""

from django.contrib import admin
from django.db.models import Prefetch

from agents.models import AgentSkill, Skill
from core.backoffice.pages import Inline, Page


class AgentsOfSkill(Inline):
    model = AgentSkill
    fields = ["agent", "level"]
    autocomplete_fields = ["agent"]
    verbose_name, verbose_name_plural = "agent", "Agents who have it, with their level"


class SkillsOfAgent(Inline):
    model = AgentSkill
    fields = ["skill", "level"]
    verbose_name, verbose_name_plural = "skill", "Skills, with the level"


@admin.register(Skill)
class SkillAdmin(Page):
    section, place = "People", 12
    about = "What some agents can do, e.g. Fibre. Agents can ask a skill into a chat: whoever has it is asked."
    instead = "Take its agents out instead; the history keeps it."
    list_display = ["name", "who"]
    search_fields = ["name"]
    inlines = [AgentsOfSkill]

    def get_queryset(self, request):
        levels = AgentSkill.objects.select_related("agent").order_by("-level", "agent__name")
        return super().get_queryset(request).prefetch_related(Prefetch("levels", levels))

    @admin.display(description="Agents and levels")
    def who(self, skill):
        return ", ".join(f"{each.agent.nickname} {each.level}" for each in skill.levels.all()) or "nobody"
