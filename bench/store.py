"""A large store: a month of chats of a site with 200 agents, all of them copies of chats that the product made."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction

from agents.models import Agent
from core import feed
from interactions.actions import arrival, closing
from interactions.models import Message
from tests.support import World

from .cloning import Copies, Template, store

FIRST_DAY, DAYS = datetime(2026, 3, 1, tzinfo=UTC), 31
AT_ONCE, AGENTS = 1_000, 200
FAST = {
    "postgresql": ["SET session_replication_role = replica", "SET synchronous_commit = off"],
    "sqlite": ["PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -500000"],
}
SAFE = {
    "postgresql": ["RESET session_replication_role", "RESET synchronous_commit", "VACUUM ANALYZE"],
    "sqlite": ["PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON", "PRAGMA cache_size = -2000", "ANALYZE"],
}


def fill(interactions: int, lines: int) -> World:
    """An empty database has them all; one of twelve chats is a conference. What is copied breaks no foreign key."""
    world = World()
    users = User.objects.bulk_create([User(username=f"agent{number:03}") for number in range(AGENTS)])
    made = [Agent(user=user, name=f"Agent {number:03}", nickname="Ada") for number, user in enumerate(users)]
    agents = [agent.id for agent in Agent.objects.bulk_create(made)]
    each = max(1, round(lines / interactions))
    copies = Copies(a_chat(world, each), a_chat(world, each, world.bo), agents)
    step = timedelta(days=DAYS) / interactions
    moments = [FIRST_DAY + step * number for number in range(interactions)]
    _run(FAST)
    for first in range(0, interactions, AT_ONCE):
        with transaction.atomic():
            store(copies.make(moments[first : first + AT_ONCE]))
    copies.go_on_after()
    _run(SAFE)
    return world


def a_chat(world: World, lines: int, helper: Agent | None = None) -> Template:
    """A contact and an agent write in turns; then both are gone, and all is done."""
    agents = [world.ana, helper] if helper else [world.ana]
    chat = world.handled(world.ana)
    if helper:
        world.conferenced(chat, world.ana, helper)
    for number in range(max(0, lines - Message.objects.filter(lane__interaction=chat, lane__name="public").count())):
        world.clock.pass_(20)
        world.line(chat, None if number % 2 else world.ana, "A line as people write them, not long and not short.")
    arrival.leave(chat.id, now=world.clock.tick())
    for agent in agents:
        world.clock.pass_(30)
        closing.mark_done(chat.id, by=agent, now=world.clock.tick())
    while feed.settle():
        pass
    return Template(chat, [agent.id for agent in agents])


def _run(statements: dict) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
