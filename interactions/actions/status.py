"""What agents set their channels to."""

from datetime import datetime

from django.db import transaction

from agents.actions.status import change
from agents.models import Agent, ChannelStatus, MenuEntry, Reason
from agents.status import LABELS, Status
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from interactions import events, permissions
from interactions.models import Call, Interaction, Ring

from . import invitations

AFTER_LAST = (Status.LOGGED_OFF, Status.NOT_READY)
CHAT, VOICE, ALL = ChannelStatus.CHAT, ChannelStatus.VOICE, "all"
CHANNELS = {CHAT: (CHAT,), VOICE: (VOICE,), ALL: (CHAT, VOICE)}


def set_status(agent_id, status: str, *, channel: str = CHAT, reason_id=None, after_last=False, now: datetime) -> Agent:
    """The agent chooses the status of a channel, or of all. What rings is taken back where the new status says so.

    `after_last`: chat only when the last one is over; until then the agent gets no new one.

    Raises Conflict `interactions_open` when logging off with live chats, `call_open` with a call, NotFound for an
    unknown reason, NotAllowed for a status that the menu does not offer, or of chat without the privilege to use it.
    Emits agent.status_changed, and invitation.withdrawn for each ring taken back.
    """
    status, channels = Status(status), CHANNELS[channel]
    if not after_last:
        _require_offered(status, reason_id)
    agent = _postpone(agent_id, status, channels, now) if after_last else None
    agent = agent or _set(agent_id, status, channels, reason_id, now)
    if status != Status.READY and CHAT in channels:
        take_back_rings(agent, status, now)
    return Agent.objects.get(pk=agent.pk)


@transaction.atomic(durable=True)
def _set(agent_id, status: Status, channels: tuple, reason_id, now) -> Agent:
    (agent,) = Agent.lock([agent_id])
    channels = _settable(agent, status, channels)
    reason = _reason(status, reason_id)
    if status == Status.LOGGED_OFF:
        _nothing_open(agent, channels)
    if CHAT in channels:
        _set_chat(agent, status)
    for channel in channels:
        change(agent, status, reason, channel=channel, now=now)
    about = {"status": str(status), "channels": list(channels)}
    events.record_agent(agent, "agent.status_changed", now=now, by=f"agent:{agent.id}", **about)
    return agent


def _settable(agent: Agent, status: Status, channels: tuple) -> tuple:
    """Who may not use chat sets all other channels."""
    refusal = permissions.can_set(agent, status) if CHAT in channels else None
    others = tuple(channel for channel in channels if channel != CHAT)
    if refusal and not others:
        raise refusal
    return others if refusal else channels


def _set_chat(agent: Agent, status: Status) -> None:
    """What was planned or missed before no longer counts."""
    agent.after_last = ""
    agent.save(update_fields=["after_last"])
    if status == Status.READY:
        agent.missed = 0


def wrote(agent_id, *, now: datetime) -> None:
    """A line sent: whoever writes responds, so nothing counts as missed. Emits agent.responded if anything did."""
    if Agent.objects.filter(pk=agent_id, missed__gt=0).exists():
        _responded(agent_id, now)


@transaction.atomic(durable=True)
def _responded(agent_id, now) -> None:
    (agent,) = Agent.lock([agent_id])
    agent.missed = 0
    agent.save(update_fields=["missed"])
    events.record_agent(agent, "agent.responded", now=now, by=f"agent:{agent.id}")


@transaction.atomic(durable=True)
def _postpone(agent_id, status: Status, channels: tuple, now) -> Agent | None:
    """Remember what to set after the last chat; None where no chat is open, and it can be set at once."""
    if status not in AFTER_LAST:
        raise Invalid(message="After the last chat only Logged Off and Not Ready can be set.")
    (agent,) = Agent.lock([agent_id])
    if CHAT not in channels or not _open_here(agent).exists():
        transaction.set_rollback(True)
        return None
    agent.after_last = status
    agent.save(update_fields=["after_last"])
    if VOICE in channels:
        change(agent, status, None, channel=VOICE, now=now)
    events.record_agent(agent, "agent.leaving", now=now, by=f"agent:{agent.id}", status=str(status))
    return agent


def sign_in(agent_id, *, now: datetime) -> Agent:
    """Signing in logs the agent in on their channels, Not Ready. Who is logged in on one already stays as they were."""
    if not ChannelStatus.objects.filter(agent=agent_id).exclude(status=Status.LOGGED_OFF).exists():
        return _set(agent_id, Status.NOT_READY, CHANNELS[ALL], None, now)
    return Agent.objects.get(pk=agent_id)


def _require_offered(status: Status, reason_id) -> None:
    """Reasons are looked at by themselves."""
    if reason_id is None and (status, None) not in MenuEntry.objects.offered():
        ask = status == Status.NOT_READY
        raise NotAllowed(message="Give a reason for Not Ready." if ask else f"{LABELS[status]} is not offered here.")


def _reason(status: Status, reason_id) -> Reason | None:
    if reason_id is None:
        return None
    if status != Status.NOT_READY:
        raise Invalid(message="Only Not Ready takes a reason.")
    reason = Reason.objects.choosable().filter(pk=reason_id).first()
    if reason is None:
        raise NotFound(message="There is no such reason.")
    return reason


def _nothing_open(agent: Agent, channels: tuple) -> None:
    if CHAT in channels:
        _no_chat_open(agent)
    if VOICE in channels and (call := Call.objects.live_of(agent)):
        raise Conflict("call_open", f"Hang up first: you are in a call with {call.other(agent).nickname}.")


def _no_chat_open(agent: Agent) -> None:
    rows = [{"id": str(row.id), "name": row.contact.label} for row in _open_here(agent).select_related("contact")]
    if rows:
        names = ", ".join(row["name"] for row in rows)
        raise Conflict("interactions_open", f"End these chats first: {names}.", interactions=rows)


def _open_here(agent: Agent):
    return Interaction.objects.live().filter(parties__agent=agent, parties__left_at=None)


def take_back_rings(agent: Agent, status: Status, now) -> None:
    """A routed offer returns to its place; a direct one keeps ringing unless the agent logged off."""
    rings = Ring.objects.open().filter(agent=agent)
    if status != Status.LOGGED_OFF:
        rings = rings.filter(routed=True)
    for id in list(rings.values_list("id", flat=True)):
        try:
            invitations.take_back(id, why=str(status), now=now)
        except Conflict:  # answered at the same moment
            continue
