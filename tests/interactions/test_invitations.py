"""Accept, Reject, cancel, time-out, taken back."""

import uuid

import pytest

from agents.models import Reason, Role, Site
from agents.status import Status
from interactions import events
from interactions.actions import arrival, invitations, status
from interactions.models import Segment
from interactions.states import Invited, Rang, State
from tests.interactions.steps import happens, leaves_all_alone, lines, refused
from tests.scenes import scene
from tests.support import assert_publishes, fresh, party

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def offered(world):
    """A routed chat rings at Ana."""
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    return chat


@pytest.fixture
@scene
def asked(world):
    """Ana has invited Bo."""
    chat = world.handled(world.ana)
    world.ready(world.bo)
    world.invite(chat, world.ana, world.bo, note="Router?")
    return chat


def rings(world, agent):
    return world.ringing_at(agent)


def ring(invitation):
    return invitation.rings.get(outcome="")


# --- accept -----------------------------------------------------------------------------------


def test_accepting_makes_the_agent_the_owner(world, offered):
    with happens(world, offered, "invitation.accepted"):
        world.accept(world.ana)
    row, mine = fresh(offered), party(offered, world.ana)
    assert (row.state, row.owner, row.owner_version, row.active_since) == (State.ACTIVE, mine, row.version, world.now)
    invitation = offered.invitations.get()
    assert (invitation.state, invitation.ended_at) == (Invited.ACCEPTED, world.now)
    assert invitation.rings.get().outcome == Rang.ACCEPTED
    assert lines(offered, "public") == ["Ana (Billing) has joined"]
    assert fresh(world.ana).idle_since == world.now


def test_an_accepted_conference_changes_no_owner(world, asked):
    before = fresh(asked)
    with happens(world, asked, "invitation.accepted"):
        world.accept(world.bo)
    assert (fresh(asked).owner, fresh(asked).owner_version) == (before.owner, before.owner_version)
    assert party(asked, world.bo).invited_by == party(asked, world.ana)


def test_the_newcomer_reads_all_public_lines_and_internal_ones_from_now_on(world, asked):
    world.line(asked, None, "I was charged twice")
    world.line(asked, world.ana, "Hm.", lane="internal")
    world.accept(world.bo)
    starts = dict(party(asked, world.bo).readers.values_list("lane__name", "start"))
    assert starts == {"public": 1, "internal": len(lines(asked, "internal")) + 1}


def test_an_invitation_is_unknown_where_it_never_rang(world, offered):
    for verb in (invitations.accept, invitations.reject):
        with refused("not_found"):
            verb(rings(world, world.ana).id, by=world.bo, now=world.now)
        with refused("not_found"):
            verb(uuid.uuid4(), by=world.ana, now=world.now)


def test_accepting_twice_is_refused_in_words(world, offered):
    invitation = rings(world, world.ana)
    world.accept(world.ana)
    with refused("no_longer_available", "accepted already"):
        invitations.accept(invitation.id, by=world.ana, now=world.now)


def test_only_where_it_rings_now(world, offered):
    """It rang at Ana and rings at Bo."""
    invitation = rings(world, world.ana)
    invitations.reject(invitation.id, by=world.ana, now=world.clock.tick())
    world.ready(world.bo)
    world.offer()
    for verb in (invitations.accept, invitations.reject):
        with refused("no_longer_available", "no longer rings here"):
            verb(invitation.id, by=world.ana, now=world.now)
    with happens(world, offered, "invitation.accepted"):
        world.accept(world.bo)
    with refused("no_longer_available", "accepted already"):
        invitations.accept(invitation.id, by=world.ana, now=world.now)


def test_who_has_logged_off_joins_nothing(world, asked):
    """The click that crossed the own Log off: nobody is in a chat and logged off."""
    status._set(world.bo.id, Status.LOGGED_OFF, ("chat",), None, world.clock.tick())
    with refused("no_longer_available", "logged off"):
        invitations.accept(rings(world, world.bo).id, by=world.bo, now=world.clock.tick())


def test_who_is_not_ready_may_accept_what_rings(world, asked):
    status.set_status(world.bo.id, "not_ready", now=world.clock.tick())
    with happens(world, asked, "invitation.accepted"):
        world.accept(world.bo)


def test_one_accepted_the_others_go_on(world, asked):
    world.ready(world.cy)
    world.invite(asked, world.ana, world.cy)
    with happens(world, asked, "invitation.accepted"):
        world.accept(world.bo)
    assert rings(world, world.cy).state == Invited.RINGING
    with happens(world, asked, "invitation.accepted"):
        world.accept(world.cy)


def test_the_preview_tells_what_it_is_about(world):
    chat = world.handled(world.ana)
    world.ready(world.bo)
    world.line(chat, None, "first")
    world.line(chat, None, "Hello?")
    world.invite(chat, world.ana, world.bo, note="Router?")
    world.line(chat, world.ana, "One moment")
    [preview] = events.desk(fresh(world.bo), world.now).invitations
    assert (preview.kind, preview.inviter, preview.note, preview.contact) == ("conference", "Ana", "Router?", "Kim Lee")
    assert (preview.last_line, preview.queue, preview.reject) == ("Hello?", "Billing", True)


