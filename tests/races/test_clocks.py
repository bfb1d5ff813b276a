"""Clocks against people: idle close, grace, loss, tails; whoever comes first decides."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from core import leases
from core.models import Event
from interactions import transcript
from interactions.actions import arrival, closing, conference, idle, invitations, presence, slots
from interactions.models import Invitation, Message, Party
from interactions.states import State
from tests.races.gate import ROUNDS, codes, is_whole, together
from tests.support import fresh, party

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(site):
    """Chats of Ana's, one after the other; Bo is Ready and in no queue."""
    site.billing.agents.set([site.ana])

    def make():
        chat = site.chat()
        site.offer()
        return site.accept(site.ana) and chat

    return make


@pytest.fixture
def warned(site, served):
    """The contact owes the answer and was warned; the time to close has come."""

    def make():
        chat = served()
        site.line(chat, site.ana, "Are you still there?")
        idle.run_out(chat.id, now=site.clock.pass_(256))
        site.clock.pass_(46)
        return chat

    return make


def write(site, chat, by=None):
    author, now = transcript.Author(chat.id, by and by.id), site.clock.tick()
    return partial(transcript.append_now, author, lane="public", id=uuid.uuid4(), text="Wait!", now=now)


def last_line(chat) -> str:
    return Message.objects.filter(lane__interaction=chat, lane__name="public").order_by("number").last().text


def test_the_contacts_line_against_idle_close(site, warned):
    """Line first: no close. Close first: refused, and the text is kept where it was written."""
    for _ in range(ROUNDS):
        chat = warned()
        line, _ = results = together(write(site, chat), partial(idle.run_out, chat.id, now=site.now))
        row = is_whole(chat)
        if isinstance(line, Exception):
            assert (codes(results), row.state, row.end_cause) == (["", "ended"], State.ENDED, "idle")
        else:
            assert (codes(results), row.state, last_line(chat)) == (["", ""], State.ACTIVE, "Wait!")


def test_an_invitation_against_idle_close(site, warned):
    """Invitation first: the clock stands still. Close first: refused."""
    for _ in range(ROUNDS):
        chat, now = warned(), site.clock.tick()
        invite = partial(conference.invite, chat.id, site.bo.id, by=site.ana, now=now)
        asked, _ = results = together(invite, partial(idle.run_out, chat.id, now=now))
        row = is_whole(chat)
        if isinstance(asked, Exception):
            assert (codes(results), row.state) == (["", "ended"], State.ENDED)
        else:
            assert (row.state, fresh(asked).state) == (State.ACTIVE, "ringing")
            invitations.reject(asked.id, by=site.bo, now=site.clock.tick())


def away_for_long(site, chat) -> Party:
    """The contact's page is gone for longer than the grace."""
    contact = party(chat, None)
    leases.touch(chat.holder, site.now - timedelta(days=1))
    presence.went_away(contact.id, since=site.now, now=site.now)
    site.clock.pass_(301)
    return contact


def test_the_contacts_line_against_the_end_of_the_grace(site, served):
    """A line by HTTP from a page whose socket is gone: it stands, or it is refused; never both."""
    for _ in range(ROUNDS):
        chat = served()
        away_for_long(site, chat)
        line, _ = results = together(write(site, chat), partial(presence.grace_over, chat.id, now=site.now))
        row = is_whole(chat)
        assert row.state == State.ENDED
        texts = Message.objects.filter(lane__interaction=chat, kind="text").count()
        assert (codes(results), texts) in [(["", ""], 1), (["", "ended"], 0)], line


def test_the_contacts_return_against_the_end_of_the_grace(site, served):
    """Who has a live lease is there, whatever the mark says: then nothing is closed."""
    for _ in range(ROUNDS):
        chat = served()
        away_for_long(site, chat)
        now = site.clock.tick()

        def come_back(chat=chat, now=now):
            leases.touch(chat.holder, now)
            presence.contact_appeared(chat.id, now)

        together(come_back, partial(presence.grace_over, chat.id, now=now))
        row = is_whole(chat)
        contact = party(chat, None)
        assert (row.state == State.ENDED) == (contact.left_at is not None)
        assert row.state == State.ENDED or contact.away_since is None


