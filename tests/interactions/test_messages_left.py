"""Outside of the opening hours, and who comes back: a message is left, the last agent comes first."""

from datetime import time

import pytest

from core.errors import Conflict, Invalid
from interactions import events
from interactions.actions import presence, sweep
from interactions.models import Interaction
from interactions.picture import Picture
from routing.models import OpeningHours
from tests.scenes import scene
from tests.support import assert_publishes, fresh, loaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(world):
    """Open on Mondays only; the tests' day is a Wednesday."""
    hours = OpeningHours.objects.create(name="Mondays")
    hours.week.create(weekday=0, opens=time(9), closes=time(17))
    world.billing.opening_hours = hours
    world.billing.save()


def test_closed_says_when_it_opens_and_starts_no_chat(world, closed):
    with pytest.raises(Conflict, match="closed") as refused:
        world.chat()
    assert refused.value.detail["next_opening"] == "2026-03-09T09:00:00+00:00"
    assert Interaction.objects.count() == 0


def test_a_message_may_be_left_at_any_hour(world, closed):
    kim = world.chat(message="Please call me back")
    assert (kim.state, kim.offline) == ("waiting", True)
    line = kim.lanes.get(name="public").messages.get()
    assert (line.text, line.party.kind) == ("Please call me back", "contact")
    assert events.snapshot_for_contact(loaded(kim)).offline


def test_it_waits_for_an_agent_however_long_and_nobody_at_the_other_end_matters(world, closed):
    kim = world.chat(message="Please call me back")
    contact = kim.parties.get(kind="contact")
    presence.went_away(contact.id, since=world.now, now=world.clock.tick())
    with assert_publishes(world, kim):
        sweep.sweep(world.clock.pass_(3600), steady=True)
    assert fresh(kim).state == "waiting"
    world.ready(world.ana)
    with assert_publishes(world, kim):
        world.offer()
    ring = world.ringing_at(world.ana).rings.get(outcome="")
    preview = events.invitation_view(ring, world.ana, Picture(loaded(kim)))
    assert (preview.offline, preview.last_line) == (True, "Please call me back")
    with assert_publishes(world, kim):
        world.accept(world.ana)
    with assert_publishes(world, kim):
        sweep.sweep(world.clock.pass_(3600), steady=True)
    assert fresh(kim).state == "active"
    world.line(kim, world.ana, "It is done")
    with assert_publishes(world, kim):
        world.end(kim, world.ana, "close")


def test_an_answer_to_it_may_stay_unanswered_although_the_page_is_open(world):
    kim = world.handled(world.ana, message="Please call me back")
    world.line(kim, world.ana, "Which number?")
    world.present(kim)
    with assert_publishes(world, kim):
        sweep.sweep(world.clock.pass_(1000), steady=True)
    assert fresh(kim).state == "active"
    assert kim.lanes.get(name="public").messages.last().text == "Which number?"


def test_an_empty_message_is_none(world, closed):
    with pytest.raises(Conflict, match="closed"):
        world.chat(message="")
    with pytest.raises(Invalid):
        world.chat(message=" \n")
    assert Interaction.objects.count() == 0


# --- who comes back ----------------------------------------------------------------------------


def come_back(world, kim, **kwargs):
    return world.chat(previous=loaded(kim), **kwargs)


@pytest.fixture
@scene
def kim(world):
    """A chat that Ana had last; Bo has been idle for longer."""
    world.ready(world.bo)
    world.site.capacity = 1
    world.site.save()
    chat = world.handled(world.bo)
    world.conferenced(chat, world.bo, world.ana)
    world.end(chat, world.bo, "pass")
    world.end(chat, world.ana, "close")
    for agent in (world.ana, world.bo):
        chat.segments.filter(agent=agent).update(done_at=world.now, slot_until=None)
    return chat


def test_the_last_agent_comes_first(world, kim):
    again = come_back(world, kim)
    assert (again.previous_id, again.contact_id) == (kim.id, kim.contact_id)
    world.offer()
    assert world.ringing_at(world.ana).interaction_id == again.id
    decision = again.invitations.get().decisions.get()
    assert {row["name"]: row["reason"] for row in decision.candidates} == {
        "Ana": "had the contact's last chat",
        "Bo": "the agent of the contact's last chat comes first",
    }


def test_while_they_are_busy_it_waits_and_then_goes_to_others(world, kim):
    world.ana.queues.remove(world.billing)
    other = world.chat(name="Lou", topic="Network")
    world.bo.queues.remove(world.network)
    world.offer()
    assert world.ringing_at(world.ana).interaction_id == other.id
    world.ana.queues.add(world.billing)
    come_back(world, kim)
    world.offer()
    assert world.ringing_at(world.bo) is None
    world.clock.pass_(31)
    world.offer()
    assert world.ringing_at(world.bo)


def test_who_calls_themselves_otherwise_is_another_contact(world, kim):
    assert come_back(world, kim, name="Lou Park").contact_id != kim.contact_id
    assert come_back(world, kim, name="kim lee").contact_id == kim.contact_id
