"""Invitations."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import IsNull

from agents.models import Agent
from core.errors import Conflict
from interactions.states import INVITATION, OPEN, Invited, Kind
from routing.models import Queue

from .party import Party

KINDS = [(kind.value, kind.value.capitalize()) for kind in Kind]
STATES = [(state.value, state.value.capitalize()) for state in Invited]
LINE = ("-priority", IsNull(F("interaction__active_since"), True), "waited_since", "id")


class InvitationQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(state__in=OPEN)

    def of_kind(self, kind: Kind):
        return self.filter(kind=kind)

    def waiting_in_order(self):
        """Routed chats that wait, as they are to be served: priority, then who lost their agent, then age."""
        return self.filter(kind=Kind.ROUTE, state=Invited.WAITING).order_by(*LINE)

    def in_line(self, queue):
        """All routed chats of a queue that nobody has accepted, what rings included, in order."""
        return self.pending().filter(kind=Kind.ROUTE, queue=queue).order_by(*LINE)


class Invitation(models.Model):
    """One request to one internal target: exactly one of `agent` and `queue`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interaction = models.ForeignKey("interactions.Interaction", on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=12, choices=KINDS)
    state = models.CharField(max_length=10, choices=STATES, default=Invited.WAITING)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="invitations")
    queue = models.ForeignKey(Queue, null=True, on_delete=models.PROTECT, related_name="invitations")
    inviter = models.ForeignKey(Party, null=True, on_delete=models.CASCADE, related_name="invited")
    note = models.CharField(max_length=500, blank=True)
    priority = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    waited_since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agent__isnull=True) ^ Q(queue__isnull=True), name="invitation_has_one_target"
            ),
            models.UniqueConstraint(
                fields=["interaction"],
                condition=Q(kind=Kind.ROUTE, state__in=OPEN),
                name="one_place_in_line_per_chat",
            ),
            models.UniqueConstraint(
                fields=["interaction", "agent"], condition=Q(state__in=OPEN), name="agent_is_invited_once"
            ),
        ]
        indexes = [models.Index(fields=["state", "kind", "-priority", "waited_since"], name="invitation_in_line")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.target}, {self.state}"

    @property
    def target(self):
        return self.agent or self.queue

    @property
    def target_name(self) -> str:
        """As the chat's agents read it."""
        return self.agent.nickname if self.agent_id else self.queue.name

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def move(self, state: Invited, *, now):
        """Change the state by compare-and-swap. Raises Conflict `no_longer_available`."""
        ended = None if state in OPEN else now
        changed = type(self).objects.filter(pk=self.pk, state__in=INVITATION[state]).update(state=state, ended_at=ended)
        if not changed:
            raise Conflict("no_longer_available", "This invitation is no longer available.")
        self.state, self.ended_at = state, ended
