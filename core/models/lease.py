"""Leases: who is connected, as rows that run out by themselves."""

from django.db import models


class LeaseQuerySet(models.QuerySet):
    def live(self, now):
        return self.filter(expires_at__gt=now)


class Lease(models.Model):
    """One open socket, or a poller without one. `holder`: "agent.<hex>" or "contact.<hex>", the push group's name.

    The process renews its leases while it serves; nobody has to notice a death, the time does it.
    """

    holder = models.CharField(max_length=64)
    process = models.CharField(max_length=32, blank=True)
    tab = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["holder", "expires_at"], name="lease_of_holder")]

    def __str__(self) -> str:
        return f"{self.holder} until {self.expires_at:%H:%M:%S}"
