"""How much each agent has on their hands, counted from rows."""

from collections import Counter
from dataclasses import dataclass

from .models import Ring, Segment


@dataclass(frozen=True, slots=True)
class Load:
    """`used`: slots taken, what rings included. `unclosed`: ended chats past their wrap-up limit."""

    used: int = 0
    unclosed: int = 0
    route_ringing: bool = False


def loads(agent_ids) -> dict:
    """{agent id: Load} for all that are asked for."""
    agent_ids = list(agent_ids)
    seats = _count(Segment.objects.holding_slot().filter(agent__in=agent_ids))
    unclosed = _count(Segment.objects.unclosed().filter(agent__in=agent_ids))
    rings = Ring.objects.open().filter(agent__in=agent_ids)
    ringing, routed = _count(rings), _count(rings.filter(routed=True))
    return {id: Load(seats[id] + ringing[id], unclosed[id], routed[id] > 0) for id in agent_ids}


def load(agent) -> Load:
    return loads([agent.id])[agent.id]


def _count(rows) -> Counter:
    return Counter(rows.values_list("agent_id", flat=True))
