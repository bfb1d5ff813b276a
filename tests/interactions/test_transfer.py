"""Transfer: somebody takes the place of who transfers, or the chat goes to a queue."""

from datetime import time

import pytest

from agents.models import Role, Site
from agents.privileges import SWITCHES
from interactions import directory, events, transcript
from interactions.actions import (
    arrival,
    closing,
    conference,
    consultation,
    invitations,
    outcomes,
    presence,
    status,
    sweep,
    transfer,
)
from interactions.load import load
from interactions.models import Consultation
from interactions.states import Cause, Invited, Kind, State
from routing.models import OpeningHours
from tests.interactions.steps import as_the_contact_sees, happens, leaves_all_alone, lines, refused
from tests.support import fresh, party

pytestmark = pytest.mark.django_db

NEWEST = 10_000


def to_pool(world, chat, type, pool, by=None):
    asked = {"by": by or world.ana, "version": NEWEST, "now": world.clock.tick()}
    return transfer.to_pool(chat.id, type, pool.id, **asked)


def to_queue(world, chat, queue, by=None, type="queue", version=NEWEST, **more):
    asked = {"by": by or world.ana, "version": version, **more, "now": world.clock.tick()}
    return transfer.to_queue(chat.id, type, queue.id, **asked)


def to_consultant(world, chat, consulted, by=None):
    asked = {"by": by or world.ana, "version": NEWEST, "now": world.clock.tick()}
    return transfer.to_consultant(chat.id, consulted.id, **asked)


def make_transfer(world, invitation, by=None, version=NEWEST):
    return transfer.make_transfer(invitation.id, by=by or world.ana, version=version, now=world.clock.tick())


def left(chat, agent, cause) -> None:
    """This agent's part is over, with a window of its own to finish."""
    gone = party(chat, agent)
    assert (gone.cause, gone.left_at) == (cause, gone.segment.left_at) and gone.left_at
    assert all(reader.until is not None for reader in gone.readers.all())
    view = events.snapshot(fresh(chat), agent)
    assert view.end is None and view.can.done is True and view.can.note is True


def here(chat) -> list[str]:
    return sorted(chat.parties.here().agents().values_list("nickname", flat=True))


def closed(queue) -> None:
    """Open on Mondays only; the tests' day is a Wednesday."""
    hours = OpeningHours.objects.create(name="Mondays")
    hours.week.create(weekday=0, opens=time(9), closes=time(17))
    queue.opening_hours = hours
    queue.save()


# --- instant ----------------------------------------------------------------------------------


def test_until_somebody_accepts_nothing_has_changed(world, chat):
    seen, before = as_the_contact_sees(chat), lines(chat, "public")
    with happens(world, chat, "invitation.ringing"):
        made = world.transfer(chat, world.ana, world.cy, note=" Router ")
    assert (made.kind, made.state, made.note) == (Kind.TRANSFER, Invited.RINGING, "Router")
    [preview] = events.desk(fresh(world.cy), world.now).invitations
    assert (preview.kind, preview.inviter, preview.note) == ("transfer", "Ana", "Router")
    assert (as_the_contact_sees(chat), lines(chat, "public")) == (seen, before)
    world.line(chat, world.ana, "One moment")


def test_the_owners_passes_the_chat(world, three):
    world.transfer(three, world.ana, world.cy, note="Router")
    with happens(world, three, "invitation.accepted"):
        world.accept(world.cy)
    assert fresh(three).owner == party(three, world.cy) and here(three) == ["Bo", "Cy"]
    left(three, world.ana, Cause.TRANSFER)
    assert lines(three, "public")[-2:] == ["Cy (Network) has joined", "Ana has passed you to Cy"]
    assert "Ana passed the chat on: Router" in lines(three, "internal")
    with refused("not_party"):
        world.line(three, world.ana, "too late")


def test_a_conference_agents_passes_their_seat(world, three):
    version = fresh(three).owner_version
    world.transfer(three, world.bo, world.cy)
    with happens(world, three, "invitation.accepted"):
        world.accept(world.cy)
    row = fresh(three)
    assert (row.owner, row.owner_version, here(three)) == (party(three, world.ana), version, ["Ana", "Cy"])
    left(three, world.bo, Cause.TRANSFER)
    assert lines(three, "public")[-1] == "Bo has left, Ana stays with you"


