"""Away, back, lost, and the contact's grace."""

from datetime import timedelta

import pytest

from interactions import events
from interactions.actions import absence, arrival, closing, invitations, presence, status
from interactions.actions.sweep import sweep
from interactions.models import Interaction, Segment
from interactions.states import Cause, Invited, Rang, State
from routing.models import Queue
from tests.interactions.steps import happens, leaves_all_alone, lines, refused
from tests.scenes import scene
from tests.support import assert_publishes, fresh, party

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def chat(world):
    return world.handled(world.ana)


@pytest.fixture
@scene
def two(world, chat):
    return world.conferenced(chat, world.ana, world.bo)


def away(world, chat, agent):
    """The lease is gone, and noticed."""
    world.absent(agent)
    presence.went_away(party(chat, agent).id, since=world.now, now=world.clock.tick())


def lose(world, chat, agent, after=61):
    away(world, chat, agent)
    presence.agent_lost(party(chat, agent).id, now=world.clock.pass_(after))


def appear(world, agent):
    world.present(agent)
    presence.agent_appeared(agent.id, world.clock.tick())


def connection(chat, agent, seen_by):
    view = events.snapshot(fresh(chat), seen_by)
    return next(row.connection for row in view.parties if row.agent == (agent and agent.id))


# --- away and back ----------------------------------------------------------------------------


def test_away_is_shown_to_all(world, two):
    world.absent(world.bo)
    with happens(world, two, "party.away"):
        presence.went_away(party(two, world.bo).id, since=world.now, now=world.clock.tick())
    assert connection(two, world.bo, seen_by=world.ana) == "away"
    assert {agent.nickname: agent.connection for agent in events.snapshot_for_contact(fresh(two)).agents} == {
        "Ana": "connected",
        "Bo": "away",
    }


def test_away_twice_and_back_twice_change_nothing(world, two):
    bo = party(two, world.bo)
    with leaves_all_alone():
        presence.came_back(bo.id, now=world.clock.tick())
    away(world, two, world.bo)
    with leaves_all_alone():
        presence.went_away(bo.id, since=world.now, now=world.clock.tick())


def test_back_in_time_says_nothing(world, two):
    """No line for a reconnect."""
    before = lines(two, "public")
    away(world, two, world.bo)
    with happens(world, two, "party.back"):
        appear(world, world.bo)
    assert connection(two, world.bo, seen_by=world.ana) == "connected"
    assert lines(two, "public") == before
    with leaves_all_alone():
        presence.agent_lost(party(two, world.bo).id, now=world.clock.pass_(61))


def test_who_left_is_neither_away_nor_back(world, two):
    bo = party(two, world.bo)
    world.end(two, world.bo, "leave")
    with leaves_all_alone():
        presence.went_away(bo.id, since=world.now, now=world.now)
        presence.came_back(bo.id, now=world.now)
        presence.agent_lost(bo.id, now=world.now)


def test_away_is_not_offered_as_heir(world, two):
    away(world, two, world.bo)
    assert events.snapshot(fresh(two), world.ana).end.expect == "close"


# --- lost -------------------------------------------------------------------------------------


def test_a_lost_owners_chat_passes_to_who_is_connected(world, two):
    away(world, two, world.ana)
    with happens(world, two, "party.lost"):
        presence.agent_lost(party(two, world.ana).id, now=world.clock.pass_(61))
    row = fresh(two)
    assert (row.state, row.owner, row.owner_version) == (State.ACTIVE, party(two, world.bo), row.version)
    assert (party(two, world.ana).cause, lines(two, "public")[-1]) == (Cause.LOST, "We lost Ana, Bo stays with you")


def test_a_lost_helper_changes_no_owner(world, two):
    away(world, two, world.bo)
    with happens(world, two, "party.lost"):
        presence.agent_lost(party(two, world.bo).id, now=world.clock.pass_(61))
    assert fresh(two).owner == party(two, world.ana)
    assert lines(two, "public")[-1] == "We lost Bo, Ana stays with you"


