"""What a desk costs: the same few queries, however many chats and agents."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from interactions import events
from tests.support import World, fresh


def queries(world: World, *agents) -> int:
    agents = [fresh(agent) for agent in agents]
    with CaptureQueriesContext(connection) as seen:
        events.desks(agents, world.now)
    return len(seen)


def test_a_desk_with_three_chats_costs_as_much_as_with_one(world):
    world.handled(world.ana)
    one = queries(world, world.ana)
    for name in ("Lou Park", "Max Orr"):
        world.chat(name=name)
        world.offer()
        world.accept(world.ana)
    assert len(events.desk(world.ana, world.now).interactions) == 3
    assert queries(world, world.ana) == one


def test_four_desks_cost_as_much_as_one(world):
    chat = world.handled(world.ana)
    world.conferenced(chat, world.ana, world.bo)
    one = queries(world, world.ana)
    assert queries(world, world.ana, world.bo, world.cy, world.sue) == one
    together = events.desks([world.ana, world.bo], world.now)
    assert together[world.bo.id] == events.desk(world.bo, world.now)
