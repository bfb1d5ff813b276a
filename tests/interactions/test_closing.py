"""End, the outcome, notes, Mark Done."""

import uuid

import pytest

from interactions import events
from interactions.actions import arrival, closing, conference, invitations, presence, status
from interactions.actions.outcomes import set_disposition
from interactions.models import DispositionCode, DispositionRule, DispositionSet
from interactions.states import Cause, Invited, Rang, State
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
    """Ana owns, Bo is in the conference."""
    return world.conferenced(chat, world.ana, world.bo)


@pytest.fixture
@scene
def three(world, two):
    return world.conferenced(two, world.ana, world.cy)


def offer(chat, agent):
    return events.snapshot(fresh(chat), agent).end


# --- what End says it will do -----------------------------------------------------------------


def test_alone_it_closes(world, chat):
    shown = offer(chat, world.ana)
    assert (shown.expect, shown.face, shown.pass_to) == ("close", "End chat with Kim Lee", None)


def test_the_owner_passes_to_who_is_there_longest(world, three):
    shown = offer(three, world.ana)
    assert (shown.expect, shown.face) == ("pass", "Leave, Bo takes over")
    assert [choice.nickname for choice in shown.choices] == ["Bo", "Cy"]


def test_another_leaves_and_the_owner_stays(world, three):
    shown = offer(three, world.cy)
    assert (shown.expect, shown.face, shown.choices) == ("leave", "Leave, Ana stays", [])


def test_an_owner_who_is_away_is_not_said_to_stay(world, three):
    away = party(three, world.ana)
    away.set(away_since=world.now)
    assert (offer(three, world.cy).expect, offer(three, world.cy).face) == ("leave", "Leave, Bo stays")
    world.end(three, world.bo, "leave")
    assert (offer(three, world.cy).expect, offer(three, world.cy).face) == ("leave", "Leave, Ana is away")
    assert world.end(three, world.cy, "leave").state == "active"


def test_who_comes_again_reads_their_earlier_part(world, three):
    closing.set_note(three.id, "Tried the router", by=world.bo, now=world.clock.tick())
    world.end(three, world.bo, "leave")
    world.conferenced(three, world.ana, world.bo)
    view = events.snapshot(fresh(three), world.bo)
    assert (view.segment.note, [(part.note, part.disposition) for part in view.earlier]) == (
        "",
        [("Tried the router", [])],
    )
    assert events.snapshot(fresh(three), world.ana).earlier == []


# --- End --------------------------------------------------------------------------------------


def test_the_chat_passes_on(world, three):
    with happens(world, three, "party.left"):
        world.end(three, world.ana, "pass")
    row = fresh(three)
    assert (row.state, row.owner, row.owner_version) == (State.ACTIVE, party(three, world.bo), row.version)
    ana = party(three, world.ana)
    assert (ana.cause, ana.segment.left_at, ana.segment.done_at) == (Cause.PASSED, world.now, None)
    assert lines(three, "public")[-1] == "Ana has left, Bo stays with you"


def test_to_whom_the_owner_chose(world, three):
    with happens(world, three, "party.left"):
        world.end(three, world.ana, "pass", pass_to=party(three, world.cy).id)
    assert fresh(three).owner == party(three, world.cy)


def test_another_agents_end_is_only_theirs(world, three):
    before = fresh(three)
    with happens(world, three, "party.left"):
        world.end(three, world.cy, "leave")
    assert (fresh(three).owner, fresh(three).owner_version) == (before.owner, before.owner_version)
    assert lines(three, "public")[-1] == "Cy has left, Ana stays with you"


def test_who_only_leaves_hands_nothing_on(world, three):
    """The chat is not theirs to give."""
    with assert_publishes(world, three):
        world.end(three, world.bo, "leave", pass_to=party(three, world.cy).id)
    assert fresh(three).owner == party(three, world.ana)
    assert party(three, world.bo).cause == Cause.END


def test_the_last_agent_closes(world, chat):
    with happens(world, chat, "interaction.ended"):
        world.end(chat, world.ana, "close")
    row = fresh(chat)
    assert (row.state, row.owner, row.end_cause, row.ended_at) == (State.ENDED, None, "end", world.now)
    assert (row.completed_at, party(chat, world.ana).segment.last_owner) == (None, True)
    assert (party(chat, world.ana).cause, party(chat, None).cause) == (Cause.END, Cause.OVER)
    assert lines(chat, "public")[-1] == "Ana has ended the chat"


