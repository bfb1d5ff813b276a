"""Voice calls between two agents: placed, accepted, connected, ended.

The server keeps who speaks with whom and passes on what browsers need to find each other; it never has the sound.
"""

from datetime import datetime, timedelta

from django.db import transaction

from agents.models import Agent
from core import leases
from core.errors import Conflict, NotAllowed, NotFound
from interactions import events, permissions
from interactions.models import Call, Consultation, Interaction, Party
from interactions.states import CallEnd, CallState

RINGS = timedelta(seconds=30)
CONNECTS = timedelta(seconds=10)
CLOSED = "Open the workspace first: the call is carried by one of its tabs."
ENDINGS = {
    CallEnd.CANCELLED: "The caller has hung up.",
    CallEnd.DECLINED: "The call was declined.",
    CallEnd.UNANSWERED: "It was not answered in time.",
    CallEnd.NOT_CONNECTED: "It did not connect in time.",
}


def place(agent_id, *, by: Agent, tab: str, interaction_id=None, now: datetime) -> Call:
    """Call another agent, perhaps about a chat: it rings in their workspaces. `tab`: which of one's own speaks.

    Raises NotFound, NotAllowed, Conflict (`logged_off`, `not_ready`, `busy`, `no_workspace`). Emits call.placed.
    """
    target = Agent.objects.active().filter(pk=agent_id).first()
    if target is None:
        raise NotFound(message="There is no such agent.")
    if target.pk == by.pk:
        raise NotAllowed(message="Nobody calls themselves.")
    about = _known(interaction_id, by) if interaction_id else None
    return _place(target.pk, by=by, tab=tab, about=about, now=now)


def place_to_party(interaction_id, party_id, *, by: Agent, tab: str, now: datetime) -> Call:
    """Call a party of the chat: Call in the party action menu. Raises and emits as `place`, and `not_party`."""
    interaction = _known(interaction_id, by)
    mine = permissions.segment_of(interaction, by).party
    party = interaction.parties.filter(pk=party_id).first()
    if party is None:
        raise NotFound(message="There is no such party.")
    permissions.require(permissions.can_call_party(interaction, mine, party))
    return _place(party.agent_id, by=by, tab=tab, about=interaction, now=now)


def place_in_consultation(consultation_id, *, by: Agent, tab: str, now: datetime) -> Call:
    """The sound of a voice consultation: one of its two calls the other, who need not be Ready: they agreed to it.

    Raises NotFound, Conflict (`ended`, `not_voice`, `busy`, `logged_off`, `no_workspace`). Emits call.placed.
    """
    rows = Consultation.objects.select_related("interaction", "requester", "consultant")
    found = rows.filter(pk=consultation_id).first()
    people = {party.agent_id for party in (found.requester, found.consultant)} if found else set()
    if by.pk not in people:
        raise NotFound(message="There is no such consultation.")
    permissions.require(permissions.can_speak(found))
    (other,) = people - {by.pk}
    return _place(other, by=by, tab=tab, about=found.interaction, consultation=found, now=now)


def _known(interaction_id, agent: Agent) -> Interaction:
    """A chat that the agent is or was in; any other does not exist for them."""
    interaction = Interaction.objects.filter(pk=interaction_id).first()
    if interaction is None or not Party.objects.filter(interaction=interaction, agent=agent).exists():
        raise NotFound(message="There is no such interaction.")
    return interaction


@transaction.atomic(durable=True)
def _place(
    target_id,
    *,
    by: Agent,
    tab: str,
    about: Interaction | None,
    consultation: Consultation | None = None,
    now: datetime,
) -> Call:
    people = {agent.pk: agent for agent in Agent.lock([by.pk, target_id])}
    caller, callee = people[by.pk], people[target_id]
    busy = Call.objects.busy([caller, callee])
    if consultation is None:
        permissions.require(permissions.can_call(caller, channel=caller.channel("voice"), busy=caller.pk in busy))
        permissions.require(reachable(callee, busy=callee.pk in busy, now=now))
    else:
        permissions.require(_free(caller, callee, busy, now))
    _carries(caller, tab, now)
    sides = {"caller": caller, "callee": callee, "caller_tab": tab}
    about = {"interaction": about, "consultation": consultation}
    call = Call.objects.create(**sides, **about, placed_at=now, expires_at=now + RINGS)
    events.record_call(call, "call.placed", now=now, by=f"agent:{by.id}")
    return call


def reachable(agent: Agent, *, busy: bool, now) -> permissions.Refusal:
    """Checked under the agent's lock, so that two callers cannot both reach them."""
    present = agent.holder in leases.live([agent.holder], now)
    return permissions.can_be_called(agent, channel=agent.channel("voice"), present=present, busy=busy)


def _free(caller: Agent, callee: Agent, busy: set, now) -> permissions.Refusal:
    present = callee.holder in leases.live([callee.holder], now)
    return permissions.can_speak_now(callee, present=present, mine=caller.pk in busy, theirs=callee.pk in busy)


def _carries(agent: Agent, tab: str, now) -> None:
    if (agent.holder, tab) not in leases.tabs([agent.holder], now):
        raise Conflict("no_workspace", CLOSED)


