"""Dispositions: codes, sets and the rules that say where they apply."""

import uuid

from django.db import models
from django.db.models import Q

from routing.models import Queue


class DispositionSet(models.Model):
    """Codes that are offered together."""

    name = models.CharField(max_length=80, unique=True, help_text="For administrators, e.g. Billing outcomes.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DispositionCode(models.Model):
    """An outcome that an agent can choose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    set = models.ForeignKey(DispositionSet, on_delete=models.PROTECT, related_name="codes")
    name = models.CharField(max_length=80, help_text="As agents read it, e.g. Resolved.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Order in the list, smallest first.")
    active = models.BooleanField(default=True, help_text="Unset to offer it no longer; chats that have it keep it.")

    class Meta:
        ordering = ["set", "position", "name"]
        constraints = [models.UniqueConstraint(fields=["set", "name"], name="code_is_in_its_set_once")]

    def __str__(self) -> str:
        return self.name


class DispositionRuleQuerySet(models.QuerySet):
    def for_queue(self, queue_id):
        """The rule in force: the queue's own, else the site's, else None."""
        found = self.filter(Q(queue=queue_id) | Q(queue=None)).select_related("set").prefetch_related("set__codes")
        return min(found, key=lambda rule: rule.queue_id is None, default=None)


class DispositionRule(models.Model):
    """Which codes a queue's agents choose from, how, and whether they must."""

    RADIO, DROPDOWN = "radio", "dropdown"

    queue = models.OneToOneField(
        Queue, null=True, blank=True, on_delete=models.CASCADE, help_text="Empty: every queue without its own rule."
    )
    set = models.ForeignKey(DispositionSet, on_delete=models.PROTECT, related_name="rules")
    required = models.BooleanField(default=False, help_text="Mark Done is refused to the last owner without a code.")
    display = models.CharField(
        max_length=10, choices=[(RADIO, "Radio list"), (DROPDOWN, "Drop-down list")], default=RADIO
    )

    objects = DispositionRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Case(models.When(queue=None, then=1)), name="one_rule_for_the_site")
        ]

    def __str__(self) -> str:
        return f"{self.queue or 'Every other queue'}: {self.set}"
