"""Subscriptions: to which address which events go."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.outbox import CLAIM
from webhooks.signing import fresh_secret


class WebhookQuerySet(models.QuerySet):
    def free(self, now: datetime):
        """Those that may be sent to now: wanted, not resting after a failure, and nobody else is sending there."""
        rested = Q(paused_until=None) | Q(paused_until__lte=now)
        return self.filter(rested, Q(claimed_until=None) | Q(claimed_until__lte=now), active=True)


class Webhook(models.Model):
    """One address that is told of events. `position`: up to where it has read the feed; what follows goes out next.

    `failing_since`: since when nothing arrived there; after a day it is `disabled_at` and not `active`.
    `claimed_until`: so long one engine sends there alone. The secret is kept readable, because every message is signed
    with it; a replaced one signs beside it for a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True, help_text="Who listens, e.g. Data warehouse.")
    url = models.CharField("address", max_length=500, help_text="E.g. https://hooks.example.com/parley.")
    events = models.JSONField(default=list)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="webhooks")
    active = models.BooleanField(default=True, help_text="Unset to pause; what happens meanwhile goes out afterwards.")
    secret = models.CharField(max_length=80, default=fresh_secret, editable=False)
    previous_secret = models.CharField(max_length=80, blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, editable=False)
    position = models.PositiveBigIntegerField(default=0, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)
    notice_at = models.DateTimeField(null=True, editable=False, help_text="When to tell the owner by mail.")
    version = models.PositiveBigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def lock(cls, id) -> "Webhook | None":
        """Lock it, by writing."""
        cls.objects.filter(pk=id).update(version=F("version") + 1)
        return cls.objects.filter(pk=id).select_related("owner").first()

    def claim(self, now: datetime) -> bool:
        """Take it for one round, by compare-and-swap: of several engines one sends there, so the order is kept."""
        until = now + CLAIM
        if not type(self).objects.free(now).filter(pk=self.pk).update(claimed_until=until):
            return False
        self.claimed_until = until
        return True

    def release(self) -> None:
        """The round is over. Whose claim ran out, and was taken by another engine, leaves that one alone."""
        type(self).objects.filter(pk=self.pk, claimed_until=self.claimed_until).update(claimed_until=None)

    def wants(self, name: str) -> bool:
        """`interaction.ended`; `interaction.*`: all of them; `*`: everything."""
        return any(_matches(pattern, name) for pattern in self.events)

    def secrets(self, now: datetime) -> list[str]:
        """The present one, and for a day the one before."""
        old = self.previous_until is not None and self.previous_until > now
        return [self.secret, *([self.previous_secret] if old else [])]


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
