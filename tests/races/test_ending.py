"""Ends at the same moment, and what else crosses an End."""

from functools import partial

import pytest

from core.models import Lease
from interactions import events
from interactions.actions import arrival, closing, conference, presence, slots, survey
from interactions.models import Interaction, Segment, Survey, SurveyReply
from interactions.states import State
from tests.races.gate import ROUNDS, codes, is_whole, together, without_guard
from tests.support import fresh, party

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def served(site, by):
    chat = site.chat()
    site.offer()
    invitation = chat.invitations.get()
    if invitation.rings.get().agent != by:
        raise AssertionError("routed to somebody else")
    return site.accept(by)


@pytest.fixture
def two(site):
    """Chats of Ana's with Bo in the conference, one after the other."""
    site.billing.agents.set([site.ana])

    def make():
        chat = served(site, site.ana)
        site.invite(chat, site.ana, site.bo)
        return site.accept(site.bo)

    return make


def end(site, chat, by, expect=None, **kwargs):
    """End as it is shown now."""
    shown, now = events.snapshot(fresh(chat), by), site.clock.tick()
    given = {"expect": expect or shown.end.expect, "version": shown.owner_version} | kwargs
    return lambda: closing.end(chat.id, by=by, now=now, **given)


def both_end(site, chat):
    return together(end(site, chat, site.ana), end(site, chat, site.bo))


def test_two_ends_at_once(site, two):
    """The first leaves; the second is told that they are the last."""
    for _ in range(ROUNDS):
        chat = two()
        assert codes(both_end(site, chat)) == ["", "last_agent"]
        row = is_whole(chat)
        assert row.state == State.ACTIVE
        assert row.parties.here().agents().count() == 1


def test_control_two_ends_without_the_lock(site, two, monkeypatch):
    outcomes = []
    for _ in range(5):
        chat = two()
        with without_guard(monkeypatch, Interaction):
            outcomes.append(codes(both_end(site, chat)))
    assert any(outcome != ["", "last_agent"] for outcome in outcomes)


def test_one_end_from_two_tabs(site, two):
    for _ in range(ROUNDS):
        chat = two()
        click = end(site, chat, site.ana)
        assert codes(together(click, click)) == ["", ""]
        assert is_whole(chat).owner == party(chat, site.bo)


def test_the_last_end_against_an_accept(site):
    """Accept first: the button means something else now. End first was refused while it rang."""
    site.billing.agents.set([site.ana])
    for _ in range(ROUNDS):
        chat = served(site, site.ana)
        click = end(site, chat, site.ana)
        site.invite(chat, site.ana, site.bo)
        results = together(click, lambda: site.accept(site.bo))
        assert codes(results)[0] == "" and codes(results)[1] in ("parties_changed", "invitation_pending")
        assert is_whole(chat).state == State.ACTIVE
        assert chat.parties.here().agents().count() == 2


def invite(site, chat, by, target):
    now = site.clock.tick()
    return lambda: conference.invite(chat.id, target.id, by=by, now=now)


def test_the_last_end_against_an_invitation(site):
    """Invited first: End is asked again. Ended first: nobody is invited into a chat that is over."""
    site.billing.agents.set([site.ana])
    for _ in range(ROUNDS):
        chat = served(site, site.ana)
        results = together(end(site, chat, site.ana, "close"), invite(site, chat, site.ana, site.bo))
        row = is_whole(chat)
        assert codes(results) == ["", "invitation_pending" if row.state == State.ACTIVE else "ended"]
        assert row.invitations.filter(agent=site.bo).exists() == (row.state == State.ACTIVE)
        arrival.leave(chat.id, now=site.clock.tick())


def test_delete_against_the_parties_invitation(site, two):
    """Invited first: it goes on, the owner may cancel it. Deleted first: who is no party invites nobody."""
    for _ in range(ROUNDS):
        chat = two()
        bo, version, now = party(chat, site.bo), fresh(chat).owner_version, site.clock.tick()
        delete = partial(conference.remove, chat.id, bo.id, by=site.ana, version=version, now=now)
        deleted, invited = together(delete, invite(site, chat, site.bo, site.cy))
        assert codes([deleted]) == [""] and codes([invited]) in ([""], ["not_party"])
        row = is_whole(chat)
        assert row.invitations.pending().filter(agent=site.cy).exists() == (codes([invited]) == [""])
        arrival.leave(chat.id, now=site.clock.tick())


