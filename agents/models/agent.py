"""Agents."""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from agents.options import AGENT, Effective, effective, says
from agents.privileges import Held, Privilege
from agents.status import Status
from core.written import Written

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

    def able(self, site: Site):
        """Who may take chats, whatever their status: a role that counts for them allows it, and they have a slot."""
        allow = [role.pk for role in Role.objects.all() if Privilege.USE_CHAT in role.allowed]
        groups = AgentGroup.objects.filter(agents=OuterRef("pk"))
        without = Value(site.role_id is None or site.role_id in allow) & ~Exists(groups.exclude(role=None))
        by_role = Q(role__in=allow) | Q(Q(role=None), Exists(groups.filter(role__in=allow)) | without)
        largest = groups.exclude(capacity=None).order_by("-capacity").values("capacity")[:1]
        slots = Coalesce("capacity", Subquery(largest), Value(site.capacity))
        return self.active().annotate(slots=slots).filter(by_role, slots__gt=0)

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
        found = {agent.pk: agent for agent in AGENTS.about(ids)}
        return [found[id] for id in ids if id in found]

    @classmethod
    def lock_all(cls, agents: AgentQuerySet) -> None:
        """The same for any number of them, in as few statements: first in order, then by one write."""
        cls.hold(agents)
        cls.objects.filter(pk__in=agents.order_by().values("pk")).update(version=F("version") + 1)

    @classmethod
    def hold(cls, agents: AgentQuerySet) -> None:
        """Keep them, in order, from everybody else: before a row to which actions refer gets another name.

        Who refers to it waits for that at the commit, and may have an agent by then who is to be told of the name.
        """
        if connection.features.has_select_for_no_key_update:
            rows = cls.objects.filter(pk__in=agents.order_by().values("pk")).order_by("pk")
            list(rows.select_for_update(no_key=True).values_list("pk"))

    def slots(self, site: Site | None = None) -> int:
        """How many chats at the same time: the agent's own, else the largest of their groups', else the site's."""
        return self.option("capacity", site).value

    def option(self, name: str, site: Site | None = None, *, queue=None) -> Effective:
        """The value that holds for this agent, with a chat of this queue, and where it comes from.

        Their groups are asked for once, and only when neither queue nor agent says anything.
        """
        if says(getattr(queue, name, None)) or says(getattr(self, name)):
            return effective(name, site=None, agent=self, queue=queue)
        return effective(name, site=site or Site.current(), groups=self.memberships)

    @cached_property
    def memberships(self) -> list[AgentGroup]:
        """Their groups, which options ask again and again: read once."""
        return list(self.groups.all())

    @staticmethod
    def read_groups(agents: Iterable["Agent"]) -> None:
        """The groups of each of these, in one query however many."""
        unread, found = [agent for agent in agents if "memberships" not in vars(agent)], defaultdict(list)
        for group in GROUPS.about(agent.pk for agent in unread):
            found[group.member].append(group)
        for agent in unread:
            agent.memberships = found[agent.pk]

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


AGENTS = Written(lambda ids: Agent.objects.filter(pk__in=ids).order_by())
GROUPS = Written(lambda ids: AgentGroup.objects.filter(agents__in=ids).annotate(member=F("agents")))