@pytest.mark.parametrize("type", ["group", "skill"])
def test_to_a_group_or_skill_one_after_the_other(world, chat, pools, type):
    with happens(world, chat, "invitation.waiting"):
        to_pool(world, chat, type, pools[type])
    world.offer()
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
    assert fresh(chat).owner == party(chat, world.cy) and here(chat) == ["Cy"]
    left(chat, world.ana, Cause.TRANSFER)


@pytest.mark.parametrize("how", ["rejected", "expired", "cancelled"])
def test_refused_or_timed_out_nothing_has_changed(world, chat, how):
    made, seen, version = (
        world.transfer(chat, world.ana, world.cy),
        as_the_contact_sees(chat),
        fresh(chat).owner_version,
    )
    with happens(world, chat, f"invitation.{how}"):
        if how == "rejected":
            invitations.reject(made.id, by=world.cy, now=world.clock.tick())
        elif how == "expired":
            invitations.expire(made.rings.get().id, now=world.clock.tick())
        else:
            invitations.cancel(made.id, by=world.ana, now=world.clock.tick())
    row = fresh(chat)
    assert (row.owner, row.owner_version) == (party(chat, world.ana), version) and as_the_contact_sees(chat) == seen
    assert "transfer" in lines(chat, "internal")[-1]
    world.transfer(chat, world.ana, world.cy)  # again


def test_slots_follow(world, chat):
    world.transfer(chat, world.ana, world.cy)
    assert (load(world.ana).used, load(world.cy).used) == (1, 1)
    world.accept(world.cy)
    assert (load(world.ana).used, load(world.cy).used) == (1, 1), "until Mark Done"
    closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    assert (load(world.ana).used, load(world.cy).used) == (0, 1)


def test_duties_pass_to_the_new_owner(world, chat):
    codes = outcomes.DispositionSet.objects.create(name="Billing")
    codes.codes.create(name="Resolved")
    codes.rules.create(queue=world.billing, required=True)
    world.transfer(chat, world.ana, world.cy)
    world.accept(world.cy)
    with happens(world, chat, "segment.done"):
        closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    world.end(chat, world.cy, "close")
    assert party(chat, world.cy).segment.last_owner and not party(chat, world.ana).segment.last_owner
    with refused("disposition_required"):
        closing.mark_done(chat.id, by=world.cy, now=world.clock.tick())


def test_who_leaves_after_the_last_chat_has_left_with_the_transfer(world, chat):
    status.set_status(world.ana.id, "logged_off", after_last=True, now=world.clock.tick())
    world.transfer(chat, world.ana, world.cy)
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
    assert fresh(world.ana).chat().status == "logged_off"


class TestRefusedTransfers:
    def test_by_who_never_was_a_party_or_left(self, world, three):
        with refused("not_found"):
            world.transfer(three, world.sue, world.cy)
        world.end(three, world.bo, "leave")
        with refused("not_party"):
            world.transfer(three, world.bo, world.cy)

    def test_after_the_end(self, world, chat):
        arrival.leave(chat.id, now=world.clock.tick())
        with refused("ended"):
            world.transfer(chat, world.ana, world.cy)

    def test_with_an_ownership_that_is_over(self, world, three):
        old = fresh(three).owner_version
        world.end(three, world.ana, "pass")
        with refused("stale"):
            transfer.to_agent(three.id, world.cy.id, by=world.bo, version=old, now=world.now)
        with refused("stale"):
            to_queue(world, three, world.network, by=world.bo, version=old)

    def test_to_who_is_in_the_chat_or_asked_already(self, world, three):
        with refused("already_party"):
            world.transfer(three, world.ana, world.bo)
        world.invite(three, world.bo, world.cy)
        with refused("already_invited"):
            world.transfer(three, world.ana, world.cy)

    @pytest.mark.parametrize("chosen, code", [("logged_off", "logged_off"), ("not_ready", "not_ready")])
    def test_to_who_takes_no_chats(self, world, chat, chosen, code):
        status.set_status(world.cy.id, chosen, now=world.clock.tick())
        with refused(code):
            world.transfer(chat, world.ana, world.cy)

    def test_to_who_has_no_slot_left(self, world, chat):
        Site.objects.update(capacity=0)
        with refused("at_capacity"):
            world.transfer(chat, world.ana, world.cy)

    @pytest.mark.parametrize("type", ["agent", "group", "skill", "queue", "routing_point"])
    def test_without_the_privilege_for_this_kind_of_target(self, world, chat, pools, type):
        allowed = [switch for switch in SWITCHES if switch != f"transfer.{type}"]
        world.ana.role = Role.objects.create(name="R", allowed=allowed)
        world.ana.save()
        ana = fresh(world.ana)
        with refused("not_allowed"):
            if type == "agent":
                world.transfer(chat, ana, world.cy)
            elif type in ("group", "skill"):
                to_pool(world, chat, type, pools[type], by=ana)
            else:
                to_queue(world, chat, pools[type], by=ana, type=type)

    def test_a_second_while_one_is_open(self, world, three):
        first = world.transfer(three, world.ana, world.cy)
        for second in (
            lambda: to_queue(world, three, world.billing),
            lambda: world.transfer(three, world.ana, world.sue),
        ):
            with refused("transfer_pending", "The transfer to Cy is still open.") as refusal:
                second()
            assert refusal.value.detail["invitation"] == str(first.id)
        invitations.cancel(first.id, by=world.ana, now=world.clock.tick())
        with happens(world, three, "invitation.ringing"):
            world.transfer(three, world.ana, world.cy)

    def test_of_another_agent_is_none_of_ones_own(self, world, three):
        world.ready(world.sue)
        world.transfer(three, world.ana, world.cy)
        world.transfer(three, world.bo, world.sue)
        world.accept(world.cy)
        world.accept(world.sue)
        assert here(three) == ["Cy", "Sue"] and fresh(three).owner == party(three, world.cy)


