"""A contact waits too long for an answer while all agents of the chat have locked their workspaces: written down."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from agents.models import Agent, Site
from core.models import Event
from interactions import events
from interactions.models import Interaction, Lane, Party
from interactions.models.lane import PUBLIC
from interactions.states import State

NAME = "response.unattended"


def behind_locks():
    """Agents with a locked workspace in chats whose contact waits for an answer."""
    waits = {"interaction__lanes__name": PUBLIC, "interaction__lanes__unanswered_since__isnull": False}
    rows = Party.objects.here().agents().filter(interaction__state=State.ACTIVE, **waits)
    return rows.filter(agent__locked_at__isnull=False)


def due(now: datetime) -> list:
    """Ids of the chats whose pending response is red behind locks, and of which the journal does not know it yet."""
    locked, site = list(Agent.objects.exclude(locked_at=None)), Site.current()
    Agent.read_groups(locked)
    if not locked:
        return []
    gone = {agent.pk: timedelta(seconds=agent.option("pending_red", site).value) for agent in locked}
    behind = Party.objects.here().agents().filter(agent__in=gone).values("interaction")
    others = Party.objects.here().agents().filter(interaction=OuterRef("interaction")).exclude(agent__in=gone)
    noted = Event.objects.filter(subject=OuterRef("interaction_id"), name=NAME, at__gte=OuterRef("unanswered_since"))
    red = now - min(gone.values())
    lanes = Lane.objects.filter(interaction__in=behind, name=PUBLIC, unanswered_since__lte=red)
    found = lanes.filter(~Exists(others), ~Exists(noted), interaction__state=State.ACTIVE)
    owned = found.values_list("interaction_id", "interaction__owner__agent_id", "unanswered_since")
    return [chat for chat, owner, since in owned if since + gone.get(owner, timedelta.max / 2) <= now]


@transaction.atomic(durable=True)
def note(interaction_id, *, now: datetime) -> None:
    """Looked at again under the lock. Emits response.unattended, once for each wait."""
    interaction = Interaction.lock(interaction_id)
    if interaction_id not in due(now):
        interaction.untouched()
        return
    owner = interaction.owner.agent_id
    since = interaction.lanes.get(name=PUBLIC).unanswered_since
    events.record(interaction, NAME, now=now, agent=str(owner), seconds=int((now - since).total_seconds()))
