"""Mail that leaves the site."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q

from agents.models import Agent
from core.errors import Conflict
from interactions.states import MAIL, Mailed

from .interaction import Interaction
from .party import Party

CLAIM = timedelta(minutes=5)  # so long nobody else sends what one engine is about to send
STATES = [(state.value, state.value.capitalize()) for state in Mailed]


class OutgoingMailQuerySet(models.QuerySet):
    def due(self, now):
        """What is to be sent now, and is in nobody's hands."""
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.filter(free, state=Mailed.QUEUED, next_at__lte=now).order_by("next_at", "id")


class OutgoingMail(models.Model):
    """A mail of an agent to a party of an interaction. It is never changed, only sent.

    `problem`: why the last attempt failed, in words. `queued_at`: since when it is being tried.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="mails")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mails")
    author = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="mails")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    message_id = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=STATES, default=Mailed.QUEUED)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_index=True)
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "mail"
        indexes = [models.Index(fields=["next_at"], condition=Q(state=Mailed.QUEUED), name="mail_due")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"

    @property
    def is_to_contact(self) -> bool:
        return self.party.agent_id is None

    def claim(self, now) -> bool:
        """Take it for one attempt, by compare-and-swap: of several engines one succeeds."""
        mine = type(self).objects.due(now).filter(pk=self.pk, attempts=self.attempts)
        if not mine.update(attempts=self.attempts + 1, claimed_until=now + CLAIM):
            return False
        self.attempts += 1
        return True

    def move(self, state: Mailed, **fields) -> None:
        """Change the state by compare-and-swap. Raises Conflict when it is not in a source state."""
        rows = type(self).objects.filter(pk=self.pk, state__in=MAIL[state])
        if not rows.update(state=state, **fields):
            raise Conflict("mail_sent", "This mail was sent already.")
        for name, value in {**fields, "state": state}.items():
            setattr(self, name, value)