# --- what crosses it --------------------------------------------------------------------------


def test_accepted_first_the_transferrers_end_is_a_repeat(world, three):
    world.transfer(three, world.ana, world.cy)
    shown = events.snapshot(fresh(three), world.ana)
    world.accept(world.cy)
    with leaves_all_alone():
        world.end(three, world.ana, shown.end.expect, version=shown.owner_version)


def test_end_first_withdraws_a_direct_one(world, three):
    made = world.transfer(three, world.ana, world.cy)
    with happens(world, three, "party.left"):
        world.end(three, world.ana, "pass")
    assert fresh(made).state == Invited.REVOKED and world.ringing_at(world.cy) is None
    assert fresh(three).owner == party(three, world.bo)


def test_end_first_one_to_a_pool_goes_on_under_the_owner(world, three, pools):
    made = to_pool(world, three, "group", pools["group"])
    world.end(three, world.ana, "pass")
    assert fresh(made).state == Invited.WAITING
    world.offer()
    with happens(world, three, "invitation.accepted"):
        world.accept(world.cy)
    assert fresh(three).owner == party(three, world.cy) and here(three) == ["Bo", "Cy"]
    assert "Cy took the chat that Ana passed on" in lines(three, "internal")


def test_the_only_agents_end_waits_for_it(world, chat):
    made = world.transfer(chat, world.ana, world.cy)
    with refused("invitation_pending"):
        world.end(chat, world.ana, "close")
    invitations.cancel(made.id, by=world.ana, now=world.clock.tick())
    with happens(world, chat, "interaction.ended"):
        world.end(chat, world.ana, "close")


def test_owner_lost_while_it_rings(world, chat):
    """Nobody else is there: back to the queue, and the ring is withdrawn."""
    made = world.transfer(chat, world.ana, world.cy)
    gone = party(chat, world.ana)
    world.absent(world.ana)
    presence.went_away(gone.id, since=world.now, now=world.clock.tick())
    with happens(world, chat, "party.lost"):
        presence.agent_lost(gone.id, now=world.clock.pass_(61))
    assert (fresh(made).state, fresh(chat).state) == (Invited.REVOKED, State.WAITING)


def test_whom_the_transferrer_consulted_is_told(world, three):
    world.ready(world.sue)
    made = world.consulted(three, world.ana, world.sue)
    world.transfer(three, world.ana, world.cy)
    with happens(world, three, "invitation.accepted"):
        world.accept(world.cy)
    assert (fresh(made).active, fresh(made).cause) == (False, Cause.LEFT)
    assert "Ana was consulting Sue" in lines(three, "internal")


