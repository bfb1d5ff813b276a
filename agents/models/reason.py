"""Reasons for Not Ready."""

import uuid

from django.db import models


class ReasonQuerySet(models.QuerySet):
    def choosable(self):
        """What an agent finds in the status menu, in the administrator's order."""
        return self.filter(active=True, system=False)


class Reason(models.Model):
    """Why an agent is Not Ready. `system` reasons are set by Parley itself and never chosen."""

    NOT_RESPONDING = "Not responding"
    CONNECTION_LOST = "Connection lost"
    LOCKED = "Locked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60, unique=True, help_text="As agents read it, e.g. Lunch.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Order in the status menu, smallest first.")
    active = models.BooleanField(default=True, help_text="Unset to take it out of the menu; history keeps it.")
    system = models.BooleanField(default=False, editable=False)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of_system(cls, name: str) -> "Reason":
        """The reason that Parley itself sets, made when first needed."""
        return cls.objects.get_or_create(name=name, defaults={"system": True, "position": 99})[0]
