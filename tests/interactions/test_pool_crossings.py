"""Requests to pools while everything else goes on: who leaves, is lost, is asked twice, or answers too late."""

import pytest

from agents.models import AgentGroup
from core.errors import Conflict
from interactions import directory
from interactions.actions import arrival, conference, invitations, presence, status, sweep
from tests.scenes import scene
from tests.support import assert_publishes, changes_nothing, fresh, party

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def kim(world):
    return world.handled(world.ana, topic="Billing")


@pytest.fixture
def group(world):
    made = AgentGroup.objects.create(name="Second level")
    made.agents.set([world.bo, world.cy])
    return made


def ask(world, kim, target, type="queue", by=None):
    return conference.invite_pool(kim.id, type, target.id, by=by or world.ana, now=world.clock.tick())


def waiting(world, kim, target=None):
    """A request that waits: its people are connected and not Ready."""
    world.present(world.cy)
    return ask(world, kim, target or world.network)


def last_internal(kim):
    return kim.lanes.get(name="internal").messages.last().text


def test_the_inviter_leaves_and_it_goes_on_under_the_owner(world, kim):
    world.conferenced(kim, world.ana, world.bo)
    made = waiting(world, kim)
    with assert_publishes(world, kim):
        world.end(kim, world.ana, "pass")
    assert fresh(made).state == "waiting" and fresh(kim).owner == party(kim, world.bo)
    with changes_nothing(world, kim), pytest.raises(Conflict, match="invitation_pending"):
        world.end(kim, world.bo, "close")
    with assert_publishes(world, kim):
        invitations.cancel(made.id, by=world.bo, now=world.clock.tick())
    assert fresh(made).state == "cancelled"


def test_who_asked_is_never_asked_though_they_left(world, kim):
    world.conferenced(kim, world.ana, world.bo)
    made = waiting(world, kim)
    world.end(kim, world.ana, "pass")
    with assert_publishes(world, kim):
        world.offer()
    assert fresh(made).state == "waiting"
    reasons = {each["name"]: each["reason"] for each in made.decisions.get().candidates}
    assert reasons["Ana"] == "asks for somebody else" and reasons["Bo"] == "is in the chat already"


def test_though_others_of_their_queue_are_offered_to_them(world, kim):
    """Who cannot be asked for this chat can be for the one behind it in the line."""
    world.conferenced(kim, world.ana, world.bo)
    waiting(world, kim)
    world.end(kim, world.ana, "pass")
    status.set_status(world.bo.id, "not_ready", now=world.clock.tick())
    world.chat(name="Lou", topic="Network")
    world.offer()
    assert world.ringing_at(world.ana).kind == "route"


def test_the_owner_is_lost_while_it_waits(world, kim):
    made = waiting(world, kim)
    mine = party(kim, world.ana)
    world.absent(world.ana)
    presence.went_away(mine.id, since=world.now, now=world.clock.tick())
    with assert_publishes(world, kim):
        presence.agent_lost(mine.id, now=world.clock.pass_(61))
    assert fresh(made).state == "revoked" and fresh(kim).state == "waiting"


def test_the_owner_is_lost_while_it_waits_and_somebody_stays(world, kim):
    world.conferenced(kim, world.ana, world.bo)
    made = waiting(world, kim)
    mine = party(kim, world.ana)
    world.absent(world.ana)
    presence.went_away(mine.id, since=world.now, now=world.clock.tick())
    with assert_publishes(world, kim):
        presence.agent_lost(mine.id, now=world.clock.pass_(61))
    assert fresh(made).state == "waiting" and fresh(kim).owner == party(kim, world.bo)


def test_the_pool_is_emptied_while_it_waits(world, kim):
    """Nobody can come any more: the inviter reads it at once."""
    made = waiting(world, kim)
    world.network.agents.clear()
    with assert_publishes(world, kim):
        sweep.sweep(world.clock.tick(), steady=False)
    assert fresh(made).state == "expired"
    assert last_internal(kim) == "Nobody of Network took the conference invitation"


def test_a_pool_with_the_inviter_alone_is_empty(world, kim):
    made = waiting(world, kim)
    world.network.agents.set([world.ana])
    sweep.sweep(world.clock.tick(), steady=False)
    assert fresh(made).state == "expired"


