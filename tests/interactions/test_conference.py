"""Instant conference, and Delete From Conference."""

import uuid

import pytest

from agents.models import Reason, Site
from interactions import events
from interactions.actions import closing, conference, invitations, status
from interactions.models import Invitation
from interactions.states import Cause, Invited, Kind
from tests.interactions.steps import happens, leaves_all_alone, lines, refused
from tests.scenes import scene
from tests.support import fresh, party

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def chat(world):
    """Ana handles; Bo and Cy are Ready."""
    chat = world.handled(world.ana)
    world.ready(world.bo, world.cy)
    return chat


@pytest.fixture
@scene
def three(world, chat):
    """Ana owns, Bo was invited by Ana, Cy by Bo."""
    world.conferenced(chat, world.ana, world.bo)
    return world.conferenced(chat, world.bo, world.cy)


def another(world):
    """A second chat of Ana's."""
    for agent in (world.bo, world.cy):
        status.set_status(agent.id, "not_ready", now=world.clock.tick())
    chat = world.handled(world.ana)
    world.ready(world.bo, world.cy)
    return chat


def site(**options):
    Site.objects.update(**options)


# --- invite -----------------------------------------------------------------------------------


def test_it_rings_and_nothing_changes_for_the_contact(world, chat):
    before = fresh(chat).public_version
    with happens(world, chat, "invitation.ringing"):
        made = world.invite(chat, world.ana, world.bo, note=" Router? ")
    assert (made.kind, made.state, made.note) == (Kind.CONFERENCE, Invited.RINGING, "Router?")
    assert made.inviter == party(chat, world.ana)
    ring = made.rings.get()
    assert (ring.agent, ring.routed, (ring.expires_at - ring.started_at).seconds) == (world.bo, False, 30)
    assert fresh(chat).public_version == before
    assert not any("Bo" in line for line in lines(chat, "public"))


def test_it_rings_as_long_as_the_queue_says(world, chat):
    world.billing.ring_time = 7
    world.billing.save()
    ring = world.invite(chat, world.ana, world.bo).rings.get()
    assert (ring.expires_at - ring.started_at).seconds == 7


def test_the_inviter_sees_where_it_rings(world, chat):
    made = world.invite(chat, world.ana, world.bo)
    [pending] = events.snapshot(fresh(chat), world.ana).invitations
    assert (pending.id, pending.ringing_at, pending.target.name, pending.cancel) == (made.id, "Bo", "Bo", True)


def test_any_agent_may_be_asked_whatever_their_queues(world, chat):
    world.ready(world.sue)
    with happens(world, chat, "invitation.ringing"):
        world.invite(chat, world.ana, world.sue)


def test_the_invited_may_invite_further(world, three):
    assert party(three, world.cy).invited_by == party(three, world.bo)


def test_a_direct_request_rings_beside_a_routed_one(world, chat):
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    world.chat()
    world.offer()
    with happens(world, chat, "invitation.ringing"):
        world.invite(chat, world.ana, world.bo)


