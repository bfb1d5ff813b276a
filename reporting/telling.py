"""The journal in words: what happened when, who did it, and what it changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from agents.models import Agent
from agents.status import words
from core.models import Event

from . import names


class Told(NamedTuple):
    at: datetime
    name: str
    who: str
    changes: list[str]


def told(events: Iterable[Event]) -> list[Told]:
    """Names are read once for all of them."""
    events = list(events)
    agents = _agents(events)
    queues = names.of("queue", {UUID(id) for event in events for id in _queues(event)})
    return [Told(event.at, event.name, _who(event, agents), list(_changes(event, agents, queues))) for event in events]


def _agents(events: list[Event]) -> dict[str, str]:
    """{agent or party: name}: parties by the agents that the journal says they are."""
    facts = [event.data.get("facts", {}) for event in events]
    parties = {row["party"]: row["agent"] for told in facts for row in told.get("joined", ())}
    ids = {*parties.values(), *(row["agent"] for told in facts for row in told.get("statuses", ()))}
    ids |= {event.actor.removeprefix("agent:") for event in events if event.actor.startswith("agent:")}
    ids |= {str(event.data["agent"]) for event in events if event.data.get("agent")}
    known = {str(id): name for id, name in Agent.objects.filter(pk__in=ids).values_list("pk", "name")}
    return known | {party: known.get(agent, names.GONE) for party, agent in parties.items()}


def _queues(event: Event) -> list[str]:
    facts = event.data.get("facts", {})
    found = [facts.get("came", {}).get("queue"), *(row.get("queue") for row in facts.get("invited", ()))]
    return [id for id in [*found, *(row.get("through") for row in facts.get("answered", ()))] if id]


def _who(event: Event, agents: dict) -> str:
    """Who acted; of what the engine did, at whom."""
    if event.actor.startswith("agent:"):
        return agents.get(event.actor.removeprefix("agent:"), names.GONE)
    about = event.data.get("agent")
    return f"system, {agents.get(str(about), names.GONE)}" if about else event.actor


def _changes(event: Event, agents: dict, queues: dict) -> Iterable[str]:
    facts = event.data.get("facts", {})
    for row in facts.get("invited", ()):
        where = f", queue {queues[UUID(row['queue'])]}" if row.get("queue") else ""
        yield f"{row['kind']} asked{where}"
    for row in facts.get("answered", ()):
        yield f"request {row['state']}"
    for row in facts.get("joined", ()):
        yield f"{agents.get(row['party'], names.GONE)} joined"
    for row in facts.get("left", ()):
        yield f"{agents.get(row['party'], names.GONE)} left: {row['cause']}"
    for row in facts.get("done", ()):
        codes = ", ".join(row["codes"]) or "no outcome"
        yield f"{agents.get(row['party'], names.GONE)} done: {codes}"
    for row in facts.get("statuses", ()):
        yield f"{agents.get(row['agent'], names.GONE)}: {words(row['status'], row['reason'] or None)}"
    if facts.get("owner"):
        yield f"{agents.get(facts['owner'], names.GONE)} owns the chat"
    if "cause" in facts:
        yield f"the chat ended: {facts['cause']}"
