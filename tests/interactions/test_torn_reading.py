"""A snapshot is several reads and holds no lock: whatever happens between two of them, it is read to its end."""

from contextlib import contextmanager

import pytest
from django.db import connection

from interactions import events
from interactions.actions import conference
from tests import rows
from tests.support import World, fresh, party, rolled_back

pytestmark = pytest.mark.django_db


class Between:
    """Does something before the nth question to the database; `asked`: how many there were."""

    def __init__(self, place: int, happens):
        self.place, self.happens, self.asked, self.busy = place, happens, 0, False

    def __call__(self, execute, sql, params, many, context):
        if not self.busy:
            if self.asked == self.place:
                self.busy = True
                self.happens()
                self.busy = False
            self.asked += 1
        return execute(sql, params, many, context)


@contextmanager
def between(place: int, happens):
    with connection.execute_wrapper(moment := Between(place, happens)):
        yield moment


def what_is_written(happens) -> list[rows.Statement]:
    """By a verb that is played once, for all the moments at which its rows are to appear."""
    with rolled_back():
        before = rows.read()
        happens()
        return rows.difference(before, rows.read())


def somebody_joins(world: World, chat) -> None:
    world.conferenced(chat, world.ana, world.bo)


def somebody_is_invited(world: World, chat) -> None:
    world.invite(chat, world.ana, world.bo)


def somebody_is_consulted(world: World, chat) -> None:
    world.consulted(chat, world.ana, world.bo)


def somebody_leaves(world: World, chat) -> None:
    version = fresh(chat).owner_version
    conference.remove(chat.id, party(chat, world.cy).id, by=world.ana, version=version, now=world.now)


def it_ends(world: World, chat) -> None:
    world.end(chat, world.cy)
    world.end(chat, world.ana)


def snapshot(world, chat):
    return events.snapshot(chat, world.ana)


def page(world, chat):
    return events.snapshot_for_contact(chat)


def desk(world, chat):
    return events.desk(world.ana, world.now)


HAPPENINGS = [somebody_joins, somebody_is_invited, somebody_is_consulted, somebody_leaves, it_ends]


@pytest.mark.parametrize("read", [snapshot, page, desk])
@pytest.mark.parametrize("happens", HAPPENINGS)
def test_what_happens_between_two_reads_spoils_no_snapshot(read, happens):
    world = World()
    chat = world.handled(world.ana)
    world.conferenced(chat, world.ana, world.cy)
    world.ready(world.bo)
    written = what_is_written(lambda: happens(world, chat))
    place, asked = 0, 1
    while place < asked:
        with rolled_back(), between(place, lambda: rows.run(written)) as moment:
            read(world, fresh(chat))
        asked, place = moment.asked, place + 1
    assert asked > 5
