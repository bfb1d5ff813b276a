"""Mail that leaves the site."""

import uuid

from django.db import models
from django.db.models import Q

from agents.models import Agent
from core.errors import Conflict
from core.outbox import Outgoing
from interactions.states import MAIL, Mailed

from .interaction import Interaction
from .party import Party

STATES = [(state.value, state.value.capitalize()) for state in Mailed]


class OutgoingMail(Outgoing):
    """A mail of an agent, or (`author` None) of the site, to a party of an interaction. It is never changed, only sent.

    `problem`: why the last attempt failed, in words. `queued_at`: since when it is being tried.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="mails")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mails")
    author = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="mails")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    message_id = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=STATES, default=Mailed.QUEUED)
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_index=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "mail"
        indexes = [models.Index(fields=["next_at"], condition=Q(state=Mailed.QUEUED), name="mail_due")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"

    @property
    def is_to_contact(self) -> bool:
        return self.party.agent_id is None

    @property
    def is_transcript(self) -> bool:
        """The site itself writes to contacts only, when they ask for the chat."""
        return self.author_id is None

    def move(self, state: Mailed, **fields) -> None:
        """Change the state by compare-and-swap. Raises Conflict when it is not in a source state."""
        rows = type(self).objects.filter(pk=self.pk, state__in=MAIL[state])
        if not rows.update(state=state, **fields):
            raise Conflict("mail_sent", "This mail was sent already.")
        for name, value in {**fields, "state": state}.items():
            setattr(self, name, value)