def test_with_nobody_else_the_chat_waits_again(world, chat):
    before = fresh(chat)
    away(world, chat, world.ana)
    with happens(world, chat, "party.lost"):
        presence.agent_lost(party(chat, world.ana).id, now=world.clock.pass_(61))
    row = fresh(chat)
    assert (row.state, row.owner, row.active_since) == (State.WAITING, None, before.active_since)
    place = chat.invitations.get(state=Invited.WAITING)
    assert (place.queue, place.waited_since) == (world.billing, before.waited_since)
    assert lines(chat, "public")[-1] == "We lost Ana, a colleague is coming"
    assert party(chat, world.ana).segment.last_owner


def test_with_only_an_away_colleague_too(world, two):
    away(world, two, world.bo)
    away(world, two, world.ana)
    with happens(world, two, "party.lost"):
        presence.agent_lost(party(two, world.ana).id, now=world.clock.pass_(61))
    assert fresh(two).state == State.WAITING
    assert not two.parties.here().agents().exists()
    with leaves_all_alone():
        presence.agent_lost(party(two, world.bo).id, now=world.clock.pass_(1))


def test_requeued_with_the_queues_priority(world, chat):
    world.billing.priority = 7
    world.billing.save()
    lose(world, chat, world.ana)
    assert chat.invitations.get(state=Invited.WAITING).priority == 7


def test_lost_while_an_own_invitation_rings(world, chat):
    world.ready(world.bo)
    invitation = world.invite(chat, world.ana, world.bo, note="Router?")
    away(world, chat, world.ana)
    with happens(world, chat, "party.lost"):
        presence.agent_lost(party(chat, world.ana).id, now=world.clock.pass_(61))
    assert (fresh(invitation).state, fresh(invitation).note) == (Invited.REVOKED, "Router?")
    assert invitation.rings.get().outcome == Rang.WITHDRAWN
    with refused("no_longer_available"):
        invitations.accept(invitation.id, by=world.bo, now=world.now)
    assert fresh(world.bo).missed == 0


def test_accepted_first_the_target_is_owner(world, chat):
    world.conferenced(chat, world.ana, world.bo)
    lose(world, chat, world.ana)
    assert (fresh(chat).state, fresh(chat).owner) == (State.ACTIVE, party(chat, world.bo))
    assert not chat.invitations.pending().exists()


def test_lost_with_a_helper_open_invitations_go_on(world, two):
    world.ready(world.cy)
    invitation = world.invite(two, world.ana, world.cy)
    lose(world, two, world.ana)
    assert fresh(invitation).state == Invited.RINGING


def test_who_is_connected_after_all_is_not_lost(world, chat):
    """The lease is there again; only the party's mark is not yet."""
    away(world, chat, world.ana)
    world.present(world.ana)
    with leaves_all_alone():
        presence.agent_lost(party(chat, world.ana).id, now=world.clock.pass_(61))


# --- back after being lost --------------------------------------------------------------------


def test_back_before_anybody_accepted(world, chat):
    lose(world, chat, world.ana)
    with happens(world, chat, "party.returned"):
        appear(world, world.ana)
    row = fresh(chat)
    assert (row.state, row.owner) == (State.ACTIVE, party(chat, world.ana))
    assert chat.parties.filter(agent=world.ana).count() == 2
    assert not chat.invitations.pending().exists()
    assert lines(chat, "public")[-1] == "Ana is back"
    assert Segment.objects.unfinished().filter(agent=world.ana).count() == 1


def test_back_while_it_rings_at_another(world, chat):
    lose(world, chat, world.ana)
    world.ready(world.bo)
    world.offer()
    invitation = world.ringing_at(world.bo)
    with happens(world, chat, "party.returned"):
        appear(world, world.ana)
    assert (world.ringing_at(world.bo), fresh(invitation).state) == (None, Invited.REVOKED)
    with refused("no_longer_available"):
        invitations.accept(invitation.id, by=world.bo, now=world.now)
    assert fresh(world.bo).missed == 0


def test_back_too_late(world, chat):
    lose(world, chat, world.ana)
    world.ready(world.bo)
    world.offer()
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.bo)
    with leaves_all_alone():
        presence.agent_appeared(world.ana.id, world.clock.tick())
    view = events.snapshot(fresh(chat), world.ana)
    assert (view.owner, view.end) == (party(chat, world.bo).id, None)
    assert view.can.public == "You are no longer in this chat."


def test_back_after_the_contact_left(world, chat):
    lose(world, chat, world.ana)
    arrival.leave(chat.id, now=world.clock.tick())
    with leaves_all_alone():
        presence.agent_appeared(world.ana.id, world.clock.tick())
    assert fresh(chat).state == State.ENDED


