"""Consultation: asked, begun, ended in every way; what a consultant may do; the conference that comes of it."""

import json
import uuid
from functools import partial

import pytest
from django.test import TestCase

from agents.models import Role, Site
from agents.privileges import SWITCHES
from core import realtime
from core.errors import ParleyError
from core.models import Event
from interactions import directory, events, transcript
from interactions.actions import (
    arrival,
    case,
    closing,
    conference,
    consultation,
    invitations,
    outcomes,
    presence,
    slots,
    status,
    sweep,
    transfer,
)
from interactions.load import load
from interactions.models import Consultation, Invitation
from interactions.states import Cause, Invited, Kind
from interactions.transcript import Author
from tests.interactions.steps import as_the_contact_sees, happens, leaves_all_alone, lines, refused
from tests.scenes import scene
from tests.support import fresh, party

pytestmark = pytest.mark.django_db

MEDIA = ("chat", "voice", "im")


@pytest.fixture
@scene
def consulted(world, chat) -> Consultation:
    """Ana consults Cy."""
    return world.consulted(chat, world.ana, world.cy)


def ask_pool(world, chat, type, pool, by=None, medium="chat"):
    asked = {"by": by or world.ana, "medium": medium, "now": world.clock.tick()}
    return consultation.request_pool(chat.id, type, pool.id, **asked)


def end(world, consulted, by):
    return consultation.end(consulted.id, by=by, now=world.clock.tick())


def ask_in(world, consulted, by=None, chat=None):
    """Instant Chat Conference beside an active consultation."""
    chat = chat or consulted.interaction
    return conference.invite_consultant(chat.id, consulted.id, by=by or world.ana, now=world.clock.tick())


def is_over(consulted, cause) -> Consultation:
    """For both: the lane is closed, the consultant gone, nothing is asked because of it any more."""
    row = Consultation.objects.select_related("consultant__segment", "lane").get(pk=consulted.pk)
    assert (row.active, row.cause) == (False, cause)
    assert (row.consultant.left_at, row.consultant.segment.left_at) == (row.ended_at, row.ended_at)
    assert all(reader.until == row.lane.head for reader in row.lane.readers.all())
    assert not row.invitations.pending().exists()
    return row


def last(consulted) -> str:
    return lines(consulted.interaction, str(consulted.id))[-1]


def lanes(chat, agent) -> set[str]:
    return {lane.lane for lane in events.snapshot(fresh(chat), agent).lanes}


# --- asking -----------------------------------------------------------------------------------


def test_a_contact_whose_phone_sleeps_is_still_asked_about(world, chat):
    presence.went_away(party(chat, None).id, since=world.now, now=world.clock.tick())
    assert world.consulted(chat, world.ana, world.cy).active


@pytest.mark.parametrize("medium", MEDIA)
def test_it_rings_and_the_contact_learns_nothing(world, chat, medium):
    before = as_the_contact_sees(chat), lines(chat, "public"), fresh(chat).public_version
    with happens(world, chat, "invitation.ringing"):
        made = world.consult(chat, world.ana, world.cy, medium=medium, note=" Router? ")
    assert (made.kind, made.state, made.medium, made.note) == (Kind.CONSULT, Invited.RINGING, medium, "Router?")
    [preview] = events.desk(fresh(world.cy), world.now).invitations
    assert (preview.kind, preview.medium, preview.inviter, preview.note) == ("consult", medium, "Ana", "Router?")
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
    assert (as_the_contact_sees(chat), lines(chat, "public"), fresh(chat).public_version) == before


@pytest.mark.parametrize("medium, reads", [("chat", True), ("voice", True), ("im", False)])
def test_the_preview_shows_a_line_only_to_who_will_read_the_chat(world, chat, medium, reads):
    world.line(chat, None, "I was charged twice")
    world.consult(chat, world.ana, world.cy, medium=medium)
    [preview] = events.desk(fresh(world.cy), world.now).invitations
    assert preview.last_line == ("I was charged twice" if reads else None)


