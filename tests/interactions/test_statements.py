"""How many statements an action is at most. Who adds one finds out here, and says in `docs/performance.md` why.

Counted are reads and writes; what a test's own transaction adds is not.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from core import leases
from interactions import events
from interactions.actions import locking, presence
from interactions.heads import of_locked
from tests.support import World

AROUND = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


@contextmanager
def at_most(ceiling: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as seen:
        yield
    said = [query["sql"] for query in seen.captured_queries if not query["sql"].startswith(AROUND)]
    assert 0 < len(said) <= ceiling, "\n".join(sql[:200] for sql in said)


def test_a_decision_with_its_ring_and_its_record(world):
    """What a sweep reads once for all of them included."""
    world.chat()
    world.ready(world.ana, world.bo)
    with at_most(39):
        world.offer()
    assert world.ringing_at(world.ana)


def test_accept(world):
    world.ready(world.ana)
    world.chat()
    world.offer()
    with at_most(50):
        world.accept(world.ana)


def test_asking_a_colleague_into_the_chat(world, chat):
    with at_most(33):
        world.invite(chat, world.ana, world.bo)


def test_accepting_a_conference(world, chat):
    world.invite(chat, world.ana, world.bo)
    with at_most(48):
        world.accept(world.bo)


def sign_in(world: World, session: str) -> None:
    """What a socket's first frame does."""
    agent = Agent.objects.get(pk=world.ana.pk)
    leases.open(agent.holder, "process", "tab", world.now)
    presence.agent_appeared(agent.id, world.now)
    locking.sit_down(agent, session, now=world.now)
    assert not of_locked([session], world.now)
    assert events.desk(agent, world.now).interactions


def test_a_workspace_that_opens(world, chat):
    session = SessionStore()
    session.create()
    with at_most(34):
        sign_in(world, session.session_key)
    with at_most(31):
        sign_in(world, session.session_key)
