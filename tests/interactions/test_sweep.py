"""What is due at a moment: each thing once, by rows, whoever sweeps."""

from datetime import timedelta

import pytest

from agents.models import Site
from core import leases
from core.models import Event, Lease
from interactions import events
from interactions.actions import invitations, presence, slots, status, sweep
from interactions.models import Ring, Segment
from interactions.states import Invited, Rang, State
from routing.models import Queue
from tests.interactions.steps import happens, leaves_all_alone, lines
from tests.support import assert_publishes, fresh, party

pytestmark = pytest.mark.django_db


def run(world, seconds=0.01, steady=True):
    sweep.sweep(world.clock.pass_(seconds), steady=steady)


def names(chat) -> list[str]:
    return list(Event.objects.filter(subject=chat.id).order_by("id").values_list("name", flat=True))


# --- rings ------------------------------------------------------------------------------------


def test_a_ring_ends_at_its_time_and_once(world):
    world.ready(world.ana)
    chat = world.chat()
    run(world)
    ring = Ring.objects.get()
    run(world, 29.9)
    assert fresh(ring).outcome == ""
    with assert_publishes(world, chat):
        run(world, 0.1)
    run(world)
    assert (fresh(ring).outcome, names(chat).count("invitation.expired")) == (Rang.EXPIRED, 1)


def test_rings_expire_while_service_is_not_steady(world):
    world.ready(world.ana)
    chat = world.chat()
    run(world)
    run(world, 31, steady=False)
    assert "invitation.expired" in names(chat)
    assert fresh(world.ana).missed == 0  # an outage may have kept them from answering


def test_from_one_agent_to_the_next(world):
    world.ready(world.ana, world.bo)
    chat = world.chat()
    run(world)
    assert world.ringing_at(world.ana)
    with assert_publishes(world, chat):
        run(world, 30)
    assert (world.ringing_at(world.ana), world.ringing_at(world.bo).interaction) == (None, chat)


# --- slots and helpers ------------------------------------------------------------------------


def test_after_the_wrap_up_limit_a_chat_is_unclosed(world):
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    run(world, 119)
    assert events.agent_state(fresh(world.ana)).load == 1
    with happens(world, chat, "segment.unclosed"):
        run(world, 1.1)
    state = events.agent_state(fresh(world.ana))
    assert (state.load, state.unclosed) == (0, 1)
    with leaves_all_alone():
        run(world, 1)


def test_the_queue_says_how_long(world):
    world.billing.wrap_up_limit = 5
    world.billing.save()
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    with happens(world, chat, "segment.unclosed"):
        run(world, 6)


def test_a_slot_is_released_once(world):
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    segment = Segment.objects.get()
    slots.release(segment.id, now=world.clock.pass_(121))
    with leaves_all_alone():
        slots.release(segment.id, now=world.clock.tick())


def test_too_early_releases_nothing(world):
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    with leaves_all_alone():
        slots.release(Segment.objects.get().id, now=world.clock.pass_(119))