def test_who_marked_it_done_meanwhile_gets_it_not_back(world, chat):
    lose(world, chat, world.ana)
    closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    with leaves_all_alone():
        presence.agent_appeared(world.ana.id, world.clock.tick())


def test_who_logged_off_meanwhile_gets_it_not_back(world, chat):
    lose(world, chat, world.ana)
    status.set_status(world.ana.id, "logged_off", now=world.clock.tick())
    with leaves_all_alone():
        presence.agent_appeared(world.ana.id, world.clock.tick())
    assert fresh(chat).state == State.WAITING


def test_a_helper_who_was_lost_too_gets_nothing_back(world, two):
    away(world, two, world.bo)
    lose(world, two, world.ana)
    with leaves_all_alone():
        presence.agent_appeared(world.bo.id, world.clock.tick())


def test_lost_twice(world, chat):
    for _ in range(2):
        lose(world, chat, world.ana)
        appear(world, world.ana)
    assert fresh(chat).owner == party(chat, world.ana)
    world.end(chat, world.ana, "close")
    assert list(Segment.objects.filter(last_owner=True)) == [party(chat, world.ana).segment]


def test_the_next_owner_of_a_lost_chat_is_its_last(world, chat):
    """The lost owner's outcome is no longer asked for."""
    lose(world, chat, world.ana)
    world.ready(world.bo)
    world.offer()
    world.accept(world.bo)
    assert not party(chat, world.ana).segment.last_owner
    world.end(chat, world.bo, "close")
    assert [segment.agent for segment in Segment.objects.filter(last_owner=True)] == [world.bo]


# --- the contact ------------------------------------------------------------------------------


def contact_away(world, chat):
    presence.went_away(party(chat, None).id, since=world.now, now=world.clock.tick())


def test_a_closed_page_is_away_only(world, chat):
    with happens(world, chat, "party.away"):
        contact_away(world, chat)
    assert (fresh(chat).state, connection(chat, None, seen_by=world.ana)) == (State.ACTIVE, "away")
    with happens(world, chat, "party.back"):
        presence.contact_appeared(chat.id, world.clock.tick())
    with leaves_all_alone():
        presence.contact_appeared(chat.id, world.clock.tick())


def test_after_the_grace_the_chat_is_over(world, two):
    contact_away(world, two)
    world.absent(two)
    with happens(world, two, "contact.gone"):
        presence.grace_over(two.id, now=world.clock.pass_(300))
    assert (fresh(two).state, fresh(two).end_cause) == (State.ENDED, "grace")
    assert lines(two, "public")[-1] == "Kim Lee did not come back, the chat has ended"
    with leaves_all_alone():
        presence.grace_over(two.id, now=world.now)


def test_a_queue_may_wait_longer_or_less_long_than_the_site(world):
    patient, brief = world.handled(world.ana), world.handled(world.ana)
    Queue.objects.filter(pk=world.billing.pk).update(contact_grace=600)
    Interaction.objects.filter(pk=brief.pk).update(queue=Queue.objects.create(name="Brief", contact_grace=10))
    for chat in (patient, brief):
        contact_away(world, chat)
        world.absent(chat)
    over = lambda seconds: set(absence.given_up(world.clock.pass_(seconds)))  # noqa: E731
    assert [over(9), over(1), over(589), over(1)] == [set(), {brief.id}, {brief.id}, {brief.id, patient.id}]


def test_back_within_the_grace(world, chat):
    contact_away(world, chat)
    presence.contact_appeared(chat.id, world.clock.pass_(299))
    with leaves_all_alone():
        presence.grace_over(chat.id, now=world.clock.pass_(2))


def test_a_contact_who_is_connected_after_all_is_not_gone(world, chat):
    contact_away(world, chat)
    with leaves_all_alone():
        presence.grace_over(chat.id, now=world.clock.pass_(301))


def test_a_waiting_contact_has_the_same_grace(world):
    chat = world.chat()
    world.absent(chat)
    with assert_publishes(world, chat):
        sweep(world.clock.tick(), steady=True)
    assert party(chat, None).away_since
    sweep(world.now + timedelta(seconds=299), steady=True)
    assert fresh(chat).live
    sweep(world.clock.pass_(301), steady=True)
    assert fresh(chat).state == State.ENDED
