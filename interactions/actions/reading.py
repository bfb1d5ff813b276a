"""Who reads what others wrote leaves a trace."""

from datetime import datetime

from django.db import transaction

from agents.models import Agent
from interactions import events, history
from interactions.models import Interaction


@transaction.atomic(durable=True)
def open_other(interaction: Interaction, id, *, by: Agent, now: datetime) -> Interaction:
    """An agent of a contact's chat opens another of theirs. Raises NotFound for anybody else's. Emits history.read."""
    past = history.other(interaction, id)
    (agent,) = Agent.lock([by.id])
    about = {"interaction": str(interaction.id), "read": str(past.id)}
    events.record_agent(agent, "history.read", now=now, by=f"agent:{agent.id}", **about)
    return past