def test_the_idle_clock_stands_still_while_it_is_open(world, chat):
    world.line(chat, None, "Hi")
    world.line(chat, world.ana, "Which number?")
    made = world.transfer(chat, world.ana, world.cy)
    made.rings.update(expires_at=world.clock.now.replace(hour=23))
    sweep.sweep(world.clock.pass_(1000), steady=True)
    assert lines(chat, "public")[-1] == "Which number?"


def test_who_stays_may_transfer_it_or_ask_anew(world, three):
    world.ready(world.sue)
    world.end(three, world.ana, "pass")
    with happens(world, three, "invitation.ringing"):
        world.invite(three, world.bo, world.sue)
    with happens(world, three, "invitation.ringing"):
        world.transfer(three, world.bo, world.cy)


# --- via consultation -------------------------------------------------------------------------


@pytest.mark.parametrize("medium", ["chat", "voice", "im"])
@pytest.mark.parametrize("asked", [True, False])
def test_whom_one_consults_takes_the_place(world, chat, medium, asked):
    Site.objects.update(consultant_accepts=asked)
    made = world.consulted(chat, world.ana, world.cy, medium=medium)
    with happens(world, chat, "invitation.ringing" if asked else "invitation.accepted"):
        to_consultant(world, chat, made)
    if asked:
        assert fresh(made).active
        with happens(world, chat, "invitation.accepted"):
            world.accept(world.cy)
    assert (fresh(made).active, fresh(made).cause) == (False, Cause.TRANSFER)
    assert lines(chat, str(made.id))[-1] == "The consultation has ended: Cy took the chat"
    assert fresh(chat).owner == party(chat, world.cy) and here(chat) == ["Cy"]
    left(chat, world.ana, Cause.TRANSFER)


def test_declined_the_consultation_goes_on(world, chat):
    made = world.consulted(chat, world.ana, world.cy)
    asked = to_consultant(world, chat, made)
    with refused("transfer_pending"):
        to_consultant(world, chat, made)
    with refused("already_invited"):
        conference.invite_consultant(chat.id, made.id, by=world.ana, now=world.clock.tick())
    with happens(world, chat, "invitation.rejected"):
        invitations.reject(asked.id, by=world.cy, now=world.clock.tick())
    assert fresh(made).active and fresh(chat).owner == party(chat, world.ana)


def test_ended_first_it_is_withdrawn(world, chat):
    made = world.consulted(chat, world.ana, world.cy)
    asked = to_consultant(world, chat, made)
    consultation.end(made.id, by=world.cy, now=world.clock.tick())
    assert fresh(asked).state == Invited.REVOKED and fresh(chat).owner == party(chat, world.ana)


# --- to a queue -------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["queue", "routing_point"])
def test_alone_the_contact_waits_there(world, chat, pools, type):
    arrived = fresh(chat).waited_since
    with happens(world, chat, "interaction.transferred"):
        to_queue(world, chat, pools[type], type=type, note=" Line drops ")
    row, place = fresh(chat), chat.invitations.get(kind=Kind.ROUTE, state=Invited.WAITING)
    assert (row.state, row.queue, row.owner, row.offline) == (State.WAITING, world.network, None, False)
    assert (place.queue, place.waited_since, place.created_at) == (world.network, arrived, world.now)
    left(chat, world.ana, Cause.TRANSFER)
    assert party(chat, world.ana).segment.queue == world.billing
    assert lines(chat, "public")[-1] == "Ana is passing you on, a colleague will be with you soon"
    world.offer()
    [preview] = events.desk(fresh(world.cy), world.now).invitations
    assert (preview.inviter, preview.note, preview.waited_since) == ("Ana", "Line drops", arrived)
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
    assert fresh(chat).owner == party(chat, world.cy)
    heard = [row.text for row in chat.lanes.get(name="internal").messages.all()]
    assert heard == ["Ana passed the chat on: Line drops"], "the note stays when the preview is gone"
    world.end(chat, world.cy, "close")
    assert party(chat, world.cy).segment.last_owner


def test_when_the_contact_leaves_there_whoever_gave_it_away_was_the_last_owner(world, chat, pools):
    """Else nobody would say how it came out."""
    codes = outcomes.DispositionSet.objects.create(name="Billing")
    resolved = codes.codes.create(name="Resolved")
    codes.rules.create(queue=world.billing, required=True)
    to_queue(world, chat, world.network)
    with happens(world, chat, "contact.left"):
        arrival.leave(chat.id, now=world.clock.tick())
    assert party(chat, world.ana).segment.last_owner and fresh(chat).completed_at is None
    with refused("disposition_required"):
        closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    outcomes.set_disposition(chat.id, [resolved.id], by=world.ana, now=world.clock.tick())
    closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    assert fresh(chat).completed_at == world.now


