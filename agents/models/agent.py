"""Agents."""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import F, Q, prefetch_related_objects
from django.utils.functional import cached_property

from agents.options import AGENT, Effective, effective, says
from agents.privileges import Held
from agents.status import Status

from .group import AgentGroup
from .options import columns
from .role import Role
from .site import Site


class AgentQuerySet(models.QuerySet):
    def active(self):
        return self.filter(user__is_active=True)

    def logged_in(self):
        """Logged in on chat, whatever the status."""
        on = [status for status in Status if status != Status.LOGGED_OFF]
        return self.active().filter(channels__channel="chat", channels__status__in=on)

    def with_role(self, role: Role):
        """For whom this role may count."""
        those = Q(role=role) | Q(groups__role=role)
        return self if role.sites.exists() else self.filter(those).distinct()

    def ready(self):
        return self.active().filter(channels__channel="chat", channels__status=Status.READY)


class Agent(columns(AGENT)):
    """Somebody who handles chats. `version` rises with every change of what their desk shows."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="agent")
    name = models.CharField(max_length=120, help_text="As colleagues read it, e.g. Ana Ruiz.")
    nickname = models.CharField(max_length=60, help_text="As contacts read it, e.g. Ana.")
    department = models.CharField(
        max_length=60, blank=True, help_text="Shown to contacts beside the nickname, e.g. Billing."
    )
    groups = models.ManyToManyField(AgentGroup, blank=True, related_name="agents")
    supervisor = models.BooleanField(
        default=False, help_text="In a chat that they are in, may remove other agents as its owner may."
    )
    role = models.ForeignKey(
        Role,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agents",
        help_text="What the agent may do. Empty: what any role of their groups allows, else the site's.",
    )
    settings = models.JSONField(default=dict, editable=False)  # what the agent chose for their own desk
    locked_at = models.DateTimeField(null=True, editable=False, help_text="Since when all their desks are locked.")
    version = models.PositiveBigIntegerField(default=1, editable=False)
    outdated = models.BooleanField(default=False, editable=False)  # other privileges now: the engine follows it up
    missed = models.PositiveSmallIntegerField(default=0, editable=False)
    after_last = models.CharField(max_length=20, blank=True, editable=False)  # status to set after the last chat
    logged_in_at = models.DateTimeField(null=True, editable=False)
    idle_since = models.DateTimeField(null=True, editable=False, help_text="Since when no chat was given to the agent.")

    objects = AgentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["outdated"], condition=Q(outdated=True), name="agent_outdated")]

    def __str__(self) -> str:
        return self.name

    @property
    def holder(self) -> str:
        """The name under which this agent holds leases; also the push group's."""
        return f"agent.{self.id.hex}"

    @classmethod
    def lock(cls, ids) -> list["Agent"]:
        """Lock agents in ascending order of id, by writing: their desks are about to change."""
        ids = sorted(set(ids))
        for id in ids:
            cls.objects.filter(pk=id).update(version=F("version") + 1)
        found = cls.objects.in_bulk(ids)
        return [found[id] for id in ids if id in found]

    def slots(self, site: Site | None = None) -> int:
        """How many chats at the same time: the agent's own, else the largest of their groups', else the site's."""
        return self.option("capacity", site).value

    def option(self, name: str, site: Site | None = None, *, queue=None) -> Effective:
        """The value that holds for this agent, with a chat of this queue, and where it comes from.

        Their groups are asked for once, and only when neither queue nor agent says anything.
        """
        if says(getattr(queue, name, None)) or says(getattr(self, name)):
            return effective(name, site=None, agent=self, queue=queue)
        prefetch_related_objects([self], "groups")
        return effective(name, site=site or Site.current(), groups=self.groups.all())

    @cached_property
    def held(self) -> Held:
        """What the agent may do: read once, so an action that is handed a loaded agent decides by one state."""
        return Role.objects.held_by([self.pk])[self.pk]

    @staticmethod
    def read_roles(agents: Iterable["Agent"]) -> None:
        """What each of these may do, in one query however many."""
        agents = [agent for agent in agents if "held" not in agent.__dict__]
        held = Role.objects.held_by({agent.pk for agent in agents})
        for agent in agents:
            agent.held = held[agent.pk]

    def chat(self) -> "ChannelStatus":  # noqa: F821
        """The agent's chat channel."""
        return self.channel("chat")

    def channel(self, name: str) -> "ChannelStatus | None":  # noqa: F821
        """One of the agent's channels; None where they were never logged in on it."""
        return next((channel for channel in self.channels.all() if channel.channel == name), None)