def test_end_against_the_contacts_leaving(site, two):
    for _ in range(ROUNDS):
        chat, now = two(), site.clock.tick()
        leave = lambda chat=chat, now=now: arrival.leave(chat.id, now=now)  # noqa: E731
        results = together(end(site, chat, site.ana), end(site, chat, site.bo), leave)
        assert set(codes(results)) <= {"", "last_agent"}
        assert is_whole(chat).state == State.ENDED
        assert Segment.objects.filter(interaction=chat, last_owner=True).count() == 1


def test_delete_against_the_parties_end(site, two):
    for _ in range(ROUNDS):
        chat, now = two(), site.clock.tick()
        bo, version = party(chat, site.bo), fresh(chat).owner_version
        delete = lambda chat=chat, bo=bo, version=version, now=now: conference.remove(  # noqa: E731
            chat.id, bo.id, by=site.ana, version=version, now=now
        )
        before = fresh(chat).version
        assert codes(together(delete, end(site, chat, site.bo))) == ["", ""]
        assert is_whole(chat).version == before + 1


def test_delete_against_ownership_passing(site, two):
    """Pass first: the heir is owner. Delete first: the owner's End meets `last_agent`."""
    for _ in range(ROUNDS):
        chat = two()
        site.invite(chat, site.bo, site.cy)
        site.accept(site.cy)
        now, version = site.clock.tick(), fresh(chat).owner_version
        cy = party(chat, site.cy)
        delete = lambda chat=chat, cy=cy, version=version, now=now: conference.remove(  # noqa: E731
            chat.id, cy.id, by=site.bo, version=version, now=now
        )
        results = together(delete, end(site, chat, site.ana, pass_to=cy.id))
        assert codes(results) in (["", "is_owner"], ["", "parties_changed"])
        assert is_whole(chat).state == State.ACTIVE


def test_the_owners_end_against_the_loss_of_the_heir(site, two):
    """Passed first: the chat of the lost heir waits again. Lost first: the owner would be the last, and is told."""
    for _ in range(ROUNDS):
        chat = two()
        bo = party(chat, site.bo)
        presence.went_away(bo.id, since=site.now, now=site.now)
        site.clock.pass_(61)
        ends = end(site, chat, site.ana, "pass")
        Lease.objects.filter(holder=site.bo.holder).update(expires_at=site.clock.tick())
        results = together(ends, partial(presence.agent_lost, bo.id, now=site.clock.tick()))
        row = is_whole(chat)
        if isinstance(results[0], Exception):
            assert codes(results) == ["", "last_agent"]
            assert (row.state, row.owner) == (State.ACTIVE, party(chat, site.ana))
        else:
            assert (codes(results), row.state) == (["", ""], State.WAITING)
        assert fresh(bo).cause == "lost"
        arrival.leave(chat.id, now=site.clock.tick())
        site.ready(site.bo)


def test_mark_done_against_the_wrap_up_limit(site):
    site.billing.agents.set([site.ana])
    for _ in range(ROUNDS):
        chat = served(site, site.ana)
        site.end(chat, site.ana, "close")
        segment, now = party(chat, site.ana).segment, site.clock.pass_(121)
        results = together(
            lambda chat=chat, now=now: closing.mark_done(chat.id, by=site.ana, now=now),
            lambda segment=segment, now=now: slots.release(segment.id, now=now),
        )
        assert codes(results) == ["", ""]
        is_whole(chat)
        assert (fresh(segment).slot_until, bool(fresh(segment).done_at)) == (None, True)


def test_two_tabs_answer_one_survey(site):
    """One reply, whole; who said the same is content, who said otherwise is told."""
    site.billing.agents.set([site.ana])
    survey_of_all = Survey.objects.create(name="After chats")
    survey_of_all.questions.create(key="content", text="Are you content?")
    for number in range(ROUNDS):
        other = "51"[number % 2]
        chat = served(site, site.ana)
        site.end(chat, site.ana, "close")
        before, now = fresh(chat).version, site.clock.tick()
        results = together(
            *[partial(survey.answer, chat.id, {"content": value}, now=now) for value in ("5", other, "5")]
        )
        assert SurveyReply.objects.filter(interaction=chat).count() == 1
        assert set(codes(results)) == ({""} if other == "5" else {"", "answered"})
        assert is_whole(chat).version == before + 1
        closing.mark_done(chat.id, by=site.ana, now=site.clock.tick())