def test_the_preview_shows_no_line_that_was_answered_before(world):
    chat = world.handled(world.ana)
    world.ready(world.bo)
    world.line(chat, None, "Hello?")
    world.line(chat, world.ana, "One moment")
    world.invite(chat, world.ana, world.bo)
    assert events.desk(fresh(world.bo), world.now).invitations[0].last_line is None


# --- reject -----------------------------------------------------------------------------------


def test_a_rejected_chat_waits_on(world, offered):
    invitation = rings(world, world.ana)
    with happens(world, offered, "invitation.rejected"):
        invitations.reject(invitation.id, by=world.ana, now=world.clock.tick())
    assert (fresh(invitation).state, fresh(invitation).ended_at) == (Invited.WAITING, None)
    assert invitation.rings.get().outcome == Rang.REJECTED
    assert (fresh(world.ana).missed, lines(offered, "public")) == (0, [])


def test_a_rejected_conference_is_over_and_the_agents_read_who(world, asked):
    invitation = rings(world, world.bo)
    with happens(world, asked, "invitation.rejected"):
        invitations.reject(invitation.id, by=world.bo, now=world.clock.tick())
    assert fresh(invitation).state == Invited.REJECTED
    assert lines(asked, "internal")[-1] == "Bo rejected the conference invitation"
    assert not any("Bo" in line for line in lines(asked, "public"))
    with happens(world, asked, "invitation.ringing"):
        world.invite(asked, world.ana, world.bo)


def test_rejecting_may_be_forbidden_for_the_whole_site(world, offered):
    Site.objects.update(role=Role.objects.create(name="Agent", allowed=["use_chat", "end"]))
    words = "You may not reject invitations: Agent does not allow it. Ask an administrator."
    with refused("not_allowed", words):
        invitations.reject(rings(world, world.ana).id, by=world.ana, now=world.now)
    assert events.desk(fresh(world.ana), world.now).invitations[0].reject == words


# --- cancel -----------------------------------------------------------------------------------


def test_whoever_invited_cancels(world, asked):
    invitation = rings(world, world.bo)
    with happens(world, asked, "invitation.cancelled"):
        invitations.cancel(invitation.id, by=world.ana, now=world.clock.tick())
    assert fresh(invitation).state == Invited.CANCELLED
    assert invitation.rings.get().outcome == Rang.WITHDRAWN
    assert lines(asked, "internal")[-1] == "Ana cancelled the conference invitation to Bo"
    for verb in (invitations.accept, invitations.reject):
        with refused("no_longer_available", "cancelled"):
            verb(invitation.id, by=world.bo, now=world.now)
    assert fresh(world.bo).missed == 0


def test_the_owner_cancels_what_another_invited(world, asked):
    world.accept(world.bo)
    world.ready(world.cy)
    invitation = world.invite(asked, world.bo, world.cy)
    with happens(world, asked, "invitation.cancelled"):
        invitations.cancel(invitation.id, by=world.ana, now=world.clock.tick())


def test_nobody_else_in_the_chat_cancels(world, asked):
    world.accept(world.bo)
    world.ready(world.cy)
    invitation = world.invite(asked, world.ana, world.cy)
    with refused("not_owner"):
        invitations.cancel(invitation.id, by=world.bo, now=world.now)


def test_who_invited_and_left_cancels_no_more(world, asked):
    world.accept(world.bo)
    world.ready(world.cy)
    invitation = world.invite(asked, world.ana, world.cy)
    world.end(asked, world.ana, "pass")
    with refused("not_owner"):
        invitations.cancel(invitation.id, by=world.ana, now=world.now)
    with happens(world, asked, "invitation.cancelled"):
        invitations.cancel(invitation.id, by=world.bo, now=world.clock.tick())


def test_foreign_and_routed_invitations_are_unknown(world, asked):
    for agent in (world.bo, world.cy, world.sue):
        with refused("not_found"):
            invitations.cancel(rings(world, world.bo).id, by=agent, now=world.now)
    routed = asked.invitations.get(kind="route")
    with refused("not_found"):
        invitations.cancel(routed.id, by=world.ana, now=world.now)


def test_what_was_accepted_is_not_cancelled(world, asked):
    invitation = rings(world, world.bo)
    world.accept(world.bo)
    with refused("no_longer_available", "accepted already"):
        invitations.cancel(invitation.id, by=world.ana, now=world.now)


def test_what_the_contact_ended_is_not_cancelled(world, asked):
    invitation = rings(world, world.bo)
    arrival.leave(asked.id, now=world.clock.tick())
    with refused("ended", "contact has left"):
        invitations.cancel(invitation.id, by=world.ana, now=world.now)


