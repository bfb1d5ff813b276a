"""Segments."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from agents.models import Agent, Site
from routing.models import Queue

from .disposition import DispositionCode
from .party import Party


class SegmentQuerySet(models.QuerySet):
    def unfinished(self):
        """In the chat, not marked done, or in the tail after it; the first and the last hold a slot of the agent."""
        return self.filter(Q(done_at=None) | Q(slot_until__isnull=False))


class Segment(models.Model):
    """One agent's stretch of work on an interaction: handling until they left, wrap-up until done.

    A consultant's takes no slot and asks for no outcome.
    """

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="segment")
    interaction = models.ForeignKey("interactions.Interaction", on_delete=models.CASCADE, related_name="segments")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="segments")
    queue = models.ForeignKey(Queue, null=True, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    slot_until = models.DateTimeField(null=True, db_index=True)
    last_owner = models.BooleanField(default=False)
    codes = models.ManyToManyField(DispositionCode, blank=True, related_name="segments")
    closed_by_system = models.BooleanField(default=False)
    not_set = models.BooleanField(default=False)  # closed by the system without the code that was asked for
    note = models.TextField(blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at"]
        indexes = [
            models.Index(fields=["agent", "done_at"], name="segment_of_agent"),
            models.Index(fields=["done_at", "left_at"], name="segment_open"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(not_set=False) | Q(closed_by_system=True), name="not_set_by_the_system")
        ]

    def __str__(self) -> str:
        return f"{self.agent} on {self.interaction_id}"

    @property
    def consulted(self) -> bool:
        """Was the agent only consulted?"""
        return self.party.kind == Party.CONSULTANT

    def stayed_until(self, moment: datetime) -> bool:
        return self.left_at is None or self.left_at >= moment

    def closes_at(self, interaction, site: Site) -> datetime | None:
        """When it closes by itself, should nobody mark it done; None: never, or not while the chat goes on."""
        if self.left_at is None or self.done_at is not None or (self.last_owner and interaction.live):
            return None
        seconds = interaction.option("owner_close", site) if self.last_owner else site.helper_close
        return self.left_at + timedelta(seconds=seconds) if seconds or not self.last_owner else None

    def chosen(self, rule) -> list[DispositionCode]:
        """The codes that count where this rule is in force: those of its set."""
        return [code for code in self.codes.all() if rule is not None and code.set_id == rule.set_id]

    def set(self, **fields):
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))
