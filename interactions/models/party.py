"""Parties."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q

from agents.models import Agent
from interactions.states import Cause

CAUSES = [(cause.value, cause.value.capitalize()) for cause in Cause]


class PartyQuerySet(models.QuerySet):
    def here(self):
        return self.filter(left_at=None)

    def agents(self):
        """Those in the chat; a consultant only reads it."""
        return self.filter(kind=Party.AGENT)

    def consultants(self):
        return self.filter(kind=Party.CONSULTANT)

    def away_for(self, seconds, now):
        """Those whose connection has been gone for so long."""
        return self.here().filter(away_since__lte=now - timedelta(seconds=seconds))


class Party(models.Model):
    """A participant of an interaction. Never reused: who comes again is a new party.

    A consultant is one whom contacts never hear of: an agent whom one of the chat's agents consults.
    """

    CONTACT, AGENT, CONSULTANT = "contact", "agent", "consultant"
    KINDS = [(CONTACT, "Contact"), (AGENT, "Agent"), (CONSULTANT, "Consultant")]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interaction = models.ForeignKey("interactions.Interaction", on_delete=models.CASCADE, related_name="parties")
    kind = models.CharField(max_length=10, choices=KINDS)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="parties")
    nickname = models.CharField(max_length=120)
    department = models.CharField(max_length=60, blank=True)
    invited_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    away_since = models.DateTimeField(null=True)
    back_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, choices=CAUSES, blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "id"]
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "agent"], condition=Q(left_at=None), name="agent_is_in_a_chat_once"
            ),
            models.UniqueConstraint(
                fields=["interaction"], condition=Q(kind="contact"), name="one_contact_per_interaction"
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "left_at"], name="party_of_agent"),
            models.Index(fields=["away_since"], condition=Q(left_at=None), name="party_here"),
        ]

    def __str__(self) -> str:
        return self.nickname

    @property
    def group(self) -> str:
        """The push group of whoever this is."""
        return f"agent.{self.agent_id.hex}" if self.agent_id else f"contact.{self.interaction_id.hex}"

    @property
    def in_chat(self) -> bool:
        """One of the agents whom the contact chats with, or was."""
        return self.kind == self.AGENT

    def set(self, **fields):
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))

    @property
    def introduced(self) -> str:
        """As contacts read it when somebody joins: "Bo (Network)"."""
        return f"{self.nickname} ({self.department})" if self.department else self.nickname