def test_who_left_reads_on_and_sees_nothing_new(world, two):
    world.end(two, world.ana, "pass")
    heads = {lane.lane: lane.head for lane in events.snapshot(fresh(two), world.ana).lanes}
    with assert_publishes(world, two) as posts:
        world.line(two, world.bo, "Hello again")
        world.line(two, world.bo, "alone", lane="internal")
    assert not any(world.ana.holder in post.groups for post in posts)
    assert {lane.lane: lane.head for lane in events.snapshot(fresh(two), world.ana).lanes} == heads


@pytest.mark.parametrize("expect", ["pass", "leave", "close"])
def test_ending_twice_changes_nothing(world, two, expect):
    version = fresh(two).owner_version
    world.end(two, world.ana, "pass")
    with leaves_all_alone():
        again = closing.end(two.id, by=world.ana, expect=expect, version=version, now=world.now)
    assert again.version == fresh(two).version


def test_outsiders_end_nothing(world, two):
    with refused("not_found"):
        closing.end(two.id, by=world.cy, expect="close", version=99, now=world.now)
    with refused("not_found"):
        closing.end(uuid.uuid4(), by=world.ana, expect="close", version=99, now=world.now)


# --- what was shown is no longer true ---------------------------------------------------------


def end_as(world, chat, by, expect, version=None, **kwargs):
    version = fresh(chat).owner_version if version is None else version
    return closing.end(chat.id, by=by, expect=expect, version=version, now=world.clock.tick(), **kwargs)


def test_end_times_end(world, two):
    """The first leaves; the second was shown that somebody stays, and is the last now."""
    shown = offer(two, world.bo)
    version = fresh(two).owner_version
    world.end(two, world.ana, "pass")
    with refused("last_agent", "End would close the chat for Kim Lee") as refusal:
        end_as(world, two, world.bo, shown.expect, version)
    assert refusal.value.detail["end"]["expect"] == "close"
    with happens(world, two, "interaction.ended"):
        world.end(two, world.bo, "close")


def test_end_times_end_the_other_way(world, two):
    shown = offer(two, world.ana)
    world.end(two, world.bo, "leave")
    with refused("last_agent"):
        end_as(world, two, world.ana, shown.expect)


def test_the_only_other_agents_lease_is_gone(world, two):
    shown = offer(two, world.ana)
    world.absent(world.bo)
    with refused("last_agent") as refusal:
        end_as(world, two, world.ana, shown.expect)
    assert refusal.value.detail["end"]["face"] == "End chat with Kim Lee"
    with happens(world, two, "interaction.ended"):
        world.end(two, world.ana, "close")
    assert party(two, world.bo).cause == Cause.OVER


def test_the_longest_connected_takes_over_not_the_lost(world, three):
    world.absent(world.bo)
    world.end(three, world.ana, "pass")
    assert fresh(three).owner == party(three, world.cy)


def test_the_chosen_heir_is_gone(world, three):
    bo = party(three, world.bo).id
    world.absent(world.bo)
    with refused("parties_changed", "no longer in the chat"):
        end_as(world, three, world.ana, "pass", pass_to=bo)
    world.present(world.bo)
    world.end(three, world.bo, "leave")
    with refused("parties_changed"):
        end_as(world, three, world.ana, "pass", pass_to=bo)


@pytest.mark.parametrize("heir", ["contact", "self", "unknown"])
def test_nobody_but_another_agent_inherits(world, three, heir):
    to = {"contact": party(three, None).id, "self": party(three, world.ana).id, "unknown": uuid.uuid4()}[heir]
    with refused("parties_changed"):
        end_as(world, three, world.ana, "pass", pass_to=to)


def test_a_conference_accept_came_first(world, chat):
    shown = offer(chat, world.ana)
    world.conferenced(chat, world.ana, world.bo)
    with refused("parties_changed", "Leave, Bo takes over") as refusal:
        end_as(world, chat, world.ana, shown.expect)
    assert refusal.value.detail["end"]["expect"] == "pass"


