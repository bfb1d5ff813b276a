"""API tokens: how programs sign in, each in the name of a person and for some scopes only."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

PREFIX = "parley_"
HINT = len(PREFIX) + 6
USED_EVERY = timedelta(minutes=1)


def digest(secret: str) -> str:
    """What is kept of a secret of 256 random bits; so it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet):
    def live(self, now: datetime):
        """Neither revoked nor expired, of somebody who may sign in."""
        lasting = Q(expires_at=None) | Q(expires_at__gt=now)
        return self.filter(lasting, revoked_at=None, owner__is_active=True)


class ApiToken(models.Model):
    """Lets a program do what its owner may, within `scopes`. The secret itself is kept nowhere.

    `hint`: its beginning, to tell tokens apart. `last_used_at`: to the minute.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, help_text="What uses it, e.g. Nightly reports.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=HINT, editable=False)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @classmethod
    def lock(cls, id) -> "ApiToken | None":
        """Lock it, by writing."""
        cls.objects.filter(pk=id).update(version=F("version") + 1)
        return cls.objects.filter(pk=id).select_related("owner").first()

    @classmethod
    def authenticate(cls, secret: str, now: datetime) -> "ApiToken | None":
        """The live token that has this secret. It is asked for at every call, so what is revoked ends at once."""
        token = cls.objects.live(now).filter(digest=digest(secret)).select_related("owner").first()
        if token is not None:
            token._used(now)
        return token

    @staticmethod
    def fresh_secret() -> str:
        return PREFIX + secrets.token_urlsafe(32)

    def state(self, now: datetime) -> str:
        """In words."""
        if self.revoked_at is not None:
            return "Revoked"
        return "Expired" if self.expires_at is not None and self.expires_at <= now else "Active"

    def _used(self, now: datetime) -> None:
        """At most one write a minute, whatever comes at once."""
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
        if self.last_used_at is None or self.last_used_at <= now - USED_EVERY:
            type(self).objects.filter(stale, pk=self.pk).update(last_used_at=now)
