"""Who of a queue, group or skill is there."""

from datetime import datetime

from agents.models import Agent
from core import leases


def is_staffed(pool, now: datetime, *, except_for: Agent | None = None) -> bool:
    """Is any of the pool's agents logged in and connected?"""
    holders = [agent.holder for agent in pool.agents.logged_in() if agent != except_for]
    return bool(leases.live(holders, now))