@pytest.mark.parametrize("type", ["queue", "group", "skill", "routing_point"])
def test_one_of_a_pool_is_asked_after_the_other(world, chat, pools, type):
    with happens(world, chat, "invitation.waiting"):
        made = ask_pool(world, chat, type, pools[type])
    assert made.target_type == type
    with happens(world, chat, "invitation.ringing"):
        world.offer()
    with happens(world, chat, "invitation.rejected"):
        invitations.reject(made.id, by=world.cy, now=world.clock.tick())
    world.clock.pass_(31)
    world.offer()
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
    assert fresh(made).led_to.consultant == party(chat, world.cy)


def test_a_pool_that_nobody_of_takes_it_ends_and_the_agents_read_it(world, chat, pools):
    world.cy.queues.clear()
    world.network.agents.set([world.sue])
    world.present(world.sue)  # logged in, never Ready
    made = ask_pool(world, chat, "queue", world.network)
    with happens(world, chat, "invitation.expired"):
        invitations.give_up(made.id, now=world.clock.pass_(301))
    assert lines(chat, "internal")[-1] == "Nobody of Network took the consultation request"


def test_a_conference_agent_may_consult_too(world, three):
    made = world.consulted(three, world.bo, world.cy)
    assert made.requester == party(three, world.bo)


class TestRefusedRequests:
    def test_by_who_never_was_a_party(self, world, chat):
        with refused("not_found"):
            world.consult(chat, world.bo, world.cy)

    def test_by_who_left(self, world, three):
        world.end(three, world.bo, "leave")
        with refused("not_party"):
            world.consult(three, world.bo, world.cy)

    def test_after_the_end(self, world, chat):
        arrival.leave(chat.id, now=world.clock.tick())
        with refused("ended"):
            world.consult(chat, world.ana, world.cy)

    def test_about_a_message_that_was_left(self, world):
        chat = world.handled(world.ana, message="Call me back")
        world.ready(world.cy)
        with refused("no_contact", "message"):
            world.consult(chat, world.ana, world.cy)

    def test_of_who_is_in_the_chat_consulted_or_asked_already(self, world, three):
        with refused("already_party", "Bo is in this chat already."):
            world.consult(three, world.ana, world.bo)
        world.consult(three, world.ana, world.cy)
        with refused("already_invited", "Cy is invited already."):
            world.consult(three, world.bo, world.cy)
        world.accept(world.cy)
        with refused("already_consulted", "Cy is consulted on this chat already."):
            world.consult(three, world.bo, world.cy)

    @pytest.mark.parametrize("chosen, code", [("logged_off", "logged_off"), ("not_ready", "not_ready")])
    def test_of_who_takes_no_chats(self, world, chat, chosen, code):
        status.set_status(world.cy.id, chosen, now=world.clock.tick())
        with refused(code, "Cy is"):
            world.consult(chat, world.ana, world.cy)

    def test_of_who_lost_the_connection(self, world, chat):
        world.absent(world.cy)
        with refused("logged_off", "Cy has lost the connection."):
            world.consult(chat, world.ana, world.cy)

    def test_of_who_is_consulted_enough(self, world, chat):
        """A limit of its own; what rings counts, chats do not."""
        Site.objects.update(consultation_limit=1, capacity=0)
        world.consult(chat, world.ana, world.cy)
        Site.objects.update(capacity=3)
        for agent in (world.bo, world.cy):
            status.set_status(agent.id, "not_ready", now=world.clock.tick())
        other = world.handled(world.ana)
        world.ready(world.cy)
        with refused("at_capacity", "Cy is consulted on 1 chats already."):
            world.consult(other, world.ana, world.cy)

    def test_of_a_pool_twice_or_of_one_without_anybody(self, world, chat, pools):
        ask_pool(world, chat, "queue", world.network)
        for type in ("queue", "routing_point"):
            with refused("already_invited"):
                ask_pool(world, chat, type, pools[type])
        world.absent(world.cy)
        with refused("unstaffed", "Nobody of Second level is logged in."):
            ask_pool(world, chat, "group", pools["group"])

    @pytest.mark.parametrize("medium", MEDIA)
    def test_without_the_privilege_for_the_medium(self, world, chat, medium):
        world.ana.role = Role.objects.create(name="R", allowed=[s for s in SWITCHES if s != f"consult_{medium}"])
        world.ana.save()
        with refused("not_allowed"):
            world.consult(chat, fresh(world.ana), world.cy, medium=medium)
        other = next(each for each in MEDIA if each != medium)
        world.consult(chat, fresh(world.ana), world.cy, medium=other)