def test_it_comes_before_new_contacts(world, chat, pools):
    status.set_status(world.bo.id, "not_ready", now=world.clock.tick())
    world.chat(name="Max")
    new = world.chat(name="Lea", topic="Network")
    new.invitations.update(queue=world.network)
    to_queue(world, chat, world.network)
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    world.offer()
    assert world.ringing_at(world.cy).interaction == chat


def test_others_stay_and_one_of_them_has_it_at_once(world, three, pools):
    with happens(world, three, "interaction.transferred"):
        to_queue(world, three, world.network, note="Line drops")
    row = fresh(three)
    assert (row.state, row.owner, row.queue) == (State.ACTIVE, party(three, world.bo), world.billing)
    assert lines(three, "public")[-1] == "Ana has left, Bo stays with you"
    assert lines(three, "internal")[-1] == "Ana passed the chat on: Line drops"
    left(three, world.ana, Cause.TRANSFER)
    world.offer()
    with happens(world, three, "invitation.accepted"):
        world.accept(world.cy)
    row = fresh(three)
    assert (row.owner, here(three)) == (party(three, world.cy), ["Bo", "Cy"])
    assert row.queue == world.network, "whose agents took it has the chat from now on"
    assert party(three, world.bo).left_at is None


def test_the_conferee_may_leave_only_when_it_is_over(world, three, pools):
    to_queue(world, three, world.network)
    with refused("invitation_pending"):
        world.end(three, world.bo, "close")
    pending = three.invitations.get(kind=Kind.TRANSFER)
    with happens(world, three, "invitation.cancelled"):
        invitations.cancel(pending.id, by=world.bo, now=world.clock.tick())


def test_a_conference_agent_goes_and_whoever_comes_has_their_seat(world, three, pools):
    with happens(world, three, "interaction.transferred"):
        to_queue(world, three, world.network, by=world.bo)
    left(three, world.bo, Cause.TRANSFER)
    world.offer()
    world.accept(world.cy)
    row = fresh(three)
    assert (row.owner, row.queue, here(three)) == (party(three, world.ana), world.billing, ["Ana", "Cy"])


def test_the_same_queue_is_asked_once(world, three, pools):
    """Two would each come to take the chat, the second from the first."""
    to_queue(world, three, world.network)
    world.conferenced(three, world.bo, world.sue)
    with refused("already_invited", "Network is asked already."):
        to_queue(world, three, world.network, by=world.bo)
    key = ("queue", world.network.id)
    [hit] = directory.look(world.bo, [key], interaction_id=three.id, now=world.now).hits
    assert {action.verb: action.can for action in hit.actions}["transfer"] == "Network is asked already."


def test_alone_open_invitations_come_first(world, chat, pools):
    world.invite(chat, world.ana, world.bo)
    with refused("invitation_pending"):
        to_queue(world, chat, world.network)


def test_a_request_for_a_consultation_does_not_hold_it_up(world, chat, pools):
    made, asked = world.consulted(chat, world.ana, world.cy), world.consult(chat, world.ana, world.bo)
    with happens(world, chat, "interaction.transferred"):
        to_queue(world, chat, world.network)
    assert fresh(made).cause == Cause.LEFT and fresh(asked).state == Invited.REVOKED
    assert not Consultation.objects.active().exists()
    world.offer()
    world.accept(world.cy)
    heard = transcript.page(transcript.Author(chat.id, world.cy.id), lane="internal").lines
    assert [line.text for line in heard] == ["Ana was consulting Cy"], "whoever has it next reads it"


def test_whoever_transferred_is_not_asked_before_the_others(world, chat):
    to_queue(world, chat, world.billing)
    world.offer()
    assert world.ringing_at(world.ana) is None and world.ringing_at(world.bo)


