"""What agents choose against what is decided for them: statuses against rings, Delete against lines, two accepts."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.sessions.models import Session

from agents.models import Site
from interactions import transcript
from interactions.actions import conference, invitations, locking, offering, status
from interactions.actions.deciding import Decision
from interactions.auto_answer import Presence
from interactions.models import Message, Party, Ring
from interactions.states import State
from tests.races.gate import ROUNDS, codes, is_whole, together
from tests.support import fresh, party

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def ringing(site, at):
    chat = site.chat()
    invitation = chat.invitations.get()
    return chat, invitation, offering.ring(invitation, Decision(at.id), now=site.clock.tick())


def test_not_ready_against_the_accept_of_a_routed_chat(site):
    """Accepted, or back in its place without a miss; never both, never neither."""
    for _ in range(ROUNDS):
        chat, invitation, ring = ringing(site, site.ana)
        now = site.clock.tick()
        accepted, _ = results = together(
            partial(invitations.accept, invitation.id, by=site.ana, now=now),
            partial(status.set_status, site.ana.id, "not_ready", now=now),
        )
        row = is_whole(chat)
        assert row.state == (State.WAITING if isinstance(accepted, Exception) else State.ACTIVE), codes(results)
        assert fresh(site.ana).missed == 0
        assert fresh(ring).outcome in ("accepted", "withdrawn")
        site.ready(site.ana)


def test_leaving_after_the_last_chat_against_an_accept(site):
    """The ring is taken back, or that chat is the last one: then the agent leaves after it."""
    for _ in range(ROUNDS):
        first, invitation, _ = ringing(site, site.ana)
        invitations.accept(invitation.id, by=site.ana, now=site.clock.tick())
        chat, invitation, _ = ringing(site, site.ana)
        now = site.clock.tick()
        together(
            partial(invitations.accept, invitation.id, by=site.ana, now=now),
            partial(status.set_status, site.ana.id, "logged_off", after_last=True, now=now),
        )
        is_whole(chat)
        for one in (first, chat):
            if Party.objects.here().filter(interaction=one, agent=site.ana).exists():
                assert fresh(site.ana).chat().status == "ready"
                site.end(one, site.ana, "close")
        assert fresh(site.ana).chat().status == "logged_off"
        Ring.objects.open().delete()
        site.ready(site.ana)


def test_two_requests_of_one_chat_are_accepted_at_once(site):
    """Each agent joins; neither accept spoils the other."""
    site.billing.agents.set([site.ana])
    for _ in range(ROUNDS):
        chat, invitation, _ = ringing(site, site.ana)
        invitations.accept(invitation.id, by=site.ana, now=site.clock.tick())
        to_bo, to_cy = site.invite(chat, site.ana, site.bo), site.invite(chat, site.ana, site.cy)
        now = site.clock.tick()
        results = together(
            partial(invitations.accept, to_bo.id, by=site.bo, now=now),
            partial(invitations.accept, to_cy.id, by=site.cy, now=now),
        )
        assert codes(results) == ["", ""]
        assert is_whole(chat).owner == party(chat, site.ana)
        assert chat.parties.here().agents().count() == 3


def test_delete_from_conference_against_a_line(site):
    """Line first: it stands before the system line. Delete first: `not_party`, and no line."""
    site.billing.agents.set([site.ana])
    for _ in range(ROUNDS):
        chat, invitation, _ = ringing(site, site.ana)
        invitations.accept(invitation.id, by=site.ana, now=site.clock.tick())
        site.conferenced(chat, site.ana, site.bo)
        bo, version, now = party(chat, site.bo), fresh(chat).owner_version, site.clock.tick()
        author = transcript.Author(chat.id, site.bo.id)
        line, _ = results = together(
            partial(transcript.append_now, author, lane="public", id=uuid.uuid4(), text="Still here", now=now),
            partial(conference.remove, chat.id, bo.id, by=site.ana, version=version, now=now),
        )
        is_whole(chat)
        texts = list(Message.objects.filter(lane__interaction=chat, kind="text").values_list("text", flat=True))
        if isinstance(line, Exception):
            assert (codes(results), texts) == (["", "not_party"], [])
        else:
            assert (codes(results), texts) == (["", ""], ["Still here"])


def test_a_withdrawn_ring_against_its_accept(site):
    """The engine takes a ring back from who seems gone, just when they click."""
    for _ in range(ROUNDS):
        chat, invitation, ring = ringing(site, site.ana)
        now = site.clock.tick()
        accepted, _ = results = together(
            partial(invitations.accept, invitation.id, by=site.ana, now=now),
            partial(invitations.take_back, ring.id, why="absent", now=now),
        )
        assert codes(results) == ["", "no_longer_available"]
        row = is_whole(chat)
        assert row.state == (State.WAITING if isinstance(accepted, Exception) else State.ACTIVE)


def at_a_desk(site, agent):
    """A browser of theirs, open."""
    Session.objects.create(session_key=agent.holder, session_data="", expire_date=site.now + timedelta(days=1))
    return locking.sit_down(agent, agent.holder, now=site.now)


def test_a_lock_against_the_accept_of_a_routed_chat(site, settings):
    """Locked first: Not Ready, and the chat back in its place without a miss. Accepted first: it is theirs, locked."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    site.ana.user.set_password("three plain words")
    site.ana.user.save()
    desk = at_a_desk(site, site.ana)
    for _ in range(ROUNDS):
        chat, invitation, ring = ringing(site, site.ana)
        now = site.clock.tick()
        accepted, _ = results = together(
            partial(invitations.accept, invitation.id, by=site.ana, now=now),
            partial(locking.lock, site.ana.id, now=now),
        )
        row = is_whole(chat)
        assert row.state == (State.WAITING if isinstance(accepted, Exception) else State.ACTIVE), codes(results)
        agent = fresh(site.ana)
        assert (agent.missed, agent.chat().status, agent.locked_at) == (0, "not_ready", now)
        assert fresh(ring).outcome in ("accepted", "withdrawn")
        locking.unlock(site.ana, desk.pk, password="three plain words", now=site.clock.tick())
        site.ready(site.ana)


def test_a_click_against_the_answer_that_comes_by_itself(site):
    """One of them accepts, the other is told; there is one seat."""
    Site.objects.update(auto_answer="at_once")
    for _ in range(ROUNDS):
        chat, invitation, _ = ringing(site, site.ana)
        now, there = site.clock.tick(), Presence(visible=True, idle_seconds=1)
        results = together(
            partial(invitations.accept, invitation.id, by=site.ana, now=now),
            partial(invitations.accept, invitation.id, by=site.ana, automatic=there, now=now),
        )
        assert codes(results) == ["", "no_longer_available"]
        assert is_whole(chat).parties.agents().count() == 1