class TestRefusedInvitations:
    def test_nobody_outside_the_chat_invites(self, world, chat):
        for agent in (world.bo, world.sue):
            with refused("not_found"):
                world.invite(chat, agent, world.cy)

    def test_who_left_does_not_invite(self, world, chat):
        world.conferenced(chat, world.ana, world.bo)
        world.end(chat, world.bo, "leave")
        with refused("not_party"):
            world.invite(chat, world.bo, world.cy)

    def test_an_unknown_or_deactivated_agent_is_not_found(self, world, chat):
        with refused("not_found"):
            conference.invite(chat.id, uuid.uuid4(), by=world.ana, now=world.now)
        world.bo.user.is_active = False
        world.bo.user.save()
        with refused("not_found"):
            world.invite(chat, world.ana, world.bo)

    def test_an_unknown_chat_is_not_found(self, world):
        with refused("not_found"):
            conference.invite(uuid.uuid4(), world.bo.id, by=world.ana, now=world.now)

    def test_who_is_in_the_chat(self, world, chat):
        world.conferenced(chat, world.ana, world.bo)
        with refused("already_party", "Bo is in this chat already."):
            world.invite(chat, world.ana, world.bo)
        with refused("already_party", "Ana"):
            world.invite(chat, world.ana, world.ana)

    def test_who_is_invited_already_by_whomever(self, world, chat):
        world.conferenced(chat, world.ana, world.bo)
        world.invite(chat, world.ana, world.cy)
        for by in (world.ana, world.bo):
            with refused("already_invited", "Cy is invited already."):
                world.invite(chat, by, world.cy)

    def test_who_is_logged_off(self, world, chat):
        status.set_status(world.bo.id, "logged_off", now=world.clock.tick())
        with refused("logged_off", "Bo is logged off."):
            world.invite(chat, world.ana, world.bo)

    def test_who_never_logged_in(self, world, chat):
        world.bo.channels.all().delete()
        with refused("logged_off"):
            world.invite(chat, world.ana, world.bo)

    def test_who_is_not_ready_with_the_reason(self, world, chat):
        lunch = Reason.objects.create(name="Lunch")
        status.set_status(world.bo.id, "not_ready", reason_id=lunch.id, now=world.clock.tick())
        with refused("not_ready", "Bo is Not Ready: Lunch."):
            world.invite(chat, world.ana, world.bo)

    @pytest.mark.parametrize(
        "chosen, words", [("after_call_work", "After Call Work"), ("do_not_disturb", "Do Not Disturb")]
    )
    def test_other_statuses_by_name(self, world, chat, chosen, words):
        status.set_status(world.bo.id, chosen, now=world.clock.tick())
        with refused("not_ready", f"Bo is {words}."):
            world.invite(chat, world.ana, world.bo)

    def test_whose_connection_is_gone(self, world, chat):
        world.absent(world.bo)
        with refused("logged_off", "Bo has lost the connection."):
            world.invite(chat, world.ana, world.bo)

    def test_who_has_no_slot_left(self, world, chat):
        site(capacity=0)
        with refused("at_capacity", "Bo is at capacity."):
            world.invite(chat, world.ana, world.bo)

    def test_two_chats_one_slot(self, world, chat):
        """What rings counts, so the second of two who invite the same third is refused."""
        second = another(world)
        site(capacity=1)
        world.invite(chat, world.ana, world.bo)
        with refused("at_capacity"):
            world.invite(second, world.ana, world.bo)

    def test_the_party_limit_counts_open_invitations(self, world, chat):
        site(party_limit=3)
        invitation = world.invite(chat, world.ana, world.bo)
        with refused("party_limit", "at most 3"):
            world.invite(chat, world.ana, world.cy)
        assert events.snapshot(fresh(chat), world.ana).can.conference == "A chat has at most 3 parties."
        invitations.cancel(invitation.id, by=world.ana, now=world.clock.tick())
        with happens(world, chat, "invitation.ringing"):
            world.invite(chat, world.ana, world.cy)


def test_a_direct_request_may_use_the_slot_above_capacity(world, chat):
    site(capacity=0, over_capacity=1)
    with happens(world, chat, "invitation.ringing"):
        world.invite(chat, world.ana, world.bo)


# --- Delete From Conference -------------------------------------------------------------------


def delete(world, chat, by, who, version=None):
    version = fresh(chat).owner_version if version is None else version
    return conference.remove(chat.id, party(chat, who).id, by=by, version=version, now=world.clock.tick())


def test_the_owner_removes_another(world, three):
    with happens(world, three, "party.removed"):
        delete(world, three, world.ana, world.bo)
    bo = party(three, world.bo)
    assert (bo.left_at, bo.cause, bo.segment.left_at) == (world.now, Cause.REMOVED, world.now)
    assert lines(three, "public")[-1] == "Bo has left, Ana stays with you"


def test_the_removed_reads_who_did_it_and_nothing_after(world, three):
    delete(world, three, world.ana, world.bo)
    world.line(three, world.ana, "between us", lane="internal")
    until = party(three, world.bo).readers.get(lane__name="internal").until
    assert lines(three, "internal")[until - 1] == "Ana removed Bo from the conference"
    view = events.snapshot(fresh(three), world.bo)
    assert {lane.lane: lane.head for lane in view.lanes}["internal"] == until


def test_who_invited_removes(world, three):
    with happens(world, three, "party.removed"):
        delete(world, three, world.bo, world.cy)


def test_a_supervisor_in_the_chat_removes(world, three):
    world.sue.supervisor = True
    world.sue.save(update_fields=["supervisor"])
    world.conferenced(three, world.ana, world.sue)
    with happens(world, three, "party.removed"):
        delete(world, three, world.sue, world.cy)


