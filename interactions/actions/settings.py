"""What agents choose for their own desk."""

from datetime import datetime

from django.db import transaction

from agents.models import Agent
from interactions import events


@transaction.atomic(durable=True)
def choose(agent_id, given: dict, *, now: datetime) -> Agent:
    """Keep these settings of the agent; all their tabs have them then. Emits agent.settings_changed."""
    (agent,) = Agent.lock([agent_id])
    agent.settings = {**agent.settings, **given}
    agent.save(update_fields=["settings"])
    events.record_agent(agent, "agent.settings_changed", now=now, by=f"agent:{agent.id}")
    return agent
