"""Rules: which set agents choose from, how, and whether they must."""

from django import forms
from django.contrib import admin

from core.backoffice.pages import Page
from interactions.actions import outcomes
from interactions.checks import NO_CODES, active
from interactions.models import DispositionRule


class RuleForm(forms.ModelForm):
    def clean(self):
        given = super().clean()
        chosen = given.get("set")
        if given.get("required") and chosen and not active(chosen):
            self.add_error("required", NO_CODES.format(set=chosen, remedy="Give it a code first, or unset Required."))
        self._check_place(given)
        return given

    def _check_place(self, given: dict) -> None:
        if {"queue", "routing_point"} <= set(given) and not (given["queue"] or given["routing_point"]):
            others = DispositionRule.objects.filter(queue=None, routing_point=None).exclude(pk=self.instance.pk)
            if others.exists():
                self.add_error("queue", "There is a rule for every other chat already: choose a place, or change that.")


@admin.register(DispositionRule)
class DispositionRuleAdmin(Page):
    section, place = "Outcomes", 33
    about = (
        "Which set agents choose from, how, and whether they must. The rule of the queue decides, "
        "else that of the routing point, else the one for every other chat."
    )
    form = RuleForm
    fieldsets = [
        ("Where", {"fields": ["queue", "routing_point"]}),
        ("What", {"fields": ["set", "display", "max_codes", "after_only"]}),
        ("Whether it must be chosen", {"fields": ["required", "required_of_others"]}),
    ]
    list_display = ["applies_to", "set", "asked_of", "display", "max_codes", "when"]
    list_filter = ["required", "display", "set"]
    list_select_related = ["queue", "routing_point", "set"]
    autocomplete_fields = ["queue", "routing_point", "set"]
    search_fields = ["queue__name", "routing_point__name", "set__name"]
    ordering = ["queue__name", "routing_point__name"]

    def save_model(self, request, obj, form, change):
        """The chats of its old place hear of it too."""
        before = [outcomes.reach(DispositionRule.objects.get(pk=obj.pk))] if change else []
        super().save_model(request, obj, form, change)
        outcomes.rules_changed([*before, outcomes.reach(obj)])

    def delete_model(self, request, obj):
        reach = outcomes.reach(obj)
        super().delete_model(request, obj)
        outcomes.rules_changed([reach])

    @admin.display(description="For", ordering="queue__name")
    def applies_to(self, rule):
        if rule.queue:
            return f"Queue {rule.queue}"
        return f"Routing point {rule.routing_point}" if rule.routing_point else rule.place

    @admin.display(description="Chosen", ordering="after_only")
    def when(self, rule):
        return "only after the chat" if rule.after_only else "during the chat and after it"

    @admin.display(description="Required of", ordering="required")
    def asked_of(self, rule):
        if rule.required_of_others:
            return "everybody"
        return "the last owner" if rule.required else "nobody"
