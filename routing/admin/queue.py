"""Queues."""

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from agents.actions import people
from agents.models import Agent, AgentGroup, Site
from agents.options import AGENT, OPTIONS, QUEUE, Effective, at, says
from agents.showing import in_topics, table
from core.backoffice.choosing import boxes, some_of
from core.backoffice.names import Name, finder
from core.backoffice.pages import Page
from routing.models import Queue

from .widening import NeedsInline, OverflowInline

# As the chats' own states have it; routing knows no chats.
WAITING = ("waiting", "ringing")


@finder
def queue_names(ids) -> dict:
    found = Queue.objects.filter(pk__in=ids).values_list("pk", "name")
    return {pk: Name(name, reverse("admin:routing_queue_change", args=[pk])) for pk, name in found}


@admin.register(Queue)
class QueueAdmin(Page):
    section, place = "Routing", 20
    about = "Waiting lines, and the agents to whom their chats are offered."
    instead = "Take its agents out and point the routing points elsewhere; the history keeps it."
    list_display = ["name", "agent_count", "waiting", "strategy", "priority", "rings", "wraps_up"]
    search_fields = ["name"]
    inlines = [OverflowInline, NeedsInline]
    fieldsets = [
        (None, {"fields": ["name", "agents", "group"]}),
        ("How chats are offered", {"fields": ["opening_hours", "strategy", "priority", "ageing"]}),
        *in_topics(QUEUE),
        ("In force", {"fields": ["in_force"]}),
    ]
    readonly_fields = ["in_force"]

    def get_queryset(self, request):
        working = Queue.agents.through.objects.filter(agent__user__is_active=True)
        waiting = Queue.invitations.rel.related_model.objects.filter(state__in=WAITING)
        site = Site.current()
        held = {f"{name}_held": Coalesce(name, Value(getattr(site, name))) for name in ("ring_time", "wrap_up_limit")}
        counted = {"agent_count": _of(working), "waiting_count": _of(waiting)}
        rows = super().get_queryset(request).annotate(**counted, **held)
        return rows if request.user.is_superuser else rows.filter(group__in=_own_groups(request))

    def has_module_permission(self, request):
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        """Administrators of a group: its own queues."""
        if request.user.is_superuser or obj is None:
            return self.admin_site.has_permission(request)
        return obj.group_id is not None and obj.group.administrators.filter(pk=request.user.pk).exists()

    def get_readonly_fields(self, request, obj=None):
        """What reaches beyond the queue is for those who may change everything."""
        return self.readonly_fields + ([] if request.user.is_superuser else ["name", "group", "opening_hours"])

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Only who may see all agents can search for them."""
        if request.user.is_superuser:
            kwargs["widget"] = some_of(db_field, Agent.objects.all())
        else:
            kwargs |= {"queryset": _own_agents(request), "widget": boxes()}
        kwargs["help_text"] = "To whom the queue's chats are offered, e.g. Ana and Bo."
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        seats = Queue.agents.through.objects.filter(queue=obj.pk).values_list("agent", flat=True)
        chosen = {agent.pk for agent in form.cleaned_data["agents"]}
        Agent.hold(Agent.objects.filter(pk__in={*seats, *chosen}))
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Both who was in the queue and who is now see another desk."""
        queue = form.instance
        before = list(queue.agents.values_list("pk", flat=True))
        super().save_related(request, form, formsets, change)
        if not request.user.is_superuser:
            queue.agents.add(*Agent.objects.filter(pk__in=before).exclude(pk__in=_own_agents(request)))
        people.tell(Agent.objects.filter(pk__in={*before, *queue.agents.values_list("pk", flat=True)}))

    def refusal(self, queue) -> str | None:
        waiting = queue.invitations.filter(state__in=WAITING).count()
        if waiting:
            chats = "1 chat waits" if waiting == 1 else f"{waiting} chats wait"
            return f"{queue.name} cannot be deleted: {chats} in it. Whoever waits must be answered first."
        return super().refusal(queue)

    @admin.display(description="Options")
    def in_force(self, queue):
        """What holds for the queue's chats, and whose word it is."""
        if queue._state.adding:
            return "Shown here once the queue is saved."
        site = Site.current()
        return table((name, _of_queue(queue, name, site)) for name in at(QUEUE))

    @admin.display(description="Agents", ordering="agent_count")
    def agent_count(self, queue):
        return queue.agent_count or "none: chats would wait for ever"

    @admin.display(description="Waiting now", ordering="waiting_count")
    def waiting(self, queue):
        return queue.waiting_count

    @admin.display(description="Ring time in force", ordering="ring_time_held")
    def rings(self, queue):
        return queue.ring_time_held

    @admin.display(description="Wrap up limit in force", ordering="wrap_up_limit_held")
    def wraps_up(self, queue):
        return queue.wrap_up_limit_held


def _own_groups(request):
    return AgentGroup.objects.filter(administrators=request.user.pk)


def _own_agents(request):
    return Agent.objects.filter(groups__in=_own_groups(request)).distinct()


def _of_queue(queue: Queue, name: str, site: Site) -> Effective | None:
    """None where it depends on the agent."""
    depends = AGENT in OPTIONS[name].levels and not says(getattr(queue, name))
    return None if depends else queue.option(name, site)


def _of(rows):
    """How many of these rows are the queue's. A subquery: joins would multiply agents by chats."""
    counted = rows.filter(queue=OuterRef("pk")).order_by().values("queue").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