def test_the_end_came_first_then_the_accept(world, chat):
    """A supervisor's invitation would ring on; here the agent cancelled it and ended."""
    world.ready(world.bo)
    invitation = world.invite(chat, world.ana, world.bo)
    invitations.cancel(invitation.id, by=world.ana, now=world.clock.tick())
    world.end(chat, world.ana, "close")
    with refused("ended", "The chat has ended."):
        invitations.accept(invitation.id, by=world.bo, now=world.clock.tick())
    assert fresh(world.bo).missed == 0


def test_an_invitation_is_still_open(world, chat):
    world.ready(world.bo)
    invitation = world.invite(chat, world.ana, world.bo)
    with refused("invitation_pending") as refusal:
        world.end(chat, world.ana, "close")
    assert refusal.value.detail["end"]["expect"] == "close"
    invitations.reject(invitation.id, by=world.bo, now=world.clock.tick())
    with happens(world, chat, "interaction.ended"):
        world.end(chat, world.ana, "close")


def test_an_open_invitation_goes_on_under_the_new_owner(world, two):
    world.ready(world.cy)
    invitation = world.invite(two, world.ana, world.cy)
    with happens(world, two, "party.left"):
        world.end(two, world.ana, "pass")
    assert fresh(invitation).state == Invited.RINGING
    assert events.snapshot(fresh(two), world.bo).invitations[0].cancel is True
    with happens(world, two, "invitation.accepted"):
        world.accept(world.cy)


def test_a_stale_owner_cannot_act(world, three):
    """Bo looked at "Leave, Ana stays"; meanwhile the chat is Cy's."""
    version = fresh(three).owner_version
    world.end(three, world.ana, "pass", pass_to=party(three, world.cy).id)
    with refused("stale") as refusal:
        end_as(world, three, world.bo, "leave", version)
    assert refusal.value.detail["end"]["face"] == "Leave, Cy stays"


@pytest.mark.parametrize("expect, by", [("close", "bo"), ("pass", "bo"), ("close", "ana"), ("leave", "ana")])
def test_another_end_than_the_button_said(world, two, expect, by):
    with refused("parties_changed"):
        end_as(world, two, getattr(world, by), expect)


def test_lost_after_the_pass_is_another_story(world, two):
    """Bo's lease is live at the pass and gone a moment later: back to the queue."""
    world.end(two, world.ana, "pass")
    world.absent(world.bo)
    bo = party(two, world.bo)
    presence.went_away(bo.id, since=world.now, now=world.clock.tick())
    with happens(world, two, "party.lost"):
        presence.agent_lost(bo.id, now=world.clock.pass_(61))
    assert fresh(two).state == State.WAITING


def test_the_contact_left_first(world, two):
    shown = offer(two, world.ana)
    arrival.leave(two.id, now=world.clock.tick())
    with leaves_all_alone():
        end_as(world, two, world.ana, shown.expect)


def test_a_ring_elsewhere_stops_when_the_contact_leaves(world, two):
    world.ready(world.cy)
    invitation = world.invite(two, world.ana, world.cy)
    with happens(world, two, "contact.left"):
        arrival.leave(two.id, now=world.clock.tick())
    assert invitation.rings.get().outcome == Rang.WITHDRAWN


# --- outcomes ---------------------------------------------------------------------------------


@pytest.fixture
def outcomes(world):
    """Billing must choose; Network may."""
    made = DispositionSet.objects.create(name="Billing outcomes")
    codes = [DispositionCode.objects.create(set=made, name=name) for name in ("Resolved", "Refunded")]
    DispositionRule.objects.create(queue=world.billing, set=made, required=True)
    return codes


def choose(world, chat, by, *codes):
    return set_disposition(chat.id, [code.id for code in codes], by=by, now=world.clock.tick())


def done(world, chat, by):
    closing.mark_done(chat.id, by=by, now=world.clock.tick())


# --- notes ------------------------------------------------------------------------------------


def test_a_note_is_the_segments_own(world, two):
    with happens(world, two, "note.set"):
        closing.set_note(two.id, "Refund by Friday", by=world.ana, now=world.clock.tick())
    assert events.snapshot(fresh(two), world.ana).segment.note == "Refund by Friday"
    assert events.snapshot(fresh(two), world.bo).segment.note == ""


