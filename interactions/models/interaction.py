"""Interactions."""

import uuid
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q

from agents.models import Agent, Site
from agents.options import effective
from core.errors import Conflict, NotFound
from core.written import Written
from interactions.states import INTERACTION, State
from routing.models import ContactTexts, Queue, RoutingPoint
from routing.rules import Sample
from routing.wording import Wording

from .contact import Contact

LIVE = (State.WAITING, State.ACTIVE)
STATES = [(state.value, state.value.capitalize()) for state in State]


class InteractionQuerySet(models.QuerySet):
    def live(self):
        return self.filter(state__in=LIVE)


class Interaction(models.Model):
    """One unit of work with a contact, here a chat.

    `version` counts actions, `public_version` those that changed what the contact sees.
    `owner_version` is the version at which ownership last changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=STATES, default=State.WAITING)
    version = models.PositiveBigIntegerField(default=0)
    public_version = models.PositiveBigIntegerField(default=0)
    public_digest = models.CharField(max_length=64, blank=True, editable=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="interactions")
    client_key = models.CharField(max_length=64, editable=False)
    routing_point = models.ForeignKey(RoutingPoint, on_delete=models.PROTECT, related_name="interactions")
    queue = models.ForeignKey(Queue, null=True, on_delete=models.PROTECT, related_name="interactions")
    owner = models.ForeignKey("interactions.Party", null=True, on_delete=models.PROTECT, related_name="+")
    owner_version = models.PositiveBigIntegerField(default=0)
    offline = models.BooleanField(default=False)  # a message was left: nobody waits at the other end
    language = models.CharField(max_length=8, default="en")  # in which the contact reads system lines
    page = models.CharField(max_length=500, blank=True)  # where the contact came from, as their browser says
    case = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_index=True)
    waited_since = models.DateTimeField()
    active_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_cause = models.CharField(max_length=12, blank=True)
    completed_at = models.DateTimeField(null=True)
    outdated = models.BooleanField(default=False)  # desks show rules that have changed: the engine tells them
    previous = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = InteractionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["outdated"], condition=Q(outdated=True), name="interaction_outdated"),
            models.Index(fields=["state"], name="interaction_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client_key"], condition=~Q(state=State.ENDED), name="one_live_chat_per_client"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACTIVE) | Q(owner__isnull=False), name="active_chat_has_owner"
            ),
            models.CheckConstraint(
                condition=Q(state=State.ACTIVE) | Q(owner__isnull=True), name="only_active_chat_has_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def live(self) -> bool:
        return self.state in LIVE

    def sample(self, now: datetime) -> Sample:
        """As the rules of routing points see this chat."""
        contact = f"{self.contact.name} {self.contact.email}"
        return Sample(at=now, case=self.case, contact=contact, language=self.language, page=self.page)

    @cached_property
    def site(self) -> Site:
        """The options in force, read once. A locked interaction is one action's, so they are read after its lock."""
        return Site.current()

    def option(self, name: str, site: Site | None = None) -> Any:
        """The value that holds for this chat: its queue's own word, else the site's."""
        return effective(name, site=site or self.site, queue=self.queue).value

    @property
    def holder(self) -> str:
        """The name under which the contact holds leases; also the push group's."""
        return f"contact.{self.id.hex}"

    @property
    def reference(self) -> str:
        """As people quote it, e.g. in the subject of a mail."""
        return f"#{self.id.hex[:12].upper()}"

    @property
    def wording(self) -> Wording:
        """What this contact reads: the words of the chat's queue in their language. One query for each queue."""
        key = (self.queue_id, self.language)
        held = self.__dict__.setdefault("_wording", {})
        if key not in held:
            held[key] = ContactTexts.objects.for_chat(*key)
        return held[key]

    @classmethod
    def lock(cls, id) -> "Interaction":
        """Take the interaction for one action: version + 1, then read. Raises NotFound.

        Always the first line of an action: on both databases the write makes everybody else wait.
        """
        if not cls.objects.filter(pk=id).update(version=F("version") + 1):
            raise NotFound(message="There is no such interaction.")
        (interaction,) = LOCKED.about([cls._meta.pk.to_python(id)])
        interaction.locked_agents = {}
        interaction.left_desks = []
        return interaction

    def invitation(self, id):
        """One of its invitations, which knows what this row knows."""
        found = self.invitations.get(pk=id)
        if found.queue_id == self.queue_id:
            found.queue = self.queue
        return found

    def untouched(self) -> "Interaction":
        """Nothing is to be done: the action rolls back, and this is the row as it was."""
        transaction.set_rollback(True)
        self.version -= 1
        return self

    def lock_agents(self, *ids) -> list[Agent]:
        """Lock the agents whose desks this action changes; all in one call where more than one is known."""
        wanted = [id for id in ids if id is not None and id not in self.locked_agents]
        assert not wanted or not self.locked_agents or min(wanted) > max(self.locked_agents), "lock order"
        for agent in Agent.lock(wanted):
            self.locked_agents[agent.id] = agent
        return [self.locked_agents[id] for id in ids if id in self.locked_agents]

    def move(self, state: State, **fields):
        """Change the state by compare-and-swap. Raises Conflict `ended` when it is not in a source state."""
        sources = INTERACTION[state]
        changed = type(self).objects.filter(pk=self.pk, state__in=sources).update(state=state, **fields)
        if not changed:
            raise Conflict("ended", "This chat has ended.")
        self.state = state
        for name, value in fields.items():
            setattr(self, name, value)

    def set(self, **fields):
        """Keep the loaded row and the stored one alike."""
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))

    def give_to(self, party):
        """Make this party the owner, or nobody."""
        self.set(owner=party, owner_version=self.version)


WITH = ("contact", "queue", "routing_point", "owner__agent")
LOCKED = Written(lambda ids: Interaction.objects.select_related(*WITH).filter(pk__in=ids))
