"""How much each agent has on their hands, counted from rows."""

from collections import Counter
from dataclasses import dataclass

from .models import Party, Ring, Segment
from .states import Kind


@dataclass(frozen=True, slots=True)
class Load:
    """`used`: slots taken, what rings included. `unclosed`: ended chats past their wrap-up limit.

    `consulted`: in so many chats, what rings included; a consultation takes no slot.
    """

    used: int = 0
    unclosed: int = 0
    consulted: int = 0
    route_ringing: bool = False


def loads(agent_ids) -> dict:
    """{agent id: Load} for all that are asked for. Two queries, however many."""
    used, unclosed, consulted, routed = Counter(), Counter(), Counter(), set()
    agent_ids = list(agent_ids)
    segments = Segment.objects.unfinished().filter(agent__in=agent_ids)
    for agent, party, left, slot in segments.values_list("agent_id", "party__kind", "left_at", "slot_until"):
        if party == Party.CONSULTANT:
            consulted[agent] += left is None
        else:
            (used if left is None or slot is not None else unclosed)[agent] += 1
    rings = Ring.objects.open().filter(agent__in=agent_ids)
    for agent, kind, by_routing in rings.values_list("agent_id", "invitation__kind", "routed"):
        (consulted if kind == Kind.CONSULT else used)[agent] += 1
        if by_routing:
            routed.add(agent)
    return {id: Load(used[id], unclosed[id], consulted[id], id in routed) for id in agent_ids}


def load(agent) -> Load:
    return loads([agent.id])[agent.id]
