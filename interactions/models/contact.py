"""Contacts and their sessions."""

import hashlib
import hmac
import secrets
import uuid

from django.db import models


class Contact(models.Model):
    """The customer. What they typed about themselves are labels, never an identity."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What agents read as the contact's name."""
        return self.name or self.email or "Visitor"


def digest(secret: str) -> str:
    """How tokens and client ids are kept: never as themselves."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ContactSession(models.Model):
    """A token of a contact for one chat; all their tabs share it. At most five live per chat."""

    LIVE = 5

    interaction = models.ForeignKey("interactions.Interaction", on_delete=models.CASCADE, related_name="sessions")
    token = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"session of {self.interaction_id}"

    @classmethod
    def issue(cls, interaction, now) -> str:
        """A fresh token of 256 bits; the oldest beyond five lose theirs."""
        token = secrets.token_urlsafe(32)
        cls.objects.create(interaction=interaction, token=digest(token), created_at=now)
        kept = interaction.sessions.values_list("pk", flat=True)[: cls.LIVE]
        interaction.sessions.exclude(pk__in=list(kept)).delete()
        return token

    @classmethod
    def authenticate(cls, chat_id, token: str):
        """The interaction that this token opens, or None."""
        session = cls.objects.select_related("interaction").filter(token=digest(token)).first()
        if session and hmac.compare_digest(session.interaction_id.hex, uuid.UUID(str(chat_id)).hex):
            return session.interaction
        return None
