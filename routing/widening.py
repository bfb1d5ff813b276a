"""What changes while a chat waits: it rises, skills are relaxed, other queues are asked, a message is offered. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

PRIORITY_MOST = 1000  # as far as waiting raises it


@dataclass(frozen=True, slots=True)
class Need:
    """From `after` seconds on this level of a skill is needed; 0: the skill no longer."""

    skill: UUID
    name: str
    level: int
    after: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """From `after` seconds on the queue is asked too; without a queue: a message is offered."""

    after: int
    queue: UUID | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom a waiting chat is offered to now. `queues`: its own first; `needs`: in force; `skills`: by which levels
    are compared, relaxed or not; `notes`: in words."""

    queues: tuple = ()
    needs: tuple[Need, ...] = ()
    skills: tuple = ()
    notes: tuple[str, ...] = ()


def risen(priority: int, ageing: int, waited: float) -> int:
    """The priority after so many seconds: one more each time it has waited the ageing; 0: never."""
    steps = int(waited // ageing) if ageing else 0
    return max(priority, min(priority + steps, PRIORITY_MOST))


def plan(own: UUID, needs: Sequence[Need], steps: Sequence[Step], obstacles: Mapping, waited: float) -> Plan:
    """The plan after so many seconds of waiting.

    Steps add up and are those of the chat's own queue only: the steps of a queue that is asked too are not followed,
    so no chat goes round. `obstacles`: {queue: why it cannot be asked now}; such a queue is passed over, and said.
    """
    also = [step for step in reached(steps, waited) if step.queue]
    asked = [step.queue for step in also if step.queue not in obstacles]
    now = tuple(need for need in in_force(needs, waited) if need.level)
    notes = [f"needs {need.name} at {need.level} or more" for need in now]
    notes += [_note(step, obstacles.get(step.queue)) for step in also]
    return Plan((own, *asked), now, tuple(sorted({need.skill for need in needs})), tuple(notes))


def reached(steps: Iterable[Step], waited: float) -> list[Step]:
    return sorted((step for step in steps if step.after <= waited), key=lambda step: step.after)


def offers_message(steps: Iterable[Step], waited: float) -> bool:
    return any(step.queue is None for step in reached(steps, waited))


def in_force(needs: Iterable[Need], waited: float) -> list[Need]:
    """Of each skill the last level whose time has come."""
    latest: dict = {}
    for need in sorted(needs, key=lambda need: need.after):
        if need.after <= waited:
            latest[need.skill] = need
    return sorted(latest.values(), key=lambda need: need.name)


def lacks(needs: Iterable[Need], levels: Mapping[UUID, int]) -> str:
    """The first need that these levels do not meet, in words; "" when they meet all."""
    for need in needs:
        has = levels.get(need.skill, 0)
        if has < need.level:
            return f"has {need.name} at {has}, {need.level} is needed" if has else f"lacks the skill {need.name}"
    return ""


def _note(step: Step, obstacle: str | None) -> str:
    if obstacle:
        return f"not offered to {step.name} after {step.after} s: {obstacle}"
    return f"also offered to {step.name} after {step.after} s"
