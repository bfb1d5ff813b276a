"""Invitations."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from agents.models import Agent, AgentGroup, Skill
from core.errors import Conflict
from interactions.states import INVITATION, OPEN, Invited, Kind, Medium
from routing import engine
from routing.models import OverflowStep, Queue, RoutingPoint
from routing.widening import PRIORITY_MOST

from .party import Party

KINDS = [(kind.value, kind.value.capitalize()) for kind in Kind]
STATES = [(state.value, state.value.capitalize()) for state in Invited]
MEDIA = [(Medium.CHAT.value, "Chat"), (Medium.VOICE.value, "Voice"), (Medium.IM.value, "Instant message")]
POOLS = ("queue", "group", "skill")
TARGETS = ("agent", *POOLS)
LINE = ("-priority", "unserved", "waited_since", "id")


def _one_target() -> Q:
    """Exactly one of the four."""
    kinds = [Q(**{f"{other}__isnull": other != name for other in TARGETS}) for name in TARGETS]
    return kinds[0] | kinds[1] | kinds[2] | kinds[3]


class InvitationQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(state__in=OPEN)

    def with_targets(self):
        """With whoever was asked, and by whom."""
        return self.select_related(*TARGETS, "routing_point", "inviter")

    def of_kind(self, kind: Kind):
        return self.filter(kind=kind)

    def waiting_in_order(self):
        """What waits for an agent, as it is to be served: priority, then requests for live chats, then age."""
        return self.filter(state=Invited.WAITING).order_by(*LINE)

    def in_line(self, queue):
        """All routed chats of a queue that nobody has accepted, what rings included, in order."""
        return self.pending().filter(kind=Kind.ROUTE, queue=queue).order_by(*LINE)

    def rising(self, now):
        """What waits, and whose priority is to be one higher by now."""
        below = Q(priority__lt=PRIORITY_MOST)
        return self.filter(below, state=Invited.WAITING, rises_at__lte=now, queue__ageing__gt=0)

    def overdue(self, now):
        """Requests that nobody took in time. What rings at this moment may still be accepted."""
        return self.filter(state=Invited.WAITING, expires_at__lte=now)

    def abandoned(self):
        """Requests to pools in which there is nobody any more but who asked, and that are offered nowhere else."""
        pool = Q(queues=OuterRef("queue")) | Q(groups=OuterRef("group")) | Q(skill_levels__skill=OuterRef("skill"))
        others = Agent.objects.active().exclude(pk=OuterRef("inviter__agent")).filter(pool)
        further = OverflowStep.objects.filter(queue=OuterRef("queue"), action=OverflowStep.ALSO)
        waiting = self.filter(state=Invited.WAITING, inviter__isnull=False).exclude(kind=Kind.ROUTE)
        return waiting.filter(~Exists(others), ~Exists(further))


class Invitation(models.Model):
    """One request to one internal target: an agent, or a pool of agents (queue, group, skill).

    A routing point chooses a queue at once; `routing_point` remembers that it came through one.
    `consultation`: its consultant is asked into the chat, or to take it. `as_owner`: who transferred was the owner and
    has left; whoever accepts becomes the owner.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interaction = models.ForeignKey("interactions.Interaction", on_delete=models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=12, choices=KINDS)
    state = models.CharField(max_length=10, choices=STATES, default=Invited.WAITING)
    agent = models.ForeignKey(Agent, null=True, on_delete=models.PROTECT, related_name="invitations")
    queue = models.ForeignKey(Queue, null=True, on_delete=models.PROTECT, related_name="invitations")
    group = models.ForeignKey(AgentGroup, null=True, on_delete=models.PROTECT, related_name="invitations")
    skill = models.ForeignKey(Skill, null=True, on_delete=models.PROTECT, related_name="invitations")
    routing_point = models.ForeignKey(RoutingPoint, null=True, on_delete=models.PROTECT, related_name="+")
    medium = models.CharField(max_length=5, choices=MEDIA, blank=True)  # of a consultation
    consultation = models.ForeignKey(
        "interactions.Consultation", null=True, on_delete=models.CASCADE, related_name="invitations"
    )
    as_owner = models.BooleanField(default=False)
    preferred = models.ForeignKey(Agent, null=True, on_delete=models.SET_NULL, related_name="+")
    inviter = models.ForeignKey(Party, null=True, on_delete=models.CASCADE, related_name="invited")
    note = models.CharField(max_length=500, blank=True)
    because = models.CharField(max_length=500, blank=True)  # why the routing point chose this queue
    priority = models.SmallIntegerField(default=0)
    unserved = models.BooleanField(default=False)  # a contact whom nobody has served yet; others come first
    rises_at = models.DateTimeField(null=True)  # when the priority is one higher
    created_at = models.DateTimeField()
    waited_since = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    message_offered_at = models.DateTimeField(null=True)  # the waiting contact may leave a message instead

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=_one_target(), name="invitation_has_one_target"),
            models.UniqueConstraint(
                fields=["interaction"],
                condition=Q(kind=Kind.ROUTE, state__in=OPEN),
                name="one_place_in_line_per_chat",
            ),
            models.UniqueConstraint(
                fields=["interaction", "agent"], condition=Q(state__in=OPEN), name="agent_is_invited_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "kind", "-priority", "waited_since"], name="invitation_in_line"),
            models.Index(
                fields=["queue", "-priority", "unserved", "waited_since", "id"],
                condition=Q(state=Invited.WAITING),
                name="invitation_next",
            ),
            models.Index(fields=["rises_at"], condition=Q(state=Invited.WAITING), name="invitation_rises"),
            models.Index(fields=["expires_at"], condition=Q(state=Invited.WAITING), name="invitation_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.target}, {self.state}"

    @property
    def pool(self):
        """The queue, group or skill whose agents are asked one after the other; None for a named agent."""
        return self.queue or self.group or self.skill

    @property
    def target(self):
        """Whom the inviter chose."""
        return self.agent or self.routing_point or self.pool

    @property
    def target_type(self) -> str:
        if self.routing_point_id:
            return "routing_point"
        return next(name for name in TARGETS if getattr(self, f"{name}_id"))

    @property
    def target_name(self) -> str:
        """As the chat's agents read it."""
        return self.agent.nickname if self.agent_id else self.target.name

    @property
    def in_line(self) -> tuple:
        """The smaller is served first, as `LINE` orders rows."""
        return -self.priority, self.unserved, self.waited_since, self.id

    @property
    def pool_key(self) -> tuple:
        """Which pool this waits for; equal for all that wait for the same agents."""
        return self.queue_id, self.group_id, self.skill_id

    @property
    def strategy(self) -> str:
        """Whom of the pool to ask first: a queue says, a skill's best first, of a group the longest idle."""
        if self.queue_id:
            return self.queue.strategy
        return engine.SKILL_LEVEL if self.skill_id else engine.LONGEST_IDLE

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def adds_party(self) -> bool:
        """Will there be one more in the chat when it is accepted? A transfer replaces who is still there."""
        if self.kind == Kind.TRANSFER:
            return self.inviter.left_at is not None
        return self.kind == Kind.CONFERENCE

    def asked(self) -> QuerySet[Agent]:
        """The agents who can be asked for it."""
        return self.pool.agents.active()

    def move(self, state: Invited, *, now):
        """Change the state by compare-and-swap. Raises Conflict `no_longer_available`."""
        ended = None if state in OPEN else now
        changed = type(self).objects.filter(pk=self.pk, state__in=INVITATION[state]).update(state=state, ended_at=ended)
        if not changed:
            raise Conflict("no_longer_available", "This invitation is no longer available.")
        self.state, self.ended_at = state, ended
