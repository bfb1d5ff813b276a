"""A click that lost against the clock counts as answered, never as a miss."""

import pytest

from core.errors import Conflict
from interactions.actions import invitations, status
from interactions.auto_answer import Presence
from tests.support import assert_publishes, fresh

pytestmark = pytest.mark.django_db


def missed_once(world):
    world.ready(world.ana)
    kim = world.chat()
    world.offer()
    ring = world.ringing_at(world.ana).rings.get()
    invitations.expire(ring.id, now=world.clock.pass_(30))
    return kim, ring.invitation_id


@pytest.mark.parametrize("answer", [invitations.accept, invitations.reject])
def test_a_click_just_after_the_ring_is_no_miss(world, answer):
    world.site.missed_limit = 1
    world.site.save()
    kim, invitation = missed_once(world)
    assert fresh(world.ana).missed == 1
    assert fresh(world.ana).chat().status == "not_ready"
    with assert_publishes(world, kim), pytest.raises(Conflict, match="no_longer_available"):
        answer(invitation, by=world.ana, now=world.clock.pass_(2))
    assert fresh(world.ana).missed == 0
    assert fresh(world.ana).chat().status == "ready"


def test_an_answer_that_comes_by_itself_too_late_takes_no_miss_back(world):
    _, invitation = missed_once(world)
    nobody_clicked = Presence(visible=True, idle_seconds=0)
    with pytest.raises(Conflict, match="no_longer_available"):
        invitations.accept(invitation, by=world.ana, automatic=nobody_clicked, now=world.clock.pass_(2))
    assert fresh(world.ana).missed == 1


def test_a_click_long_after_it_is_one(world):
    _, invitation = missed_once(world)
    with pytest.raises(Conflict):
        invitations.accept(invitation, by=world.ana, now=world.clock.pass_(20))
    assert fresh(world.ana).missed == 1


def test_a_line_sent_sets_the_count_to_nothing(world):
    missed_once(world)
    with assert_publishes(world):
        status.wrote(world.ana.id, now=world.clock.tick())
    assert fresh(world.ana).missed == 0
    before = fresh(world.ana).version
    status.wrote(world.ana.id, now=world.clock.tick())
    assert fresh(world.ana).version == before
