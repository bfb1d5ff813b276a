"""Routing points with the fields of their case data and their rules."""

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import Count
from django.utils.html import format_html

from core.backoffice.pages import Blocks, Page, Rows
from routing.models import PreChatField, RoutingPoint, RoutingRule
from routing.rules import IS, IS_NOT

FIELDS_LIMIT = 100


class Rules(Rows):
    """Each rule asks a field of the form above, and a choice for an answer that can be given."""

    def clean(self):
        super().clean()
        asked = dict(self._asked())
        for form in self.forms:
            rule = getattr(form, "cleaned_data", None)
            if rule and not rule.get("DELETE"):
                self._check(form, rule, asked)

    def _check(self, form, rule: dict, asked: dict) -> None:
        key, value = rule.get("field"), rule.get("value", "")
        if not key:
            return
        if key not in asked:
            keys = ", ".join(asked) or "none yet"
            form.add_error("field", f"This routing point has no field “{key}”. It has: {keys}.")
        elif rule.get("operator") in (IS, IS_NOT) and not _possible(value, asked[key]):
            answers = ", ".join(asked[key])
            form.add_error("value", f"“{key}” has no answer “{value}”, so the rule makes no sense. It has: {answers}.")

    def _asked(self):
        """Key and possible answers (None: any) of each pre-chat field as it stands in the same form."""
        total = self.data.get("fields-TOTAL_FORMS", "")
        for index in range(min(int(total), FIELDS_LIMIT) if total.isdecimal() else 0):
            row = {name: self.data.get(f"fields-{index}-{name}", "") for name in ("key", "type", "choices", "DELETE")}
            if row["key"] and not row["DELETE"]:
                field = PreChatField(type=row["type"], choices=row["choices"])
                yield row["key"].strip(), field.answers() if field.type == PreChatField.CHOICE else None


def _possible(value: str, answers: list[str] | None) -> bool:
    return answers is None or value.casefold() in {answer.casefold() for answer in answers}


class PreChatFieldInline(Blocks):
    model = PreChatField
    fields = [("position", "key", "label", "type"), "choices", ("asked", "required", "editable", "preview")]
    verbose_name, verbose_name_plural = (
        "field",
        "Case data: what contacts are asked before the chat, and what agents fill in",
    )

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "choices":
            kwargs["widget"] = AdminTextareaWidget(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class RoutingRuleInline(Blocks):
    """A condition that is empty asks nothing, so a rule without any is for every chat that comes so far."""

    model = RoutingRule
    formset = Rules
    fields = [
        ("position", "field", "operator", "value"),
        ("contact", "language", "page"),
        ("when", "hours"),
        ("queue", "priority"),
    ]
    verbose_name = "routing rule"
    verbose_name_plural = (
        "Rules: the first of which everything fits chooses the queue, e.g. topic is Network, language Deutsch, "
        "outside of Office hours: Night"
    )


@admin.register(RoutingPoint)
class RoutingPointAdmin(Page):
    section, place = "Routing", 21
    about = "Addresses that contacts come to: the form they fill in, and the rules that choose the queue."
    instead = "Unset “Active” instead: the page goes, the history stays."
    list_display = ["name", "address", "title", "queue", "rule_count", "active"]
    list_filter = ["active", "queue"]
    list_select_related = ["queue"]
    search_fields = ["name", "slug", "title"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [PreChatFieldInline, RoutingRuleInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "title", "language", "active"]}),
        ("Where chats go", {"fields": ["queue"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(rule_count=Count("rules"))

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        point = form.instance
        queues = {point.queue, *(rule.queue for rule in point.rules.select_related("queue"))}
        for queue in sorted(queues, key=str):
            if not queue.agents.active().exists():
                self.message_user(request, f"{queue.name} has no agents: chats would wait for ever.", messages.WARNING)

    @admin.display(description="Contact's page", ordering="slug")
    def address(self, point):
        return format_html('<a href="/chat/{0}/">/chat/{0}/</a>', point.slug) if point.active else "closed"

    @admin.display(description="Rules", ordering="rule_count")
    def rule_count(self, point):
        return point.rule_count