# --- time-out ---------------------------------------------------------------------------------


def miss(world, agent):
    world.offer()
    invitations.expire(ring(rings(world, agent)).id, now=world.clock.pass_(30))


def test_a_missed_chat_waits_on_and_counts(world, offered):
    invitation = rings(world, world.ana)
    with happens(world, offered, "invitation.expired"):
        invitations.expire(ring(invitation).id, now=world.clock.pass_(30))
    assert (fresh(invitation).state, invitation.rings.get().outcome) == (Invited.WAITING, Rang.EXPIRED)
    assert (fresh(world.ana).missed, world.ana.chat().status) == (1, Status.READY)


def test_a_second_time_out_of_the_same_ring_does_nothing(world, offered):
    id = ring(rings(world, world.ana)).id
    invitations.expire(id, now=world.clock.pass_(30))
    with refused("no_longer_available"):
        invitations.expire(id, now=world.now)


def test_missed_twice_is_not_responding(world, offered):
    miss(world, world.ana)
    world.clock.pass_(30)
    with assert_publishes(world, offered):
        miss(world, world.ana)
    channel = fresh(world.ana).chat()
    assert (channel.status, channel.reason.name, channel.since) == ("not_ready", Reason.NOT_RESPONDING, world.now)
    notice = events.agent_state(fresh(world.ana)).notice
    assert notice == "You missed 2 invitations in a row and were set Not Ready."
    assert world.ana.periods.get(until=None).reason.name == Reason.NOT_RESPONDING


def test_ready_again_clears_the_count_and_the_notice(world, offered):
    miss(world, world.ana)
    world.clock.pass_(30)
    miss(world, world.ana)
    with assert_publishes(world):
        status.set_status(world.ana.id, "ready", now=world.clock.tick())
    state = events.agent_state(fresh(world.ana))
    assert (state.missed, state.notice, state.channels[0].reason) == (0, None, None)


def test_an_accept_clears_the_count(world, offered):
    miss(world, world.ana)
    world.clock.pass_(30)
    world.offer()
    world.accept(world.ana)
    assert fresh(world.ana).missed == 0
    world.chat()
    miss(world, world.ana)
    assert (fresh(world.ana).missed, fresh(world.ana).chat().status) == (1, "ready")


@pytest.mark.parametrize("how", ["reject", "leave", "not_ready", "take_back"])
def test_what_did_not_ring_its_time_is_no_miss(world, offered, how):
    invitation = rings(world, world.ana)
    match how:
        case "reject":
            invitations.reject(invitation.id, by=world.ana, now=world.clock.tick())
        case "leave":
            arrival.leave(offered.id, now=world.clock.tick())
        case "not_ready":
            status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
        case "take_back":
            invitations.take_back(ring(invitation).id, why="absent", now=world.clock.tick())
    assert fresh(world.ana).missed == 0


def test_rejecting_does_not_clear_the_count(world, offered):
    """Missed, rejected, missed: two in a row that nobody answered would be three offers."""
    miss(world, world.ana)
    world.clock.pass_(30)
    world.offer()
    invitations.reject(rings(world, world.ana).id, by=world.ana, now=world.clock.tick())
    assert fresh(world.ana).missed == 1


def test_a_missed_conference_is_over_and_no_miss(world, asked):
    invitation = rings(world, world.bo)
    with happens(world, asked, "invitation.expired"):
        invitations.expire(ring(invitation).id, now=world.clock.pass_(30))
    assert (fresh(invitation).state, fresh(world.bo).missed) == (Invited.EXPIRED, 0)
    assert lines(asked, "internal")[-1] == "Bo did not answer the conference invitation"
    with refused("no_longer_available", "time was over"):
        invitations.accept(invitation.id, by=world.bo, now=world.now)


def test_no_limit_no_not_responding(world, offered):
    Site.objects.update(missed_limit=0)
    for _ in range(4):
        miss(world, world.ana)
        world.clock.pass_(30)
    assert (fresh(world.ana).missed, fresh(world.ana).chat().status) == (4, "ready")


# --- taken back -------------------------------------------------------------------------------


def test_a_direct_request_that_is_taken_back_is_told(world, asked):
    invitation = rings(world, world.bo)
    with happens(world, asked, "invitation.withdrawn"):
        invitations.take_back(ring(invitation).id, why="logged_off", now=world.clock.tick())
    assert fresh(invitation).state == Invited.REVOKED
    assert lines(asked, "internal")[-1] == "Bo logged off, the conference invitation is withdrawn"


def test_who_was_never_accepted_has_no_segment(world, asked):
    invitation = rings(world, world.bo)
    invitations.reject(invitation.id, by=world.bo, now=world.clock.tick())
    assert list(Segment.objects.values_list("agent", flat=True)) == [world.ana.id]
    with leaves_all_alone():
        assert events.desk(fresh(world.bo), world.now).interactions == []