def test_a_pool_that_is_only_logged_off_or_helped_by_another_queue_is_not(world, kim):
    made = waiting(world, kim)
    world.ready(world.cy)
    status.set_status(world.cy.id, "logged_off", now=world.clock.tick())
    sweep.sweep(world.clock.tick(), steady=False)
    assert fresh(made).state == "waiting"
    world.network.agents.clear()
    world.network.overflow_steps.create(after=60, action="also", target=world.billing)
    sweep.sweep(world.clock.tick(), steady=False)
    assert fresh(made).state == "waiting"


def test_who_is_taken_out_of_the_pool_while_it_rings_may_still_accept(world, kim):
    world.ready(world.cy)
    made = ask(world, kim, world.network)
    world.offer()
    world.network.agents.clear()
    with assert_publishes(world, kim):
        world.accept(world.cy)
    assert fresh(made).state == "accepted"


def test_accept_comes_before_give_up(world, kim):
    world.ready(world.cy)
    made = ask(world, kim, world.network)
    world.offer()
    late = world.clock.pass_(301)
    with changes_nothing(world, kim), pytest.raises(Conflict, match="no_longer_available"):
        invitations.give_up(made.id, now=late)
    world.accept(world.cy)
    with changes_nothing(world, kim), pytest.raises(Conflict, match="no_longer_available"):
        invitations.give_up(made.id, now=late)


def test_a_ring_that_nobody_answers_after_the_time_is_the_last(world, kim):
    world.ready(world.cy)
    made = ask(world, kim, world.network)
    world.offer()
    ring = made.rings.get()
    with assert_publishes(world, kim):
        invitations.expire(ring.id, now=world.clock.pass_(301))
    assert fresh(made).state == "expired" and fresh(world.cy).missed == 1
    with pytest.raises(Conflict, match="no_longer_available"):
        invitations.accept(made.id, by=world.cy, now=world.clock.tick())
    assert fresh(world.cy).missed == 0, "a moment late is an answer"


def test_two_at_once_ring_at_two_agents(world, kim, group):
    world.ready(world.bo, world.cy)
    first, second = ask(world, kim, world.network), ask(world, kim, group, "group")
    with assert_publishes(world, kim):
        world.offer()
    assert {world.ringing_at(world.bo), world.ringing_at(world.cy)} == {first, second}
    with assert_publishes(world, kim):
        world.accept(world.bo)
    with assert_publishes(world, kim):
        world.accept(world.cy)
    assert {fresh(first).state, fresh(second).state} == {"accepted"}


def test_nobody_is_asked_by_name_and_as_one_of_a_pool(world, kim):
    """Two accepts of one agent would seat them twice."""
    world.ready(world.cy)
    made = ask(world, kim, world.network)
    world.offer()
    assert world.ringing_at(world.cy) == made
    with changes_nothing(world, kim), pytest.raises(Conflict, match=r"already_invited.*Cy"):
        world.invite(kim, world.ana, world.cy)
    hits = directory.search(world.ana, "cy", types=["agent"], interaction_id=kim.id, now=world.now).hits
    assert hits[0].actions[0].can == "Cy is invited already."


def test_nor_as_one_of_a_pool_while_they_are_asked_by_name(world, kim):
    world.ready(world.cy)
    world.invite(kim, world.ana, world.cy)
    made = ask(world, kim, world.network)
    with assert_publishes(world, kim):
        world.offer()
    assert fresh(made).state == "waiting"
    reasons = {each["name"]: each["reason"] for each in made.decisions.get().candidates}
    assert reasons["Cy"] == "is invited to the chat already"


def test_open_ones_count_against_the_limit_of_parties(world, kim, group):
    world.site.party_limit = 4
    world.site.save()
    world.ready(world.bo, world.cy)
    ask(world, kim, world.network)
    ask(world, kim, group, "group")
    with changes_nothing(world, kim), pytest.raises(Conflict, match="party_limit"):
        world.invite(kim, world.ana, world.bo)


def test_the_contact_leaves_while_it_rings(world, kim):
    world.ready(world.cy)
    made = ask(world, kim, world.network)
    world.offer()
    with assert_publishes(world, kim):
        arrival.leave(kim.id, now=world.clock.tick())
    assert fresh(made).state == "revoked" and world.ringing_at(world.cy) is None
    with pytest.raises(Conflict, match=r"ended.*contact has left"):
        invitations.accept(made.id, by=world.cy, now=world.clock.tick())
    assert fresh(world.cy).missed == 0