def lost(site, chat) -> Party:
    """Ana has been away for long enough to count as lost."""
    mine = party(chat, site.ana)
    site.absent(site.ana)
    presence.went_away(mine.id, since=site.now, now=site.now)
    site.clock.pass_(61)
    return mine


def over(site, chat) -> None:
    """The chat does not stand at the head of the next round's queue; Ana is back."""
    arrival.leave(chat.id, now=site.clock.tick())
    site.ready(site.ana)


def test_an_owner_is_lost_against_the_accept_of_their_invitation(site, served):
    """Re-queued first: the invitation is revoked. Accepted first: that agent is owner, nothing is re-queued."""
    for _ in range(ROUNDS):
        chat = served()
        invitation = site.invite(chat, site.ana, site.bo)
        mine, now = lost(site, chat), site.clock.tick()
        accepted, _ = results = together(
            partial(invitations.accept, invitation.id, by=site.bo, now=now),
            partial(presence.agent_lost, mine.id, now=now),
        )
        row = is_whole(chat)
        if isinstance(accepted, Exception):
            assert codes(results) == ["", "no_longer_available"]
            assert (row.state, fresh(invitation).state) == (State.WAITING, "revoked")
        else:
            assert (row.state, row.owner) == (State.ACTIVE, party(chat, site.bo))
        assert fresh(mine).left_at is not None
        over(site, chat)


def test_two_engines_lose_one_agent_once(site, served):
    for _ in range(ROUNDS):
        chat = served()
        mine, now = lost(site, chat), site.clock.tick()
        before = fresh(chat).version
        together(*[partial(presence.agent_lost, mine.id, now=now)] * 3)
        row = is_whole(chat)
        assert (row.state, row.version) == (State.WAITING, before + 1)
        assert Invitation.objects.filter(interaction=chat, state="waiting").count() == 1
        over(site, chat)


def test_a_tail_is_extended_or_over(site, served):
    site.billing.after_call_tail = 30
    site.billing.save()
    for _ in range(ROUNDS):
        chat = served()
        site.end(chat, site.ana, "close")
        closing.mark_done(chat.id, by=site.ana, now=site.clock.tick())
        segment, now = party(chat, site.ana).segment, site.clock.pass_(31)
        longer, _ = results = together(
            partial(closing.set_tail, chat.id, 60, by=site.ana, now=now),
            partial(slots.release, segment.id, now=now),
        )
        held = fresh(segment).slot_until is not None
        assert held == (not isinstance(longer, Exception)), codes(results)
        assert codes(results) in (["", ""], ["", "no_longer_available"])
        is_whole(chat)


@pytest.mark.parametrize("engines", [1, 3])
def test_mark_done_against_a_chat_that_closes_by_itself(site, served, engines):
    """Whoever is second changes nothing; the chat is complete once, and the journal says who it was."""
    for _ in range(ROUNDS):
        chat = served()
        site.end(chat, site.ana, "close")
        segment, now = party(chat, site.ana).segment, site.clock.pass_(600)
        before = fresh(chat).version
        results = together(
            partial(closing.mark_done, chat.id, by=site.ana, now=now),
            *[partial(slots.close_forgotten, segment.id, now=now)] * engines,
        )
        row = is_whole(chat)
        assert codes(results) == [""] * (engines + 1)
        assert (row.version, row.completed_at, fresh(segment).done_at) == (before + 1, now, now)
        last = Event.objects.filter(subject=chat.id).order_by("version").last()
        assert last.name == ("segment.closed" if fresh(segment).closed_by_system else "segment.done")
