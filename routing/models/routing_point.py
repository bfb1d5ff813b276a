"""Routing points, the fields of their case data and their rules."""

import re
import uuid
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from routing import engine, wording

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

    def choose(self, answers: dict) -> Queue:
        """The queue that the rules give to these answers, else the point's own."""
        rules = list(self.rules.all())
        plain = [engine.Rule(rule.field, rule.operator, rule.value, rule.queue_id) for rule in rules]
        chosen = engine.pick_queue(plain, answers, self.queue_id)
        return self.queue if chosen == self.queue_id else next(rule.queue for rule in rules if rule.queue_id == chosen)


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
    """If the answer to a pre-chat field fits, the chat goes to this queue. The first rule that fits decides."""

    IS, CONTAINS = "is", "contains"

    routing_point = models.ForeignKey(RoutingPoint, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(default=0, help_text="Rules are tried in this order, smallest first.")
    field = models.CharField(max_length=40, help_text="Key of a pre-chat field, e.g. topic.")
    operator = models.CharField(max_length=10, choices=[(IS, "is"), (CONTAINS, "contains")], default=IS)
    value = models.CharField(max_length=200, help_text="Capitals do not matter, e.g. Network.")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.field} {self.get_operator_display()} {self.value}: {self.queue}"
