"""An agent may do other things than before: their open workspace, their chat channel and their chats follow."""

from datetime import datetime

from django.db import transaction

from agents.actions import people
from agents.actions.status import change
from agents.models import Agent
from agents.privileges import SWITCHES
from agents.status import Status
from interactions import events, permissions
from interactions.events import facts
from interactions.models import Interaction, Invitation, Party, Ring, Segment
from interactions.states import Invited, Kind


@transaction.atomic(durable=True)
def follow(agent_id, *, now: datetime) -> None:
    """Tell the agent's desk what they may do now, and take the chat channel from who may no longer use it.

    The engine tells their chats next, also those that they have left: others may still write to them from there.
    Emits agent.privileges_changed.
    """
    _mark_chats(agent_id)
    (agent,) = Agent.lock([agent_id])
    if not agent.outdated:
        transaction.set_rollback(True)
        return
    agent.outdated = False
    agent.save(update_fields=["outdated"])
    if permissions.can_use_chat(agent) and agent.chat().status != Status.LOGGED_OFF:
        _take_channel(agent, now)
    may = [switch for switch in SWITCHES if agent.held.has(switch)]
    about = {"roles": agent.held.roles, "may": may, **facts.of_agents(events.channels_of([agent]), now)}
    people.record(agent, "agent.privileges_changed", now=now, **about)


def _mark_chats(agent_id) -> None:
    """Before the agent is locked: interactions come first, everywhere."""
    open_parts = Segment.objects.filter(done_at=None).values("interaction")
    chats = Interaction.objects.filter(pk__in=open_parts, parties__agent=agent_id).values("pk")
    Interaction.objects.filter(pk__in=chats).update(outdated=True)


def _take_channel(agent: Agent, now) -> None:
    """At once, else after the last chat: what they have, and what rings at them by name, goes on."""
    rings = Ring.objects.open().filter(agent=agent, routed=False)
    if Party.objects.here().filter(agent=agent).exists() or rings.exists():
        agent.after_last = Status.LOGGED_OFF
        agent.save(update_fields=["after_last"])
        change(agent, Status.NOT_READY, None, now=now)
    else:
        change(agent, Status.LOGGED_OFF, None, now=now)


def no_longer_allowed() -> list:
    """Requests that wait for an agent though whoever asked may no longer ask. Two queries, however many wait."""
    rows = Invitation.objects.filter(state=Invited.WAITING).exclude(kind=Kind.ROUTE).with_targets()
    waiting = list(rows.select_related("inviter__agent"))
    Agent.read_roles(invitation.inviter.agent for invitation in waiting)
    return [invitation.id for invitation in waiting if permissions.can_go_on(invitation)]