@pytest.mark.parametrize("how", ["rejected", "expired", "cancelled", "logged_off"])
def test_what_is_not_accepted_leaves_nothing_but_a_word_among_agents(world, three, how):
    made = world.consult(three, world.bo, world.cy)
    seen = as_the_contact_sees(three), lines(three, "public")
    now = world.clock.tick()
    {
        "rejected": lambda: invitations.reject(made.id, by=world.cy, now=now),
        "expired": lambda: invitations.expire(made.rings.get().id, now=now),
        "cancelled": lambda: invitations.cancel(made.id, by=world.ana, now=now),  # the owner may
        "logged_off": lambda: status.set_status(world.cy.id, "logged_off", now=now),
    }[how]()
    assert "consultation request" in lines(three, "internal")[-1]
    assert (as_the_contact_sees(three), lines(three, "public")) == seen
    assert not Consultation.objects.exists() and party(three, world.cy) is None
    assert load(world.cy).consulted == 0


def test_it_can_be_cancelled_until_it_is_accepted(world, chat):
    made = world.consult(chat, world.ana, world.cy)
    world.accept(world.cy)
    with refused("no_longer_available"):
        invitations.cancel(made.id, by=world.ana, now=world.clock.tick())


# --- beside the chat --------------------------------------------------------------------------


@pytest.mark.parametrize("medium, read", [("chat", {"public"}), ("voice", {"public"}), ("im", set())])
def test_the_consultant_reads_the_chat_along_but_not_by_instant_message(world, chat, medium, read):
    world.line(chat, None, "I was charged twice")
    made = world.consulted(chat, world.ana, world.cy, medium=medium, note="Router?")
    assert lanes(chat, world.cy) == read | {str(made.id)}
    assert lines(chat, str(made.id)) == ["Ana consults Cy: Router?"]
    heard = [line.text for line in transcript.page(Author(chat.id, world.cy.id)).lines]
    assert ("I was charged twice" in heard) == bool(read)
    world.line(chat, world.ana, "One moment")
    assert ("One moment" in str(transcript.page(Author(chat.id, world.cy.id)).lines)) == bool(read)


def test_both_write_there_and_nobody_else_reads_it(world, three):
    made = world.consulted(three, world.ana, world.cy)
    lane, before = str(made.id), as_the_contact_sees(three)
    with realtime.capture() as posts, TestCase.captureOnCommitCallbacks(execute=True):
        for number, agent in enumerate((world.ana, world.cy), 2):
            assert world.line(three, agent, "between us", lane=lane).number == number
    assert {post.groups for post in posts} == {tuple(sorted((world.ana.holder, world.cy.holder)))}
    for other in (world.bo, None):
        with refused("not_found"):
            world.line(three, other, "me too", lane=lane)
        with pytest.raises(ParleyError):
            transcript.page(Author(three.id, other and other.id), lane=lane)
    assert as_the_contact_sees(three) == before
    [shown] = events.snapshot(fresh(three), world.bo).consultations
    assert (shown.state, shown.mine, shown.end) == ("active", False, "Only the two of them can end it.")


def test_several_at_once_each_with_numbers_of_its_own(world, chat):
    first, second = (world.consulted(chat, world.ana, agent) for agent in (world.bo, world.cy))
    assert world.line(chat, world.ana, "one", lane=str(first.id)).number == 2
    assert world.line(chat, world.ana, "two", lane=str(second.id)).number == 2
    with refused("not_found"):
        world.line(chat, world.bo, "three", lane=str(second.id))
    end(world, first, world.ana)
    assert fresh(second).active and world.line(chat, world.cy, "four", lane=str(second.id)).number == 3


def test_a_consultation_takes_no_slot(world, consulted):
    assert (load(world.cy).used, load(world.cy).consulted) == (0, 1)
    world.chat(topic="Network")
    status.set_status(world.bo.id, "not_ready", now=world.clock.tick())
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    world.offer()
    assert world.ringing_at(world.cy).kind == Kind.ROUTE


