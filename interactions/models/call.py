"""Calls between two agents."""

import uuid

from django.db import models
from django.db.models import F, Q

from agents.models import Agent
from core.errors import Conflict
from interactions.states import CALL, CALL_LIVE, CallEnd, CallState, Cause

from .consultation import Consultation
from .interaction import Interaction

STATES = [(state.value, state.value.capitalize()) for state in CallState]
CAUSES = [(cause.value, cause.value.replace("_", " ").capitalize()) for cause in CallEnd]


class CallQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=CALL_LIVE)

    def of(self, *agents):
        """Those of these agents, whoever called."""
        return self.filter(Q(caller__in=agents) | Q(callee__in=agents))

    def live_of(self, agent) -> "Call | None":
        """The agent's one live call."""
        return self.live().of(agent).with_people().first()

    def with_people(self):
        return self.select_related("caller", "callee", "interaction__contact")

    def overdue(self, now):
        """Nobody answered, or it did not connect."""
        return self.live().filter(expires_at__lte=now)

    def left_over(self):
        """Of consultations that have ended, unless their consultant came into the chat: then the call goes on."""
        over = self.live().exclude(consultation=None).exclude(consultation__ended_at=None)
        return over.exclude(consultation__cause__in=(Cause.CONFERENCE, Cause.TRANSFER))

    def busy(self, agents) -> set:
        """The ids of those of these agents who are in a call."""
        pairs = self.live().of(*agents).values_list("caller_id", "callee_id")
        return {id for pair in pairs for id in pair}


class Call(models.Model):
    """One voice call from an agent to another; the sound goes from browser to browser and is nowhere kept.

    `caller_tab`, `callee_tab`: the workspace of each side that carries the sound. `expires_at`: until when it must be
    answered, then connected. `interaction`: what the call is about, nothing more. `consultation`: whose sound it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveBigIntegerField(default=1)
    state = models.CharField(max_length=10, choices=STATES, default=CallState.RINGING)
    caller = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="calls_made")
    callee = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="calls_received")
    caller_tab = models.CharField(max_length=64)
    callee_tab = models.CharField(max_length=64, blank=True)
    consultation = models.ForeignKey(Consultation, null=True, on_delete=models.SET_NULL, related_name="calls")
    interaction = models.ForeignKey(Interaction, null=True, on_delete=models.SET_NULL, related_name="calls")
    placed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=14, choices=CAUSES, blank=True)
    ended_by = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(caller=F("callee")), name="call_has_two_agents"),
            models.UniqueConstraint(fields=["caller"], condition=Q(state__in=CALL_LIVE), name="one_live_call_made"),
            models.UniqueConstraint(fields=["callee"], condition=Q(state__in=CALL_LIVE), name="one_live_call_received"),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(state__in=CALL_LIVE), name="call_live")]

    def __str__(self) -> str:
        return f"{self.caller} to {self.callee}, {self.state}"

    @property
    def live(self) -> bool:
        return self.state in CALL_LIVE

    @property
    def agents(self) -> tuple[Agent, Agent]:
        return self.caller, self.callee

    def other(self, agent: Agent) -> Agent:
        return self.callee if agent.pk == self.caller_id else self.caller

    def tab_of(self, agent_id) -> str:
        """The workspace that carries the sound of this side; "" before the accept."""
        return self.caller_tab if agent_id == self.caller_id else self.callee_tab

    def move(self, state: CallState, **fields) -> None:
        """Change the state by compare-and-swap. Raises Conflict `no_longer_available`."""
        fields |= {"state": state, "version": self.version + 1}
        if not type(self).objects.filter(pk=self.pk, state__in=CALL[state]).update(**fields):
            raise Conflict("no_longer_available", "This call is no longer there.")
        for name, value in fields.items():
            setattr(self, name, value)
