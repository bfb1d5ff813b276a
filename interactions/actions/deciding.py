"""Whom an invitation asks next, and the record of why: what was seen, in words, as it is kept."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from interactions.models import Invitation, RoutingDecision
from routing import engine
from routing.widening import Plan

from .candidates import Look

OTHERS = "had no room or was not Ready"


class Decision(NamedTuple):
    """`reasons`: of each who was looked at, in words; `others`: how many were not. `plan`: what was in force then."""

    chosen: UUID | None
    plan: Plan | None = None
    reasons: tuple = ()
    others: int = 0


def decide(invitation: Invitation, plan: Plan, found: Look, now: datetime) -> Decision:
    """Whom the strategy chooses of those who were found, and why each was or was not chosen."""
    chosen, verdicts = engine.choose(found.candidates, now, invitation.strategy)
    return Decision(chosen, plan, tuple(_reason(each, chosen, found) for each in verdicts), found.others)


def _reason(verdict: engine.Verdict, chosen: UUID | None, found: Look) -> dict:
    name = found.agents[verdict.id].nickname
    return {"agent": str(verdict.id), "name": name, "chosen": verdict.id == chosen, "reason": verdict.reason}


def keep(decision: Decision, invitation: Invitation, plan: Plan, now: datetime) -> None:
    """Part of an action: the row behind "Why this agent?"."""
    RoutingDecision.objects.create(
        invitation=invitation,
        pool=invitation.pool.name,
        chosen_id=decision.chosen,
        candidates=list(decision.reasons),
        notes=[*_notes(invitation, plan), *_others(decision)],
        at=now,
    )


def says(last: RoutingDecision | None, invitation: Invitation, plan: Plan) -> bool:
    """Does this row say already why nobody is asked?"""
    if last is None or last.chosen_id is not None:
        return False
    return [note for note in last.notes if not note.endswith(OTHERS)] == _notes(invitation, plan)


def _notes(invitation: Invitation, plan: Plan) -> list[str]:
    """Why it is this queue, what the chat needs, and where else it is offered."""
    return [*filter(None, [invitation.because]), *plan.notes]


def _others(decision: Decision) -> list[str]:
    """Of a large pool, how many were not looked at one by one."""
    return [f"each of {decision.others} more agents {OTHERS}"] if decision.others > 0 else []