def test_refused_notes(world, chat):
    with refused("invalid"):
        closing.set_note(chat.id, "x" * 5001, by=world.ana, now=world.now)
    with refused("not_found"):
        closing.set_note(chat.id, "x", by=world.bo, now=world.now)
    world.end(chat, world.ana, "close")
    done(world, chat, world.ana)
    with refused("done"):
        closing.set_note(chat.id, "x", by=world.ana, now=world.now)


# --- Mark Done --------------------------------------------------------------------------------


def test_mark_done_freezes_and_takes_it_off_the_desk(world, chat):
    world.end(chat, world.ana, "close")
    with happens(world, chat, "segment.done"):
        done(world, chat, world.ana)
    segment = party(chat, world.ana).segment
    assert (segment.done_at, segment.slot_until, fresh(chat).completed_at) == (world.now, None, world.now)
    assert events.desk(fresh(world.ana), world.now).interactions == []
    assert events.agent_state(fresh(world.ana)).load == 0


def test_mark_done_twice_changes_nothing(world, chat):
    world.end(chat, world.ana, "close")
    done(world, chat, world.ana)
    with leaves_all_alone():
        done(world, chat, world.ana)


def test_mark_done_comes_after_end(world, chat):
    with refused("not_ended"):
        done(world, chat, world.ana)
    with refused("not_found"):
        done(world, chat, world.bo)


def test_the_last_owner_must_choose(world, chat, outcomes):
    world.end(chat, world.ana, "close")
    assert events.snapshot(fresh(chat), world.ana).can.done == "Choose a disposition first."
    with refused("disposition_required", "Choose a disposition first."):
        done(world, chat, world.ana)
    choose(world, chat, world.ana, outcomes[0])
    with happens(world, chat, "segment.done"):
        done(world, chat, world.ana)


def test_former_owners_and_helpers_need_not(world, three, outcomes):
    world.end(three, world.ana, "pass")
    world.end(three, world.cy, "leave")
    for who in (world.ana, world.cy):
        with happens(world, three, "segment.done"):
            done(world, three, who)
    assert fresh(three).completed_at is None
    world.end(three, world.bo, "close")
    with refused("disposition_required"):
        done(world, three, world.bo)


def test_helpers_neither_hold_nor_complete_it(world, two):
    world.end(two, world.ana, "pass")
    world.end(two, world.bo, "close")
    done(world, two, world.bo)
    assert fresh(two).completed_at == world.now
    done(world, two, world.ana)
    assert fresh(two).completed_at < world.now


def test_a_lost_owners_mark_done_completes_nothing_that_still_waits(world, chat):
    mine = party(chat, world.ana)
    world.absent(world.ana)
    presence.went_away(mine.id, since=world.now, now=world.clock.tick())
    presence.agent_lost(mine.id, now=world.clock.pass_(61))
    with happens(world, chat, "segment.done"):
        done(world, chat, world.ana)
    assert (fresh(chat).state, fresh(chat).completed_at) == (State.WAITING, None)
    with happens(world, chat, "contact.left"):
        arrival.leave(chat.id, now=world.clock.tick())
    assert fresh(chat).completed_at == world.now


def test_a_code_that_went_out_of_use_still_counts(world, chat, outcomes):
    choose(world, chat, world.ana, outcomes[0])
    outcomes[0].active = False
    outcomes[0].save()
    world.end(chat, world.ana, "close")
    with happens(world, chat, "segment.done"):
        done(world, chat, world.ana)


def test_who_came_twice_works_on_the_newer_part(world, two):
    world.end(two, world.bo, "leave")
    world.conferenced(two, world.ana, world.bo)
    with refused("not_ended"):
        done(world, two, world.bo)
    with happens(world, two, "party.removed"):
        conference.remove(
            two.id, party(two, world.bo).id, by=world.ana, version=fresh(two).owner_version, now=world.clock.tick()
        )


def test_end_frees_nothing_that_mark_done_does_not(world, two):
    """The former owner's slot is held until Mark Done, whatever becomes of the chat."""
    world.end(two, world.ana, "pass")
    status.set_status(world.ana.id, "ready", now=world.clock.tick())
    assert events.agent_state(fresh(world.ana)).load == 1
    done(world, two, world.ana)
    assert events.agent_state(fresh(world.ana)).load == 0
