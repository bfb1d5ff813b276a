"""Routing points, the fields of their case data and their rules."""

import re
import uuid
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Prefetch, prefetch_related_objects

from routing import rules, wording

from .hours import OpeningHours
from .queue import Queue


class RoutingPoint(models.Model):
    """An address that contacts come to; its rules choose the queue."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True, help_text="Part of the address: website gives /chat/website/.")
    name = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=80, help_text="What contacts read on top of the page, e.g. Harbour Net.")
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, related_name="+", help_text="Where chats go when no rule fits."
    )
    language = models.CharField(
        max_length=8,
        blank=True,
        choices=list(wording.LANGUAGES.items()),
        help_text="The language of the contact's page. Empty: the browser's, if there are words for it.",
    )
    active = models.BooleanField(default=True, help_text="Unset to take the page away; running chats go on.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def route(self, sample: rules.Sample) -> tuple[Queue, rules.Route]:
        """The queue of the first rule that fits this sample, else the point's own; and why."""
        prefetch_related_objects([self], RoutingRule.read())
        rows = list(self.rules.all())
        found = rules.route([row.plain() for row in rows], sample, self.queue_id)
        return (self.queue if found.number is None else rows[found.number - 1].queue), found


ANSWER_LIMIT = 500


class PreChatField(models.Model):
    """A key of the case data: asked of contacts before the chat, filled in by agents, or both."""

    TEXT, CHOICE, NUMBER, DATE = "text", "choice", "number", "date"
    TYPES = [(TEXT, "Text"), (CHOICE, "Choice"), (NUMBER, "Number"), (DATE, "Date")]

    routing_point = models.ForeignKey(RoutingPoint, on_delete=models.CASCADE, related_name="fields")
    key = models.CharField(
        max_length=40,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", "Small letters, digits and _ only, e.g. order_number.")],
        help_text="Name for rules and reports, e.g. topic.",
    )
    label = models.CharField(max_length=80, help_text="What contacts read, e.g. What is it about?")
    type = models.CharField(max_length=10, choices=TYPES, default=TEXT)
    choices = models.TextField(blank=True, help_text="For a choice: one answer per line.")
    asked = models.BooleanField(default=True, help_text="Contacts are asked before the chat. Unset: agents fill it in.")
    required = models.BooleanField(default=False, help_text="Contacts have to answer.")
    editable = models.BooleanField(default=False, help_text="Agents of the chat may change it, e.g. an order number.")
    preview = models.BooleanField(default=True, help_text="Shown in the Interaction Preview, before the chat is taken.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["routing_point", "key"], name="one_field_per_key")]

    def __str__(self) -> str:
        return self.label

    def answers(self) -> list[str]:
        return [line.strip() for line in self.choices.splitlines() if line.strip()]

    def mistake(self, value: str) -> str | None:
        """What is wrong with this value, as a key of the contact's words."""
        if len(value) > ANSWER_LIMIT:
            return "too_long_answer"
        fits = {self.CHOICE: value in self.answers(), self.NUMBER: _is_number(value), self.DATE: _is_date(value)}
        return None if fits.get(self.type, True) else f"wrong_{self.type}"

    def clean(self):
        if self.type == self.CHOICE and not self.answers():
            raise ValidationError({"choices": "A choice needs at least one answer, one per line."})
        if not self.asked and self.required:
            raise ValidationError({"required": "Only contacts who are asked can have to answer."})
        if not self.asked and not self.editable:
            raise ValidationError({"editable": "Nobody could fill it in: ask contacts, or let agents change it."})


def _is_number(value: str) -> bool:
    return re.fullmatch(r"-?\d+([.,]\d+)?", value, re.ASCII) is not None


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


class RoutingRule(models.Model):
    """A chat to which all of this applies goes to this queue. The first rule that fits decides."""

    IS, CONTAINS = rules.IS, rules.CONTAINS
    DURING, OUTSIDE = "during", "outside"

    routing_point = models.ForeignKey(RoutingPoint, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(default=0, help_text="Rules are tried in this order, smallest first.")
    field = models.CharField(max_length=40, blank=True, help_text="Key of a field above, e.g. topic. Empty: any.")
    operator = models.CharField(
        max_length=10,
        choices=[(key, operator.label) for key, operator in rules.OPERATORS.items()],
        default=rules.IS,
        help_text="At least and at most compare numbers and dates.",
    )
    value = models.CharField(max_length=200, blank=True, help_text="Capitals do not matter, e.g. Network.")
    contact = models.CharField(
        max_length=120, blank=True, help_text="Part of the name or mail address, e.g. @harbour.example. Empty: any."
    )
    language = models.CharField(
        max_length=8, blank=True, choices=list(wording.LANGUAGES.items()), help_text="Of the chat. Empty: any."
    )
    page = models.CharField(
        max_length=200, blank=True, help_text="Part of the address from which contacts come, e.g. /shop/. Empty: any."
    )
    when = models.CharField(
        max_length=10,
        choices=[(DURING, "during"), (OUTSIDE, "outside of")],
        default=DURING,
        help_text="Inside of these hours, or outside.",
    )
    hours = models.ForeignKey(
        OpeningHours,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="rules",
        help_text="In their own time zone, e.g. Office hours. Empty: at any time.",
    )
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    priority = models.SmallIntegerField(
        null=True, blank=True, help_text="Of these chats, e.g. 10. Empty: the queue's own."
    )

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{rules.said(self.plain())}: {self.queue}"

    @classmethod
    def read(cls) -> Prefetch:
        """The rules of routing points with all that deciding needs."""
        rows = cls.objects.select_related("queue", "hours")
        return Prefetch("rules", rows.prefetch_related("hours__week", "hours__exceptions"))

    def plain(self) -> rules.Rule:
        """As the pure functions of `routing.rules` take it."""
        hours = self.hours and rules.Hours(self.hours.name, self.hours.schedule(), self.when == self.DURING)
        asked = {name: getattr(self, name) for name in ("field", "operator", "value", "contact", "language", "page")}
        return rules.Rule(self.queue_id, **asked, hours=hours, priority=self.priority)

    def clean(self):
        if not self.field and self.value:
            raise ValidationError({"field": "Say which field has this value, e.g. topic."})
        if self.field and self.operator != rules.GIVEN and not self.value:
            raise ValidationError({"value": "This field is required: a value, or choose “is answered”."})
        if self.operator in (rules.AT_LEAST, rules.AT_MOST) and not rules.comparable(self.value):
            raise ValidationError({"value": "Only numbers and dates can be compared, e.g. 100 or 2026-01-31."})
