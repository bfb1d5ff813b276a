"""Conversations: private text between two agents, kept for ever."""

import uuid

from django.db import models
from django.db.models import F, Q

from agents.models import Agent

from .interaction import Interaction


class Inbox(models.Model):
    """Counts what happens in all conversations of one agent, without holes: by it a workspace knows what it missed."""

    agent = models.OneToOneField(Agent, primary_key=True, on_delete=models.CASCADE, related_name="inbox")
    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Inbox of {self.agent_id}"

    @classmethod
    def lock(cls, *ids) -> dict:
        """Take the inboxes of these agents, in ascending order of id, by writing. {agent id: new version}."""
        for id in sorted(ids):
            if not cls._rise(id):
                cls.objects.bulk_create([cls(agent_id=id)], ignore_conflicts=True)
                cls._rise(id)
        return dict(cls.objects.filter(pk__in=ids).values_list("agent_id", "version"))

    @classmethod
    def _rise(cls, id) -> int:
        return cls.objects.filter(pk=id).update(version=F("version") + 1)


class Conversation(models.Model):
    """All instant messages between two agents: one row for each two. `first` has the lower id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    head = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_conversation_for_two"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="conversation_of_two_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"

    @staticmethod
    def of(one, other) -> dict:
        """The fields that name the conversation of two agents, by their ids."""
        first, second = sorted((one, other))
        return {"first_id": first, "second_id": second}


class ConversationMember(models.Model):
    """One of the two: how far they have seen it, and how many lines of the other wait for them."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="members")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="conversations")
    seen = models.PositiveBigIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "agent"], name="in_a_conversation_once")]
        indexes = [models.Index(fields=["agent"], condition=Q(unread__gt=0), name="conversation_unread")]

    def __str__(self) -> str:
        return f"{self.agent} in {self.conversation_id}"


class InstantMessage(models.Model):
    """One line of a conversation. `interaction`: the chat it was written about."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveBigIntegerField()
    author = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="instant_messages")
    client_id = models.UUIDField()
    text = models.TextField()
    at = models.DateTimeField()
    interaction = models.ForeignKey(Interaction, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["conversation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="one_instant_message_per_number"),
            models.UniqueConstraint(fields=["author", "client_id"], name="one_instant_message_per_client_id"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} #{self.number}"
