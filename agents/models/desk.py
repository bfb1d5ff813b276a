"""Where an agent is signed in: one browser's session, when there was input in it, since when it is locked."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import models

from .agent import Agent
from .site import Site


class DeskSessionQuerySet(models.QuerySet):
    def open(self):
        return self.filter(locked_at=None)

    def locked(self):
        return self.exclude(locked_at=None)

    def living(self, now):
        """Of sessions that have not run out."""
        return self.filter(session__expire_date__gt=now)

    def overdue(self, now):
        return self.open().living(now).filter(lock_at__lte=now)


class DeskSession(models.Model):
    """One sign-in of an agent in one browser; all its tabs lock and unlock together. It goes when the session goes."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, primary_key=True, related_name="desk")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="desks")
    input_at = models.DateTimeField()
    lock_at = models.DateTimeField(null=True, db_index=True)  # null: never by itself
    locked_at = models.DateTimeField(null=True)

    objects = DeskSessionQuerySet.as_manager()

    class Meta:
        ordering = ["input_at"]

    def __str__(self) -> str:
        return f"{self.agent}, {'locked' if self.locked_at else 'open'}"

    @staticmethod
    def due(agent: Agent, input_at, site: Site | None = None):
        """When the desk locks after input at this time; None for never."""
        minutes = agent.option("lock_minutes", site).value
        return input_at + timedelta(minutes=minutes) if minutes else None
