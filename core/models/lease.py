"""Leases: who is connected, as rows that run out by themselves."""

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest


class ProcessQuerySet(models.QuerySet):
    def live(self, now):
        return self.filter(expires_at__gt=now)


class Process(models.Model):
    """One run of a process that holds sockets. It says that it lives, for all of them together."""

    name = models.CharField(max_length=32, primary_key=True)
    expires_at = models.DateTimeField()

    objects = ProcessQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} until {self.expires_at:%H:%M:%S}"


class LeaseQuerySet(models.QuerySet):
    def live(self, now):
        return self.filter(Q(expires_at__gt=now) | Q(process__in=Process.objects.live(now).values("pk")))


class Lease(models.Model):
    """One open socket, or a poller without one. `holder`: "agent.<hex>" or "contact.<hex>", the push group's name.

    It lives until `expires_at`, and as long as its `process`, while it has one: so thousands of sockets stay by one
    row that is renewed. Nobody has to notice a death, the time does it.
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

    @staticmethod
    def end() -> Greatest:
        """For queries: when a lease runs out as things stand, its process included."""
        of_process = Subquery(Process.objects.filter(pk=OuterRef("process")).values("expires_at"))
        return Greatest("expires_at", Coalesce(of_process, "expires_at"))