class TestRefusedDeletes:
    def test_who_did_not_invite_them(self, world, three):
        with refused("not_owner"):
            delete(world, three, world.cy, world.bo)

    def test_the_owner(self, world, three):
        with refused("is_owner"):
            delete(world, three, world.bo, world.ana)

    def test_the_contact(self, world, three):
        with refused("not_allowed"):
            delete(world, three, world.ana, None)

    def test_oneself(self, world, three):
        with refused("not_allowed"):
            delete(world, three, world.bo, world.bo)

    def test_by_outsiders(self, world, three):
        with refused("not_found"):
            delete(world, three, world.sue, world.bo)

    def test_by_who_left(self, world, three):
        world.end(three, world.bo, "leave")
        with refused("not_party"):
            delete(world, three, world.bo, world.cy)

    def test_of_a_party_of_another_chat(self, world, three):
        other = another(world)
        with refused("not_found"):
            conference.remove(
                other.id, party(three, world.bo).id, by=world.ana, version=fresh(other).owner_version, now=world.now
            )

    def test_with_an_ownership_that_is_over(self, world, three):
        old = fresh(three).owner_version
        world.end(three, world.ana, "pass")
        with refused("stale"):
            delete(world, three, world.bo, world.cy, version=old)


# --- crossings --------------------------------------------------------------------------------


def test_delete_after_their_end_is_a_repeat(world, three):
    world.end(three, world.bo, "leave")
    with leaves_all_alone():
        delete(world, three, world.ana, world.bo)


def test_their_end_after_the_delete_is_a_repeat(world, three):
    shown = events.snapshot(fresh(three), world.bo)
    delete(world, three, world.ana, world.bo)
    with leaves_all_alone():
        world.end(three, world.bo, shown.end.expect, version=shown.owner_version)


def test_a_line_after_the_delete_is_refused(world, three):
    delete(world, three, world.ana, world.bo)
    for lane in ("public", "internal"):
        with refused("not_party"):
            world.line(three, world.bo, "too late", lane=lane)


def test_their_invitations_go_on_under_the_owner(world, three):
    world.ready(world.sue)
    invitation = world.invite(three, world.bo, world.sue)
    delete(world, three, world.ana, world.bo)
    assert fresh(invitation).state == Invited.RINGING
    with happens(world, three, "invitation.cancelled"):
        invitations.cancel(invitation.id, by=world.ana, now=world.clock.tick())


def test_ownership_passed_first_the_delete_meets_the_owner(world, three):
    seen = fresh(three).owner_version
    world.end(three, world.ana, "pass")
    with refused("is_owner"):
        delete(world, three, world.cy, world.bo, version=seen)


def test_deleted_first_the_owners_end_would_close(world, chat):
    world.conferenced(chat, world.ana, world.bo)
    shown = events.snapshot(fresh(chat), world.ana)
    delete(world, chat, world.ana, world.bo)
    with refused("last_agent", "Kim Lee"):
        world.end(chat, world.ana, shown.end.expect, version=shown.owner_version)


def test_who_was_removed_may_be_invited_again(world, three):
    delete(world, three, world.ana, world.bo)
    with happens(world, three, "invitation.ringing"):
        world.invite(three, world.ana, world.bo)
    with happens(world, three, "invitation.accepted"):
        world.accept(world.bo)
    assert three.parties.filter(agent=world.bo).count() == 2
    assert Invitation.objects.filter(interaction=three, agent=world.bo, state=Invited.ACCEPTED).count() == 2


def test_who_came_again_has_one_part_to_finish(world, three):
    """The older part closes by itself: nobody could see it, yet it held a slot."""
    delete(world, three, world.ana, world.bo)
    world.invite(three, world.ana, world.bo)
    with happens(world, three, "invitation.accepted"):
        world.accept(world.bo)
    older, newer = three.segments.filter(agent=world.bo)
    assert (older.done_at, older.slot_until, older.closed_by_system, newer.done_at) == (world.now, None, True, None)
    assert events.agent_state(fresh(world.bo)).load == 1
    world.end(three, world.bo, "leave")
    with happens(world, three, "segment.done"):
        closing.mark_done(three.id, by=world.bo, now=world.clock.tick())
    assert events.desk(fresh(world.bo), world.now).interactions == []
