"""Whether a ring is answered by itself: what the queue says, else what holds for the agent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agents.models import Agent, Site
from agents.options import OFF, PREVIEW

from .models import Ring
from .states import Kind

INPUT_WITHIN = 60
EARLY = timedelta(seconds=1)  # clocks differ


@dataclass(frozen=True, slots=True)
class Presence:
    """What the workspace that answers says of itself."""

    visible: bool
    idle_seconds: int

    @property
    def somebody(self) -> bool:
        return self.visible and self.idle_seconds <= INPUT_WITHIN


def is_due(ring: Ring, agent: Agent, now: datetime) -> bool:
    """Is it answered by itself, and has its preview stood long enough?"""
    wait = seconds(ring, agent, Site.current())
    return wait is not None and now + EARLY >= ring.started_at + timedelta(seconds=wait)


def seconds(ring: Ring, agent: Agent, site: Site) -> int | None:
    """How long the preview stands before the workspace accepts: 0 without a preview, None never.

    Only what routing brings from a queue: a request of a colleague is always answered by a person.
    """
    invitation = ring.invitation
    if ring.outcome or invitation.kind != Kind.ROUTE or invitation.queue is None:
        return None
    way = agent.option("auto_answer", site, queue=invitation.queue).value
    if way == OFF:
        return None
    if way != PREVIEW:
        return 0
    return agent.option("auto_answer_delay", site, queue=invitation.queue).value
