"""How much each agent has on their hands, counted from rows."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import BooleanField, DateTimeField, QuerySet, Value

from core.written import Written

from .models import Party, Ring, Segment
from .states import Kind


@dataclass(frozen=True, slots=True)
class Load:
    """`used`: slots taken, what rings included. `unclosed`: ended chats past their wrap-up limit.

    `consulted`: in so many chats, what rings included; a consultation takes no slot. `tails`: slots still taken of
    those that were marked done.
    """

    used: int = 0
    unclosed: int = 0
    consulted: int = 0
    route_ringing: bool = False
    tails: int = 0


def _held(agents: list) -> QuerySet:
    """Agent, kind, left, done, slot until, routed: of stretches of work the last is None, of rings those between."""
    work = Segment.objects.unfinished().filter(agent__in=agents).order_by()
    rings = Ring.objects.open().filter(agent__in=agents).order_by()
    never, unsaid = Value(None, output_field=DateTimeField()), Value(None, output_field=BooleanField())
    worked = work.values_list("agent_id", "party__kind", "left_at", "done_at", "slot_until", unsaid)
    rang = rings.values_list("agent_id", "invitation__kind", never, never, never, "routed")
    return worked.union(rang, all=True)


HELD = Written(_held)


def loads(agent_ids) -> dict:
    """{agent id: Load} for all that are asked for. One query, however many."""
    used, unclosed, consulted, tails, routed = Counter(), Counter(), Counter(), Counter(), set()
    agent_ids = list(agent_ids)
    for agent, kind, left, done, slot, by_routing in HELD.about(agent_ids):
        if by_routing is not None:
            (consulted if kind == Kind.CONSULT else used)[agent] += 1
            routed |= {agent} if by_routing else set()
        elif kind == Party.CONSULTANT:
            consulted[agent] += left is None
        else:
            (used if left is None or slot is not None else unclosed)[agent] += 1
            tails[agent] += done is not None
    return {id: Load(used[id], unclosed[id], consulted[id], id in routed, tails[id]) for id in agent_ids}


def load(agent) -> Load:
    return loads([agent.id])[agent.id]
