"""What is due: rings, slots, forgotten segments, lost agents, graces; then waiting chats are offered.

Each kind of work is a step with rows of which any makes it due. One statement asks for all of them, so a sweep in which
nothing is due is one query. Rows may be there a little too early or too often, for limits that options set; the step
then finds nothing to do. They must never be missing: `tests/interactions/test_due.py` brings about each kind of work.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from agents.models import Agent, ChannelStatus, DeskSession
from agents.status import Status
from core.due import Gate, Rows
from core.errors import ParleyError
from interactions.models import Call, Interaction, Invitation, Party, Ring, Segment
from interactions.states import Invited, Kind

from . import (
    absence,
    ageing,
    calls,
    consultation,
    idle,
    invitations,
    locking,
    offering,
    outcomes,
    overflow,
    presence,
    privileges,
    slots,
    unattended,
)

log = logging.getLogger("parley.engine")

TOLD_AT_ONCE = 50


class Step(NamedTuple):
    """One kind of work. `do` gets the time and whether service is steady, and says how much it found."""

    due: Rows
    do: Callable[[datetime, bool], int]
    steady: bool


STEPS: dict[str, Step] = {}


def step(due: Rows, *, steady: bool = False):
    """Part of each sweep, in the order in which they are written. `steady`: only while missing leases and missing
    input mean missing people."""

    def keep(do):
        STEPS[do.__name__] = Step(due, do, steady)
        return do

    return keep


def sweep(now: datetime, *, steady: bool) -> None:
    """Do everything that is due at this moment. Each step claims its own row, so many engines are safe.

    `steady`: service was unbroken long enough for missing leases and missing input to mean missing people.
    What a step did may make a later one due, so the question is asked again after it.
    """
    found, left = gate().open(now), list(STEPS)
    while left:
        name = left.pop(0)
        if name in found and (steady or not STEPS[name].steady) and STEPS[name].do(now, steady):
            found = gate().still_open(now, left)


@cache
def gate() -> Gate:
    return Gate({name: each.due for name, each in STEPS.items()})


def _each(ids: Iterable, action, **kwargs) -> int:
    """One action per row; one that fails or was overtaken leaves the others alone. How many there were."""
    ids = list(ids)
    for id in ids:
        try:
            action(id, **kwargs)
        except ParleyError:  # overtaken
            continue
        except Exception:
            log.exception("%s of %s failed", action.__name__, id)
    return len(ids)


def _ids(*rows) -> list:
    return [id for each in rows for id in each.values_list("pk", flat=True)]


# --- limits of time ---------------------------------------------------------------------------


@step(lambda now: [Ring.objects.overdue(now)])
def rings(now, steady):
    return _each(_ids(Ring.objects.overdue(now)), invitations.expire, now=now, missed=steady)


@step(lambda now: [Invitation.objects.overdue(now)])
def requests(now, steady):
    return _each(_ids(Invitation.objects.overdue(now)), invitations.give_up, now=now)


@step(lambda now: [Call.objects.overdue(now)])
def unanswered_calls(now, steady):
    return _each(_ids(Call.objects.overdue(now)), calls.run_out, now=now)


@step(lambda now: [_waiting_requests()])
def requests_to_nobody(now, steady):
    return _each(_ids(Invitation.objects.abandoned()), invitations.give_up, now=now)


def _waiting_requests():
    return Invitation.objects.filter(state=Invited.WAITING).exclude(kind=Kind.ROUTE)


@step(lambda now: [Call.objects.left_over()])
def calls_of_consultations(now, steady):
    return _each(_ids(Call.objects.left_over()), calls.end_with_consultation, now=now)


@step(lambda now: [Segment.objects.filter(slot_until__lte=now)])
def taken_slots(now, steady):
    return _each(_ids(Segment.objects.filter(slot_until__lte=now)), slots.release, now=now)


@step(lambda now: [slots.helpers_left()])
def forgotten_helpers(now, steady):
    return _each(_ids(slots.forgotten(now)), slots.close_forgotten, now=now)


@step(lambda now: [slots.left_by_owners()])
def forgotten_owners(now, steady):
    return _each(slots.forgotten_by_owners(now), slots.close_forgotten, now=now)


# --- what was changed for somebody ------------------------------------------------------------


@step(lambda now: [Agent.objects.filter(outdated=True)])
def other_privileges(now, steady):
    return _each(_some(Agent), privileges.follow, now=now)


@step(lambda now: [_waiting_requests()])
def requests_no_longer_allowed(now, steady):
    return _each(privileges.no_longer_allowed(), invitations.disallow, now=now)


@step(lambda now: [overflow.undecided()])
def offers_of_messages(now, steady):
    return _each(overflow.due(now), overflow.offer_message, now=now)


@step(lambda now: [_no_longer_ready()])
def rings_at_who_is_no_longer_ready(now, steady):
    return _each(_ids(_no_longer_ready()), invitations.take_back, why="not_ready", now=now)


def _no_longer_ready():
    """Routed rings at agents whose status was changed for them: their last chat ended."""
    chat = ChannelStatus.objects.filter(agent=OuterRef("agent"), channel=ChannelStatus.CHAT)
    return Ring.objects.open().filter(~Exists(chat.filter(status=Status.READY)), routed=True)


# --- who is missing ---------------------------------------------------------------------------


@step(lambda now: [DeskSession.objects.overdue(now)], steady=True)
def untouched_workspaces(now, steady):
    return _each(_ids(DeskSession.objects.overdue(now)), locking.lock_idle, now=now)


@step(lambda now: [absence.unheard(now)], steady=True)
def rings_at_the_absent(now, steady):
    return _each(absence.to_withdraw(now), invitations.take_back, why="absent", now=now)


@step(absence.silent, steady=True)
def parties_away(now, steady):
    since = absence.since([party for rows in absence.silent(now) for party in rows], now)
    return sum(_each([id], presence.went_away, since=moment, now=now) for id, moment in since.items())


@step(lambda now: [*absence.returned(now), absence.found_again(now)], steady=True)
def parties_back(now, steady):
    back = _ids(*absence.returned(now))
    agents = set(absence.found_again(now).values_list("agent", flat=True))
    return _each(back, presence.came_back, now=now) + _each(agents, presence.agent_appeared, now=now)


@step(lambda now: [Party.objects.agents().away_for(presence.LOST_AFTER, now)], steady=True)
def lost_agents(now, steady):
    return _each(_ids(Party.objects.agents().away_for(presence.LOST_AFTER, now)), presence.agent_lost, now=now)


@step(lambda now: [Party.objects.consultants().away_for(presence.LOST_AFTER, now)], steady=True)
def lost_consultants(now, steady):
    return _each(_ids(Party.objects.consultants().away_for(presence.LOST_AFTER, now)), consultation.lost, now=now)


@step(lambda now: [absence.contacts_away()], steady=True)
def graces(now, steady):
    return _each(absence.given_up(now), presence.grace_over, now=now)


@step(lambda now: [Call.objects.live()], steady=True)
def calls_without_a_tab(now, steady):
    return _each(calls.abandoned(now), calls.lose, now=now)


@step(lambda now: [idle.quiet(now)], steady=True)
def quiet_chats(now, steady):
    return _each(idle.due(now), idle.run_out, now=now)


@step(lambda now: [unattended.behind_locks()])
def unattended_responses(now, steady):
    return _each(unattended.due(now), unattended.note, now=now)


# --- the line ---------------------------------------------------------------------------------


@step(lambda now: [Invitation.objects.rising(now)])
def rising_priorities(now, steady):
    return ageing.rise(now)


@step(lambda now: [Invitation.objects.filter(state=Invited.WAITING)])
def waiting_chats(now, steady):
    return offering.offer_all(now)


@step(lambda now: [Interaction.objects.filter(outdated=True)])
def outdated_desks(now, steady):
    return _each(_some(Interaction), outcomes.refresh, now=now)


def _some(model) -> list:
    """A few at a time: a change for the whole site must not hold up what is due."""
    return _ids(model.objects.filter(outdated=True)[:TOLD_AT_ONCE])