class TestWithoutAnybody:
    def test_closed_says_when_it_opens(self, world, chat, pools):
        closed(world.network)
        with refused("closed", "Network is closed.") as refusal:
            to_queue(world, chat, world.network)
        assert refusal.value.detail["next_opening"] == "2026-03-09T09:00:00+00:00"

    def test_unstaffed_is_said_and_oneself_does_not_count(self, world, chat):
        world.network.agents.set([world.ana])
        with refused("unstaffed", "Nobody of Network is logged in."):
            to_queue(world, chat, world.network)

    @pytest.mark.parametrize("why", ["closed", "unstaffed"])
    def test_a_message_may_be_left_there(self, world, chat, pools, why):
        closed(world.network) if why == "closed" else world.network.agents.set([])
        with happens(world, chat, "interaction.transferred"):
            to_queue(world, chat, world.network, as_message=True)
        row = fresh(chat)
        assert (row.state, row.offline, row.queue) == (State.WAITING, True, world.network)
        assert "as a message" in lines(chat, "public")[-1]
        left(chat, world.ana, Cause.TRANSFER)

    def test_not_where_somebody_is(self, world, chat, pools):
        with refused("staffed"):
            to_queue(world, chat, world.network, as_message=True)

    def test_not_while_another_agent_stays(self, world, three, pools):
        closed(world.network)
        with refused("not_alone"):
            to_queue(world, three, world.network, as_message=True)

    @pytest.mark.parametrize("why", ["closed", "unstaffed", "staffed"])
    def test_what_is_a_message_stays_one_at_any_hour(self, world, why):
        """Nobody waits at the other end: no grace and no idle clock may end it."""
        message = world.handled(world.ana, message="Call me back")
        world.network.agents.set([world.cy])
        world.ready(world.cy)
        if why == "closed":
            closed(world.network)
        elif why == "unstaffed":
            world.network.agents.set([])
        with happens(world, message, "interaction.transferred"):
            to_queue(world, message, world.network)
        assert (fresh(message).state, fresh(message).offline) == (State.WAITING, True)


# --- an invitation becomes one ----------------------------------------------------------------


def test_an_open_invitation_becomes_a_transfer(world, chat):
    made = world.invite(chat, world.ana, world.cy)
    with happens(world, chat, "invitation.changed"):
        make_transfer(world, made)
    [preview] = events.desk(fresh(world.cy), world.now).invitations
    assert preview.kind == "transfer"
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
    assert fresh(chat).owner == party(chat, world.cy) and here(chat) == ["Cy"]


def test_one_to_a_pool_too(world, chat, pools):
    made = conference.invite_pool(chat.id, "group", pools["group"].id, by=world.ana, now=world.clock.tick())
    with happens(world, chat, "invitation.changed"):
        make_transfer(world, made)
    world.offer()
    world.accept(world.cy)
    assert here(chat) == ["Cy"]


class TestRefusedChanges:
    def test_by_others(self, world, three):
        made = world.invite(three, world.bo, world.cy)
        with refused("not_owner"):
            make_transfer(world, made)
        with refused("not_found"):
            make_transfer(world, made, by=world.sue)

    def test_of_what_is_over_or_is_one(self, world, chat):
        made = world.invite(chat, world.ana, world.cy)
        invitations.cancel(made.id, by=world.ana, now=world.clock.tick())
        with refused("no_longer_available"):
            make_transfer(world, made)
        asked = world.consult(chat, world.ana, world.cy)
        with refused("not_found"):
            make_transfer(world, asked)

    def test_while_another_is_open(self, world, chat):
        made = world.invite(chat, world.ana, world.bo)
        world.transfer(chat, world.ana, world.cy)
        with refused("transfer_pending"):
            make_transfer(world, made)

    def test_with_an_ownership_that_is_over(self, world, three):
        old = fresh(three).owner_version
        made = world.invite(three, world.bo, world.cy)
        world.end(three, world.ana, "pass")
        with refused("stale"):
            make_transfer(world, made, by=world.bo, version=old)

    def test_without_the_privilege(self, world, chat):
        """To invite such a target is one thing, to give the chat away another."""
        made = world.invite(chat, world.ana, world.cy)
        allowed = [s for s in SWITCHES if not s.startswith("transfer")]
        world.ana.role = Role.objects.create(name="R", allowed=allowed)
        world.ana.save()
        with refused("not_allowed"):
            make_transfer(world, made, by=fresh(world.ana))
        [pending] = events.snapshot(fresh(chat), fresh(world.ana)).invitations
        assert pending.transfer is not True
