"""Log off (or Not Ready) after the last chat, after-call work by itself, and its tail on a chat's slot."""

import pytest

from core.errors import Conflict, Invalid
from interactions import events
from interactions.actions import closing, presence, status, sweep
from interactions.models import Interaction
from tests.support import assert_publishes, fresh, party

pytestmark = pytest.mark.django_db


def chat_status(agent):
    return fresh(agent).chat().status


def leave_after(world, agent, to="logged_off"):
    return status.set_status(agent.id, to, after_last=True, now=world.clock.tick())


def test_log_off_after_my_last_chat(world):
    kim = world.handled(world.ana)
    with pytest.raises(Conflict, match="interactions_open"):
        status.set_status(world.ana.id, "logged_off", now=world.clock.tick())
    with assert_publishes(world, kim):
        leave_after(world, world.ana)
    assert chat_status(world.ana) == "ready"
    assert events.agent_state(fresh(world.ana)).after_last == "logged_off"
    with assert_publishes(world, kim):
        world.end(kim, world.ana, "close")
    assert chat_status(world.ana) == "logged_off"


def test_meanwhile_nothing_new_is_offered(world):
    kim = world.handled(world.ana)
    leave_after(world, world.ana, "not_ready")
    world.chat(name="Lou")
    world.offer()
    assert world.ringing_at(world.ana) is None
    bo_chat = world.handled(world.bo, name="Max")
    with pytest.raises(Conflict, match=r"not_ready.*before leaving"):
        world.invite(bo_chat, world.bo, world.ana)
    world.end(kim, world.ana, "close")
    assert chat_status(world.ana) == "not_ready"


def test_what_rings_is_taken_back_without_a_miss(world):
    kim = world.handled(world.ana)
    lou = world.chat(name="Lou")
    world.offer()
    assert world.ringing_at(world.ana)
    with assert_publishes(world, kim, lou):
        leave_after(world, world.ana)
    assert world.ringing_at(world.ana) is None and fresh(world.ana).missed == 0
    assert fresh(lou).state == "waiting"


def test_what_was_accepted_before_is_the_last_one(world):
    kim = world.handled(world.ana)
    lou = world.handled(world.ana, name="Lou")
    leave_after(world, world.ana)
    world.end(kim, world.ana, "close")
    assert chat_status(world.ana) == "ready"
    with assert_publishes(world, kim, lou):
        world.end(lou, world.ana, "close")
    assert chat_status(world.ana) == "logged_off"


def test_who_is_lost_has_left_too(world):
    kim = world.handled(world.ana)
    leave_after(world, world.ana)
    mine = party(kim, world.ana)
    world.absent(world.ana)
    presence.went_away(mine.id, since=world.now, now=world.clock.tick())
    with assert_publishes(world, kim):
        presence.agent_lost(mine.id, now=world.clock.pass_(61))
    assert chat_status(world.ana) == "logged_off" and fresh(kim).state == "waiting"


def test_another_choice_takes_it_back(world):
    kim = world.handled(world.ana)
    leave_after(world, world.ana)
    with assert_publishes(world, kim):
        status.set_status(world.ana.id, "ready", now=world.clock.tick())
    world.end(kim, world.ana, "close")
    assert chat_status(world.ana) == "ready"


def test_without_a_chat_it_happens_at_once(world):
    world.ready(world.ana)
    leave_after(world, world.ana)
    assert chat_status(world.ana) == "logged_off"
    with pytest.raises(Invalid):
        leave_after(world, world.ana, "ready")


def test_after_call_work_by_itself_where_the_site_says_so(world):
    world.site.auto_after_call_work = True
    world.site.save()
    kim = world.handled(world.ana)
    with assert_publishes(world, kim):
        world.end(kim, world.ana, "close")
    assert chat_status(world.ana) == "after_call_work"


def test_what_rings_then_goes_on_to_others(world):
    world.site.auto_after_call_work = True
    world.site.save()
    kim = world.handled(world.ana)
    lou = world.chat(name="Lou")
    world.offer()
    assert world.ringing_at(world.ana).interaction_id == lou.id
    world.end(kim, world.ana, "close")
    with assert_publishes(world, kim, lou):
        sweep.sweep(world.clock.tick(), steady=False)
    assert world.ringing_at(world.ana) is None
    assert fresh(world.ana).missed == 0


@pytest.fixture
def tail(world):
    """A chat marked done whose queue keeps the slot for thirty seconds."""
    world.billing.after_call_tail = 30
    world.billing.save()
    kim = world.handled(world.ana)
    world.end(kim, world.ana, "close")
    with assert_publishes(world, kim):
        closing.mark_done(kim.id, by=world.ana, now=world.clock.tick())
    return kim


def load(world):
    return events.agent_state(fresh(world.ana)).load


def test_the_tail_holds_the_slot_and_ends(world, tail):
    assert load(world) == 1
    assert [each.interaction for each in events.agent_state(fresh(world.ana)).tails] == [tail.id]
    with assert_publishes(world, tail):
        sweep.sweep(world.clock.pass_(31), steady=False)
    assert load(world) == 0
    assert Interaction.objects.get(pk=tail.pk).completed_at


def test_it_can_be_extended_and_ended(world, tail):
    with assert_publishes(world, tail):
        closing.set_tail(tail.id, 60, by=world.ana, now=world.clock.tick())
    sweep.sweep(world.clock.pass_(31), steady=False)
    assert load(world) == 1
    with assert_publishes(world, tail):
        closing.set_tail(tail.id, 0, by=world.ana, now=world.clock.tick())
    assert load(world) == 0
    with pytest.raises(Conflict, match="no_longer_available"):
        closing.set_tail(tail.id, 60, by=world.ana, now=world.clock.tick())
