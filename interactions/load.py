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
    """{agent id: Load} for all that are asked for. Two queries, however many."""
    used, unclosed, routed = Counter(), Counter(), set()
    agent_ids = list(agent_ids)
    segments = Segment.objects.unfinished().filter(agent__in=agent_ids)
    for agent, left, slot in segments.values_list("agent_id", "left_at", "slot_until"):
        (used if left is None or slot is not None else unclosed)[agent] += 1
    for agent, by_routing in Ring.objects.open().filter(agent__in=agent_ids).values_list("agent_id", "routed"):
        used[agent] += 1
        if by_routing:
            routed.add(agent)
    return {id: Load(used[id], unclosed[id], id in routed) for id in agent_ids}


def load(agent) -> Load:
    return loads([agent.id])[agent.id]