@transaction.atomic(durable=True)
def accept(call_id, *, by: Agent, tab: str, now: datetime) -> Call:
    """Answer in this tab; from now on the two browsers have ten seconds to find each other.

    Raises NotFound, NotAllowed, Conflict `no_longer_available` or `no_workspace`. Emits call.accepted.
    """
    call = _locked(call_id, by)
    _is_called(call, by)
    if call.state != CallState.RINGING:
        raise Conflict("no_longer_available", _gone(call))
    _carries(by, tab, now)
    call.move(CallState.CONNECTING, callee_tab=tab, accepted_at=now, expires_at=now + CONNECTS)
    events.record_call(call, "call.accepted", now=now, by=f"agent:{by.id}")
    return call


@transaction.atomic(durable=True)
def connected(call_id, *, by: Agent, now: datetime) -> Call:
    """A browser of either side hears the other: the call runs from now on. Again is harmless.

    Raises NotFound, Conflict `no_longer_available`. Emits call.connected.
    """
    call = _locked(call_id, by)
    if call.state == CallState.ACTIVE:
        return _untouched(call)
    if call.state != CallState.CONNECTING:
        raise Conflict("no_longer_available", _gone(call))
    call.move(CallState.ACTIVE, connected_at=now, expires_at=None)
    events.record_call(call, "call.connected", now=now, by=f"agent:{by.id}")
    return call


@transaction.atomic(durable=True)
def decline(call_id, *, by: Agent, now: datetime) -> Call:
    """Whoever is called does not want to answer. Of an ended call it changes nothing.

    Raises NotFound, NotAllowed, Conflict `no_longer_available`. Emits call.ended.
    """
    call = _locked(call_id, by)
    _is_called(call, by)
    if not call.live:
        return _untouched(call)
    if call.state != CallState.RINGING:
        raise Conflict("no_longer_available", _gone(call))
    return _end(call, CallEnd.DECLINED, by, now)


@transaction.atomic(durable=True)
def hang_up(call_id, *, by: Agent, why: str = CallEnd.HUNG_UP, now: datetime) -> Call:
    """Either side ends the call, in any of its tabs; `why` is what its browser knows. Again changes nothing.

    Raises NotFound. Emits call.ended.
    """
    call = _locked(call_id, by)
    if not call.live:
        return _untouched(call)
    cause = CallEnd(why)
    if call.state == CallState.RINGING and cause == CallEnd.HUNG_UP:
        cause = CallEnd.CANCELLED if by.pk == call.caller_id else CallEnd.DECLINED
    return _end(call, cause, by, now)


# --- what is due ------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def run_out(call_id, *, now: datetime) -> None:
    """Nobody answered in time, or it did not connect in time. Emits call.ended."""
    call = _locked(call_id)
    if not call.live or call.expires_at is None or call.expires_at > now:
        _untouched(call)
        return
    ringing = call.state == CallState.RINGING
    _end(call, CallEnd.UNANSWERED if ringing else CallEnd.NOT_CONNECTED, None, now)


@transaction.atomic(durable=True)
def end_with_consultation(call_id, *, now: datetime) -> None:
    """The consultation that the call belonged to is over. Emits call.ended."""
    call = _locked(call_id)
    if not Call.objects.left_over().filter(pk=call_id).exists():
        _untouched(call)
        return
    _end(call, CallEnd.CONSULTATION, None, now)


@transaction.atomic(durable=True)
def lose(call_id, *, now: datetime) -> None:
    """A tab that carried the call is gone. Emits call.ended."""
    call = _locked(call_id)
    if not call.live or not _silent(call, leases.tabs(_holders([call]), now)):
        _untouched(call)
        return
    _end(call, CallEnd.LOST, None, now)


def abandoned(now: datetime) -> list:
    """The ids of live calls of which a tab that carries the sound is gone."""
    calls = list(Call.objects.live().with_people())
    here = leases.tabs(_holders(calls), now) if calls else set()
    return [call.id for call in calls if _silent(call, here)]


def _holders(calls) -> set[str]:
    return {agent.holder for call in calls for agent in call.agents}


def _silent(call: Call, here: set) -> bool:
    carriers = [(agent.holder, call.tab_of(agent.pk)) for agent in call.agents]
    return any(tab and (holder, tab) not in here for holder, tab in carriers)


# --- parts ------------------------------------------------------------------------------------


def _locked(call_id, by: Agent | None = None) -> Call:
    """The call with both its agents locked; whoever is neither of them does not know of it."""
    found = Call.objects.filter(pk=call_id).first()
    if found is None or (by is not None and by.pk not in (found.caller_id, found.callee_id)):
        raise NotFound(message="There is no such call.")
    people = {agent.pk: agent for agent in Agent.lock([found.caller_id, found.callee_id])}
    call = Call.objects.select_related("interaction__contact").get(pk=call_id)
    call.caller, call.callee = people[call.caller_id], people[call.callee_id]
    return call


def _is_called(call: Call, by: Agent) -> None:
    if by.pk != call.callee_id:
        raise NotAllowed(message="You are the one who calls.")


def _gone(call: Call) -> str:
    if call.live:
        return "It was answered in another tab."
    return ENDINGS.get(CallEnd(call.cause), "The call has ended.")


def _untouched(call: Call) -> Call:
    transaction.set_rollback(True)
    return call


def _end(call: Call, cause: CallEnd, by: Agent | None, now) -> Call:
    call.move(CallState.ENDED, ended_at=now, expires_at=None, cause=cause, ended_by=by)
    actor = f"agent:{by.id}" if by else "system"
    events.record_call(call, "call.ended", now=now, by=actor, cause=str(cause))
    return call
