"""A large store: a month of chats of a site with 200 agents, all of them copies of chats that the product made."""

from collections.abc import Iterator
from contextlib import contextmanager
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
    "postgresql": [
        "SET session_replication_role = replica",
        "SET synchronous_commit = off",
        "SET maintenance_work_mem = '1GB'",
        "ALTER SYSTEM SET max_wal_size = '16GB'",
        "SELECT pg_reload_conf()",
    ],
    "sqlite": ["PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -500000"],
}
SAFE = {
    "postgresql": [
        "ALTER SYSTEM RESET max_wal_size",
        "SELECT pg_reload_conf()",
        "RESET session_replication_role",
        "RESET synchronous_commit",
        "VACUUM ANALYZE",
    ],
    "sqlite": ["PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON", "PRAGMA cache_size = -2000", "ANALYZE"],
}
INDEXES = """
    SELECT CASE WHEN held.oid IS NULL THEN format('DROP INDEX %%s', one.indexrelid::regclass)
           ELSE format('ALTER TABLE %%s DROP CONSTRAINT %%I', one.indrelid::regclass, held.conname) END,
           CASE WHEN held.oid IS NULL THEN pg_get_indexdef(one.indexrelid)
           ELSE format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', one.indrelid::regclass, held.conname,
                       pg_get_constraintdef(held.oid)) END
    FROM pg_index one LEFT JOIN pg_constraint held ON held.conindid = one.indexrelid AND held.contype = 'u'
    WHERE NOT one.indisprimary AND one.indrelid = ANY(%s::regclass[])
"""


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
    with bare(copies.models):
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


@contextmanager
def bare(models: list) -> Iterator[None]:
    """PostgreSQL makes an index of many rows sooner than it keeps one row by row; only primary keys stay."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [[f'"{model._meta.db_table}"' for model in models]])
        found = cursor.fetchall()
        for take, _ in found:
            cursor.execute(take)
        yield
        for _, make in found:
            cursor.execute(make)


def _run(statements: dict) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
