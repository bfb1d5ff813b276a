"""The whole lesson through the actions, each step told to everybody as it is."""

import pytest

from core.errors import Conflict
from interactions.actions import closing
from interactions.actions.outcomes import set_disposition
from interactions.models import DispositionCode, DispositionRule, DispositionSet
from tests.support import assert_publishes, fresh, party

pytestmark = pytest.mark.django_db


def test_a_chat_arrives_is_conferenced_and_closed(world):
    outcomes = DispositionSet.objects.create(name="Billing outcomes")
    resolved = DispositionCode.objects.create(set=outcomes, name="Resolved")
    DispositionRule.objects.create(queue=world.billing, set=outcomes, required=True)
    with assert_publishes(world):
        world.ready(world.ana, world.bo)
    kim = world.chat()
    with assert_publishes(world, kim):
        world.offer()
    with assert_publishes(world, kim):
        world.accept(world.ana)
    with assert_publishes(world, kim):
        world.line(kim, None, "I was charged twice")
        world.line(kim, world.ana, "One moment")
    with assert_publishes(world, kim):
        invitation = world.invite(kim, world.ana, world.bo, note="Router?")
    assert world.ringing_at(world.bo) == invitation
    with assert_publishes(world, kim):
        world.accept(world.bo)
    with assert_publishes(world, kim):
        world.line(kim, world.bo, "internal words", lane="internal")
    with assert_publishes(world, kim):
        world.end(kim, world.ana, "pass")
    assert fresh(kim).owner == party(kim, world.bo)
    with assert_publishes(world, kim):
        world.end(kim, world.bo, "close")
    assert fresh(kim).state == "ended"
    with pytest.raises(Conflict, match="disposition_required"):
        closing.mark_done(kim.id, by=world.bo, now=world.now)
    with assert_publishes(world, kim):
        set_disposition(kim.id, [resolved.id], by=world.bo, now=world.clock.tick())
    with assert_publishes(world, kim):
        closing.mark_done(kim.id, by=world.bo, now=world.clock.tick())
    with assert_publishes(world, kim):
        closing.mark_done(kim.id, by=world.ana, now=world.clock.tick())
    assert fresh(kim).completed_at
