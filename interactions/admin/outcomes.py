"""Dispositions: sets with their codes, and the rules that say where they apply."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.forms import ModelForm

from core.backoffice.pages import Inline, Page, Rows
from interactions.models import DispositionCode, DispositionRule, DispositionSet, Segment

NO_CODES = "“{set}” has no active code, so nobody could ever mark a chat done. {remedy}"


class Codes(Rows):
    """A code that chats have stays, and a required set keeps one that can be chosen."""

    def clean(self):
        super().clean()
        rows = [(form, form.cleaned_data) for form in self.forms if getattr(form, "cleaned_data", None)]
        for form, row in rows:
            if row.get("DELETE"):
                self._check_unused(form)
        left = [row for _, row in rows if row.get("active") and not row.get("DELETE")]
        if not left and self.instance.pk and self.instance.rules.filter(required=True).exists():
            remedy = "A rule requires it: leave one code active, or unset Required there first."
            raise ValidationError(NO_CODES.format(set=self.instance, remedy=remedy))

    def _check_unused(self, form) -> None:
        used = Segment.objects.filter(codes=form.instance).count() if form.instance.pk else 0
        if used:
            chats = "1 chat" if used == 1 else f"{used} chats"
            raise ValidationError(f"“{form.instance}” is the outcome of {chats}. Unset Active instead of deleting it.")


class CodeInline(Inline):
    model = DispositionCode
    formset = Codes
    fields = ["position", "name", "active"]
    verbose_name, verbose_name_plural = "code", "Codes, as agents choose from them"


@admin.register(DispositionSet)
class DispositionSetAdmin(Page):
    section, place = "Outcomes", 30
    about = "Codes that are offered together, e.g. Resolved and Escalated."
    list_display = ["name", "active_codes", "used_by"]
    search_fields = ["name"]
    inlines = [CodeInline]

    def get_queryset(self, request):
        active = Count("codes", filter=Q(codes__active=True))
        return super().get_queryset(request).annotate(active_count=active).prefetch_related("rules__queue")

    def refusal(self, chosen) -> str | None:
        """Codes go one by one, each with its own reason to stay."""
        if words := super().refusal(chosen):
            return f"{words} Delete its codes and rules first."
        return None

    @admin.display(description="Active codes", ordering="active_count")
    def active_codes(self, chosen):
        return chosen.active_count or "none"

    @admin.display(description="Used by")
    def used_by(self, chosen):
        return ", ".join(_applies_to(rule) for rule in chosen.rules.all())


class RuleForm(ModelForm):
    def clean(self):
        given = super().clean()
        chosen = given.get("set")
        if given.get("required") and chosen and not chosen.codes.filter(active=True).exists():
            self.add_error("required", NO_CODES.format(set=chosen, remedy="Give it a code first, or unset Required."))
        others = DispositionRule.objects.filter(queue=None).exclude(pk=self.instance.pk)
        if "queue" in given and given["queue"] is None and others.exists():
            self.add_error("queue", "There is a rule for every other queue already: choose a queue, or change that.")
        return given


@admin.register(DispositionRule)
class DispositionRuleAdmin(Page):
    section, place = "Outcomes", 31
    about = "Which set the agents of a queue choose from, as what kind of list, and whether they must."
    form = RuleForm
    list_display = ["applies_to", "set", "required", "display"]
    list_filter = ["required", "set"]
    list_select_related = ["queue", "set"]
    autocomplete_fields = ["queue", "set"]
    search_fields = ["queue__name", "set__name"]
    ordering = ["queue__name"]

    @admin.display(description="Queue", ordering="queue__name")
    def applies_to(self, rule):
        return _applies_to(rule)


def _applies_to(rule: DispositionRule) -> str:
    return str(rule.queue or "Every other queue")