FORBIDDEN = {
    "public line": lambda w, chat, c: w.line(chat, w.cy, "Hello Kim"),
    "internal line": lambda w, chat, c: w.line(chat, w.cy, "Hello", lane="internal"),
    "End": lambda w, chat, c: closing.end(chat.id, by=w.cy, expect="leave", version=99, now=w.now),
    "conference": lambda w, chat, c: w.invite(chat, w.cy, w.sue),
    "consult": lambda w, chat, c: w.consult(chat, w.cy, w.sue),
    "transfer": lambda w, chat, c: w.transfer(chat, w.cy, w.sue),
    "from the consultation": lambda w, chat, c: ask_in(w, c, by=w.cy),
    "delete": lambda w, chat, c: conference.remove(chat.id, party(chat, w.ana).id, by=w.cy, version=99, now=w.now),
    "disposition": lambda w, chat, c: outcomes.set_disposition(chat.id, [], by=w.cy, now=w.now),
    "case data": lambda w, chat, c: case.set_case(chat.id, "topic", "Network", expect="", by=w.cy, now=w.now),
    "Mark Done": lambda w, chat, c: closing.mark_done(chat.id, by=w.cy, now=w.now),
    "typing to the contact": lambda w, chat, c: transcript.typing(
        Author(chat.id, w.cy.id), lane="public", on=True, now=w.now
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_a_consultant_may_not(world, chat, consulted, what):
    world.point.fields.update(editable=True)
    world.ready(world.sue)
    with leaves_all_alone(), pytest.raises(ParleyError):
        FORBIDDEN[what](world, chat, consulted)


def test_nobody_deletes_a_consultant(world, chat, consulted):
    with refused("not_allowed", "consultation"):
        conference.remove(chat.id, consulted.consultant_id, by=world.ana, version=99, now=world.now)


def test_typing_stays_between_the_two(world, three):
    made = world.consulted(three, world.ana, world.cy)
    with realtime.capture() as posts:
        transcript.typing(Author(three.id, world.cy.id), lane=str(made.id), on=True, now=world.now)
        transcript.typing(Author(three.id, world.bo.id), lane="public", on=True, now=world.now)
    assert [set(post.groups) for post in posts] == [
        {world.ana.holder},
        {world.ana.holder, world.cy.holder, three.holder},
    ]


# --- its end ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ana", "cy"])
def test_either_side_ends_it(world, chat, consulted, who):
    by = getattr(world, who)
    with happens(world, chat, "consultation.ended"):
        end(world, consulted, by)
    is_over(consulted, Cause.END)
    assert last(consulted) == f"{by.nickname} ended the consultation"
    with leaves_all_alone():
        end(world, consulted, world.ana)
    for agent in (world.ana, world.cy):
        with refused("ended", "This consultation has ended."):
            world.line(chat, agent, "one more thing", lane=str(consulted.id))


def test_nobody_else_ends_it(world, three):
    made = world.consulted(three, world.ana, world.cy)
    for other in (world.bo, world.sue):
        with refused("not_found"):
            end(world, made, other)
    with refused("not_found"):
        consultation.end(uuid.uuid4(), by=world.ana, now=world.now)


def test_after_the_end_a_consultant_reads_nothing_new(world, chat, consulted):
    world.line(chat, None, "before")
    end(world, consulted, world.ana)
    with realtime.capture() as posts, TestCase.captureOnCommitCallbacks(execute=True):
        world.line(chat, None, "after")
    assert [world.cy.holder in post.groups for post in posts] == [False]
    heard = str(transcript.page(Author(chat.id, world.cy.id)).lines)
    assert "before" in heard and "after" not in heard


def test_the_consultant_needs_no_outcome(world, chat, consulted):
    codes = outcomes.DispositionSet.objects.create(name="Billing")
    codes.codes.create(name="Resolved")
    codes.rules.create(queue=world.billing, required=True, required_of_others=True)
    end(world, consulted, world.ana)
    assert (load(world.cy).used, load(world.cy).unclosed, load(world.cy).consulted) == (0, 0, 0)
    with happens(world, chat, "segment.done"):
        closing.mark_done(chat.id, by=world.cy, now=world.clock.tick())
    other = world.consulted(chat, world.ana, world.bo)
    end(world, other, world.ana)
    with happens(world, chat, "segment.closed"):
        slots.close_forgotten(other.consultant.segment.id, now=world.clock.pass_(3600))
    assert not fresh(other.consultant.segment).not_set


def leave_first(world, chat):
    world.end(chat, world.bo, "leave")


GOES = {
    "leaves": leave_first,
    "removed": lambda world, chat: conference.remove(
        chat.id, party(chat, world.bo).id, by=world.ana, version=99, now=world.clock.tick()
    ),
    "lost": lambda world, chat: lose(world, chat, world.bo),
    "transfers": lambda world, chat: (
        (world.ready(world.sue), world.transfer(chat, world.bo, world.sue)) and world.accept(world.sue)
    ),
    "to a queue": lambda world, chat: transfer.to_queue(
        chat.id, "queue", world.billing.id, by=world.bo, version=99, now=world.clock.tick()
    ),
}


def lose(world, chat, agent):
    gone = party(chat, agent)
    world.absent(agent)
    presence.went_away(gone.id, since=world.now, now=world.clock.tick())
    action = consultation.lost if gone.kind == "consultant" else presence.agent_lost
    action(gone.id, now=world.clock.pass_(61))


@pytest.mark.parametrize("how", GOES)
def test_it_ends_when_its_requester_goes(world, three, how):
    """What they asked for beside it goes too, and so does what was asked because of it."""
    made = world.consulted(three, world.bo, world.cy)
    ask_in(world, made, by=world.bo)
    dee = world.agent("dee", "Dee Fox", "Network")
    world.ready(dee)
    asked = world.consult(three, world.bo, dee)
    GOES[how](world, three)
    is_over(made, Cause.LEFT)
    assert last(made) == "The consultation has ended: Bo left the chat"
    assert "Bo was consulting Cy" in lines(three, "internal")
    assert fresh(asked).state == Invited.REVOKED
    assert not fresh(world.cy).rings.filter(outcome="").exists() and not dee.rings.filter(outcome="").exists()
    assert fresh(three).state == "active"


def test_the_new_owner_reads_whom_the_former_consulted(world, three):
    made = world.consulted(three, world.ana, world.cy)
    with happens(world, three, "party.left"):
        world.end(three, world.ana, "pass")
    is_over(made, Cause.LEFT)
    assert "Ana was consulting Cy" in str(transcript.page(Author(three.id, world.bo.id), lane="internal").lines)


ENDS = {
    "contact leaves": lambda world, chat: arrival.leave(chat.id, now=world.clock.tick()),
    "last agent ends": lambda world, chat: world.end(chat, world.ana, "close"),
}


@pytest.mark.parametrize("how", ENDS)
def test_it_ends_with_the_chat(world, chat, how):
    made, asked = world.consulted(chat, world.ana, world.cy), world.consult(chat, world.ana, world.bo)
    with happens(world, chat, "contact.left" if how == "contact leaves" else "interaction.ended"):
        ENDS[how](world, chat)
    is_over(made, Cause.OVER)
    assert last(made) == "The consultation has ended with the chat"
    assert fresh(asked).state == Invited.REVOKED
    for agent in (world.ana, world.cy):
        with refused("ended"):
            world.line(chat, agent, "one more thing", lane=str(made.id))


def test_a_consultant_who_is_lost_ends_it_and_one_who_is_back_does_not(world, chat, consulted):
    world.absent(world.cy)
    with happens(world, chat, "party.away"):
        presence.went_away(consulted.consultant_id, since=world.now, now=world.clock.tick())
    world.present(world.cy)
    with leaves_all_alone():
        consultation.lost(consulted.consultant_id, now=world.clock.pass_(61))
    world.absent(world.cy)
    with happens(world, chat, "consultation.ended"):
        consultation.lost(consulted.consultant_id, now=world.clock.tick())
    is_over(consulted, Cause.LOST)
    assert last(consulted) == "The consultation has ended: Cy lost the connection"
    assert fresh(chat).owner == party(chat, world.ana)
    with leaves_all_alone():
        consultation.lost(consulted.consultant_id, now=world.clock.tick())


def test_who_is_consulted_logs_off_only_afterwards(world, chat, consulted):
    with refused("interactions_open", "Kim Lee"):
        status.set_status(world.cy.id, "logged_off", now=world.clock.tick())
    status.set_status(world.cy.id, "logged_off", after_last=True, now=world.clock.tick())
    with happens(world, chat, "consultation.ended"):
        end(world, consulted, world.cy)
    assert fresh(world.cy).chat().status == "logged_off"


# --- conference from it -----------------------------------------------------------------------


@pytest.mark.parametrize("medium", MEDIA)
def test_the_consultant_is_invited_although_connected(world, chat, medium):
    made = world.consulted(chat, world.ana, world.cy, medium=medium)
    Site.objects.update(capacity=0, over_capacity=0)
    status.set_status(world.cy.id, "not_ready", now=world.clock.tick())
    with happens(world, chat, "invitation.ringing"):
        asked = ask_in(world, made)
    [preview] = events.desk(fresh(world.cy), world.now).invitations
    assert (preview.kind, preview.consultation) == ("conference", made.id)
    assert fresh(made).active
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
    assert fresh(asked).state == Invited.ACCEPTED
    is_over(made, Cause.CONFERENCE)
    assert last(made) == "The consultation has ended: Cy joined the chat"
    assert party(chat, world.cy).kind == "agent" and party(chat, world.cy).invited_by == party(chat, world.ana)
    assert lines(chat, "public")[-1] == "Cy (Network) has joined"
    assert lanes(chat, world.cy) == {"public", "internal", str(made.id)}


def test_the_active_consultations_are_listed(world, chat):
    """The newest first, each with what can be done from it; what has ended is no longer there."""
    first, second = (world.consulted(chat, world.ana, agent) for agent in (world.bo, world.cy))
    look = partial(directory.search, world.ana, view="consultations", interaction_id=chat.id, now=world.now)
    hits = look().hits
    assert [hit.nickname for hit in hits] == ["Cy", "Bo"]
    actions = {action.verb: action for action in hits[0].actions}
    assert (actions["conference"].label, actions["conference"].can) == ("Instant Chat Conference", True)
    assert {actions[verb].consultation for verb in ("conference", "transfer")} == {second.id}
    end(world, second, world.cy)
    assert [hit.nickname for hit in look().hits] == ["Bo"]
    assert fresh(first).active


def test_without_a_second_accept_the_consultant_comes_at_once(world, chat, consulted):
    Site.objects.update(consultant_accepts=False)
    with happens(world, chat, "invitation.accepted"):
        made = ask_in(world, consulted)
    assert (made.state, made.rings.count()) == (Invited.ACCEPTED, 0)
    is_over(consulted, Cause.CONFERENCE)
    assert party(chat, world.cy).kind == "agent"


def test_without_a_second_accept_nobody_comes_who_is_not_there(world, chat, consulted):
    Site.objects.update(consultant_accepts=False)
    world.absent(world.cy)
    with refused("logged_off", "Cy has lost the connection."):
        ask_in(world, consulted)
    presence.went_away(consulted.consultant_id, since=world.now, now=world.clock.tick())
    [shown] = events.snapshot(fresh(chat), world.ana).consultations
    assert shown.conference == shown.transfer == "Cy has lost the connection."


@pytest.mark.parametrize("how", ["rejected", "expired", "cancelled"])
def test_refused_the_consultation_goes_on(world, chat, consulted, how):
    asked, seen = ask_in(world, consulted), as_the_contact_sees(chat)
    with happens(world, chat, f"invitation.{how}"):
        if how == "rejected":
            invitations.reject(asked.id, by=world.cy, now=world.clock.tick())
        elif how == "expired":
            invitations.expire(asked.rings.get().id, now=world.clock.tick())
        else:
            invitations.cancel(asked.id, by=world.ana, now=world.clock.tick())
    assert fresh(consulted).active and as_the_contact_sees(chat) == seen
    world.line(chat, world.cy, "still here", lane=str(consulted.id))


@pytest.mark.parametrize("who", ["ana", "cy"])
def test_ending_it_withdraws_its_invitation(world, chat, consulted, who):
    asked = ask_in(world, consulted)
    with happens(world, chat, "consultation.ended"):
        end(world, consulted, getattr(world, who))
    assert fresh(asked).state == Invited.REVOKED
    with refused("no_longer_available"):
        invitations.accept(asked.id, by=world.cy, now=world.clock.tick())


def test_once_accepted_its_end_is_a_repeat(world, chat, consulted):
    ask_in(world, consulted)
    world.accept(world.cy)
    with leaves_all_alone():
        end(world, consulted, world.ana)
    assert party(chat, world.cy).left_at is None


class TestRefusedConferences:
    def test_by_another_agent_of_the_chat(self, world, three):
        made = world.consulted(three, world.ana, world.cy)
        with refused("not_allowed", "Only Ana can ask Cy"):
            ask_in(world, made, by=world.bo)

    def test_when_it_has_ended(self, world, chat, consulted):
        end(world, consulted, world.cy)
        with refused("ended", "This consultation has ended."):
            ask_in(world, consulted)

    def test_twice(self, world, chat, consulted):
        ask_in(world, consulted)
        with refused("already_invited"):
            ask_in(world, consulted)
        with refused("already_invited"):
            world.invite(chat, world.ana, world.cy)

    def test_above_the_limit_of_parties(self, world, chat, consulted):
        Site.objects.update(party_limit=2)
        with refused("party_limit"):
            ask_in(world, consulted)

    def test_of_a_consultation_on_another_chat(self, world, chat, consulted):
        for agent in (world.bo, world.cy):
            status.set_status(agent.id, "not_ready", now=world.clock.tick())
        other = world.handled(world.ana)
        with refused("not_found"):
            ask_in(world, consulted, chat=other)


def test_a_consultant_who_is_invited_directly_is_a_party_then(world, three):
    made = world.consulted(three, world.ana, world.cy)
    with happens(world, three, "invitation.ringing"):
        world.invite(three, world.bo, world.cy)
    with happens(world, three, "invitation.accepted"):
        world.accept(world.cy)
    is_over(made, Cause.CONFERENCE)
    assert party(three, world.cy).invited_by == party(three, world.bo)
    assert not Invitation.objects.pending().exists()


def test_who_leaves_after_the_last_chat_joins_first(world, chat, consulted):
    """Coming into the chat ends the consultation, yet it is not the end of their last chat."""
    status.set_status(world.cy.id, "logged_off", after_last=True, now=world.clock.tick())
    ask_in(world, consulted)
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.cy)
    assert (fresh(world.cy).chat().status, fresh(world.cy).after_last) == ("ready", "logged_off")
    world.end(chat, world.cy, "leave")
    assert fresh(world.cy).chat().status == "logged_off"


# --- the idle clock ---------------------------------------------------------------------------


def test_the_idle_clock_stands_still_meanwhile_and_runs_on_after(world, chat, consulted):
    world.line(chat, None, "Hi")
    world.line(chat, world.ana, "Could you send me the number?")
    sweep.sweep(world.clock.pass_(1000), steady=True)
    assert lines(chat, "public")[-1] == "Could you send me the number?"
    end(world, consulted, world.ana)
    sweep.sweep(world.clock.pass_(254), steady=True)
    assert lines(chat, "public")[-1] == "Could you send me the number?"
    sweep.sweep(world.clock.pass_(2), steady=True)
    assert "are you still there" in lines(chat, "public")[-1]


def test_the_text_of_a_consultation_is_nowhere_but_in_its_lane(world, three):
    """Not in the journal, not in what the other agents and the contact get."""
    made = world.consulted(three, world.ana, world.cy, note="secret-note")
    world.line(three, world.cy, "secret-line", lane=str(made.id))
    end(world, made, world.ana)
    told = [events.plain(events.snapshot(fresh(three), world.bo)), as_the_contact_sees(three)]
    told += list(Event.objects.values_list("data", flat=True))
    told += [transcript.page(Author(three.id, agent and agent.id)).lines for agent in (world.bo, None)]
    assert "secret" not in json.dumps(told, default=str)
