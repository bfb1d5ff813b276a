"""What tests begin with is what the verbs make, however it comes about; and one test leaves nothing to the next."""

import pytest

from routing.models import Queue
from tests import rows
from tests.scenes import scene, stage
from tests.support import World, rolled_back

cast = scene(World)


@scene
def handled(world):
    return world.handled(world.ana)


@scene
def joined(world, chat):
    return world.conferenced(chat, world.ana, world.bo)


def played(before=lambda: None) -> tuple:
    """The rows, and the chat, of a stage of its own."""
    with rolled_back(), stage():
        world = cast()
        before()
        chat = joined(world=world, chat=handled(world=world))
        found = rows.read()
        assert world.line(chat, world.bo).number == chat.lanes.get(name="public").head
        return found, chat.id, world.now


@pytest.mark.django_db
def test_a_scene_that_is_played_again_has_the_rows_of_the_first_time():
    assert played() == played()


@pytest.mark.django_db
def test_where_something_else_was_written_the_verbs_play_it():
    first = played()
    other = played(before=lambda: Queue.objects.create(name="Another"))
    assert other[1] != first[1]


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_goes_and_what_migrations_made_stays():
    assert rows.read() == rows.at_first() != {}
    world = World()
    world.line(world.handled(world.ana), None, "Hello")
    for _ in range(2):
        rows.back_to_first(None)
        assert rows.read() == rows.at_first()