def test_helpers_segments_close_by_themselves(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    world.end(chat, world.bo, "leave")
    run(world, 1799)
    assert party(chat, world.bo).segment.done_at is None
    with happens(world, chat, "segment.closed"):
        run(world, 1)
    segment = party(chat, world.bo).segment
    assert (segment.done_at, segment.closed_by_system) == (world.now, True)
    assert events.desk(fresh(world.bo), world.now).interactions == []
    with leaves_all_alone():
        slots.close_forgotten(segment.id, now=world.now)


def test_the_last_owners_segment_stays_open(world):
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    run(world, 200)
    run(world, 7200)
    segment = party(chat, world.ana).segment
    assert (segment.done_at, fresh(chat).completed_at) == (None, None)
    assert events.snapshot(fresh(chat), world.ana).segment.closes_at is None


@pytest.mark.parametrize(("site", "queue", "seconds"), [(600, None, 600), (0, 300, 300), (600, 0, None)])
def test_where_the_queue_or_the_site_says_so_it_closes_by_itself(world, site, queue, seconds):
    Site.objects.update(owner_close=site)
    Queue.objects.filter(pk=world.billing.pk).update(owner_close=queue)
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    over = seconds and world.now + timedelta(seconds=seconds)
    assert events.snapshot(fresh(chat), world.ana).segment.closes_at == over
    run(world, (seconds or 7200) - 1)
    assert fresh(chat).completed_at is None
    with happens(world, chat, "segment.closed") if seconds else leaves_all_alone():
        run(world, 1)
    assert fresh(chat).completed_at == (world.now if seconds else None)
    assert bool(events.desk(fresh(world.ana), world.now).interactions) == (not seconds)


def test_what_is_not_over_for_its_last_owner_does_not_close(world):
    """The chat of a lost owner waits: it may still be theirs again. Others go by the time of helpers."""
    Site.objects.update(owner_close=60)
    lost = world.handled(world.ana)
    world.absent(world.ana)
    run(world)
    run(world, 91)
    run(world, 120)
    assert (fresh(lost).state, party(lost, world.ana).segment.done_at) == (State.WAITING, None)


def test_a_helper_closes_by_the_time_of_helpers(world):
    Site.objects.update(owner_close=60)
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    world.end(chat, world.bo, "leave")
    assert events.snapshot(fresh(chat), world.bo).segment.closes_at == world.now + timedelta(seconds=1800)
    run(world, 120)
    assert party(chat, world.bo).segment.done_at is None


def test_who_is_in_the_chat_is_no_forgotten_helper(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    with leaves_all_alone():
        run(world, 7200)
    assert chat.parties.here().count() == 3


# --- presence ---------------------------------------------------------------------------------


def test_thirty_seconds_of_silence_and_sixty_more(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    Lease.objects.filter(holder=world.ana.holder).delete()
    leases.open(world.ana.holder, "process", "tab", world.now)
    with leaves_all_alone():
        run(world, 29.9)
    with happens(world, chat, "party.away"):
        run(world, 0.2)
    assert party(chat, world.ana).away_since == world.now - timedelta(seconds=0.1)
    run(world, 59.8)
    assert fresh(chat).owner == party(chat, world.ana)
    with happens(world, chat, "party.lost"):
        run(world, 0.2)
    assert fresh(chat).owner == party(chat, world.bo)


def test_an_outage_expires_neither_lease_nor_grace(world):
    chat = world.handled(world.ana)
    Lease.objects.all().delete()
    with leaves_all_alone():
        run(world, 3600, steady=False)
    assert fresh(chat).owner == party(chat, world.ana)


def test_who_is_connected_is_back_without_a_new_socket(world):
    """Their process was paused: the leases lapsed, the sockets did not."""
    chat = world.handled(world.ana)
    presence.went_away(party(chat, world.ana).id, since=world.now, now=world.now)
    with happens(world, chat, "party.back"):
        run(world, 61)
    with leaves_all_alone():
        run(world, 61)


def test_a_routed_chat_does_not_ring_on_where_nobody_is(world):
    world.ready(world.ana)
    chat = world.chat()
    run(world)
    world.ready(world.bo)
    world.absent(world.ana)
    with assert_publishes(world, chat):
        run(world)
    assert (world.ringing_at(world.ana), world.ringing_at(world.bo).interaction) == (None, chat)
    assert fresh(world.ana).missed == 0


def test_nor_does_it_move_while_service_is_not_steady(world):
    world.ready(world.ana)
    world.chat()
    run(world)
    world.absent(world.ana)
    with leaves_all_alone():
        run(world, steady=False)


def test_a_direct_request_to_who_is_lost_is_withdrawn(world):
    """The inviter is told; a reload is no reason yet."""
    Site.objects.update(over_capacity=1)
    world.billing.ring_time = 600
    world.billing.save()
    chat = world.handled(world.ana)
    world.ready(world.bo)
    invitation = world.invite(chat, world.ana, world.bo)
    world.absent(world.bo)
    run(world, 59)
    assert fresh(invitation).state == Invited.RINGING
    with happens(world, chat, "invitation.withdrawn"):
        run(world, 2)
    assert fresh(invitation).state == Invited.REVOKED
    assert lines(chat, "internal")[-1].startswith("Bo ")


def test_the_contacts_grace(world):
    chat = world.handled(world.ana)
    world.absent(chat)
    with happens(world, chat, "party.away"):
        run(world, 1)
    run(world, 298)
    assert fresh(chat).live
    with happens(world, chat, "contact.gone"):
        run(world, 2)
    assert fresh(chat).state == State.ENDED


# --- robust -----------------------------------------------------------------------------------


def test_one_that_fails_leaves_the_others_alone(world, monkeypatch, caplog):
    world.ready(world.ana, world.bo)
    chats = [world.chat(), world.chat()]
    run(world)
    expire, first = invitations.expire, Ring.objects.order_by("id").first()

    def broken(id, **kwargs):
        if id == first.id:
            raise ZeroDivisionError
        expire(id, **kwargs)

    monkeypatch.setattr(invitations, "expire", broken)
    run(world, 31)
    assert [("invitation.expired" in names(chat)) for chat in chats] == [False, True]
    assert "failed" in caplog.text
    monkeypatch.setattr(invitations, "expire", expire)
    run(world)
    assert "invitation.expired" in names(chats[0])


def test_one_that_was_overtaken_leaves_the_others_alone(world, monkeypatch, caplog):
    world.ready(world.ana, world.bo)
    world.chat(), world.chat()
    run(world)
    expire, first = invitations.expire, Ring.objects.order_by("id").first()

    def overtaken(id, **kwargs):
        if id == first.id:
            invitations.reject(first.invitation_id, by=first.agent, now=world.clock.tick())
        expire(id, **kwargs)

    monkeypatch.setattr(invitations, "expire", overtaken)
    run(world, 31)
    assert sorted(Ring.objects.exclude(outcome="").values_list("outcome", flat=True)) == ["expired", "rejected"]
    assert caplog.text == ""


def test_an_idle_site_is_left_alone(world):
    world.ready(world.ana, world.bo)
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    with leaves_all_alone():
        for _ in range(3):
            run(world, 1)
    assert fresh(chat).state == State.ACTIVE


def test_who_was_lost_while_their_process_paused_gets_the_chat_back(world):
    """Their socket never closed, so no greeting tells that they are here."""
    kim = world.handled(world.ana)
    world.absent(world.ana)
    sweep.sweep(world.clock.pass_(1), steady=True)
    sweep.sweep(world.clock.pass_(61), steady=True)
    assert fresh(kim).state == "waiting"
    world.present(world.ana)
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    with assert_publishes(world, kim):
        sweep.sweep(world.clock.tick(), steady=True)
    assert fresh(kim).owner == party(kim, world.ana)
