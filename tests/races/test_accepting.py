"""Whoever answers first: accept against accept, time-out, leaving, cancel, and the own Log off."""

import pytest

from agents.models import Agent
from interactions.actions import arrival, invitations, offering, presence, status
from interactions.actions.deciding import Decision
from interactions.models import Interaction, Party, Ring, Segment
from interactions.states import State
from tests.races.gate import ROUNDS, codes, is_whole, together, without_guard
from tests.support import fresh, party

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def ringing(site, at):
    """A routed chat that rings at this agent, with its ring."""
    chat = site.chat()
    invitation = chat.invitations.get()
    ring = offering.ring(invitation, Decision(at.id), now=site.clock.tick())
    return chat, invitation, ring


def accept(site, invitation, by):
    now = site.clock.tick()
    return lambda: invitations.accept(invitation.id, by=by, now=now)


def two_tabs(site, at):
    chat, invitation, _ = ringing(site, at)
    return chat, together(accept(site, invitation, at), accept(site, invitation, at))


def test_two_tabs_accept_once(site):
    for _ in range(ROUNDS):
        chat, results = two_tabs(site, site.ana)
        assert codes(results) == ["", "no_longer_available"]
        assert is_whole(chat).owner == party(chat, site.ana)
        assert chat.parties.agents().count() == 1


def test_control_two_tabs_without_the_lock(site, monkeypatch):
    outcomes = []
    for _ in range(5):
        chat, invitation, _ = ringing(site, site.ana)
        with without_guard(monkeypatch, Interaction):
            outcomes.append(codes(together(*[accept(site, invitation, site.ana)] * 2)))
        Ring.objects.open().delete()
    assert any(outcome != ["", "no_longer_available"] for outcome in outcomes)


def test_two_agents_never_both_have_it(site):
    """Ana clicks just when her time is over and it rings at Bo, who clicks too."""
    for _ in range(ROUNDS):
        chat, invitation, ring = ringing(site, site.ana)

        def next_one(invitation=invitation, ring=ring):
            invitations.expire(ring.id, now=site.now)
            offering.ring(invitation, Decision(site.bo.id), now=site.now)
            return invitations.accept(invitation.id, by=site.bo, now=site.now)

        results = together(accept(site, invitation, site.ana), next_one)
        assert codes(results) == ["", "no_longer_available"]
        assert is_whole(chat).state == State.ACTIVE
        assert chat.parties.agents().count() == 1
        site.ready(site.ana, site.bo)


def test_accept_against_the_time_out(site):
    for _ in range(ROUNDS):
        chat, invitation, ring = ringing(site, site.ana)
        calls = [accept(site, invitation, site.ana), lambda ring=ring: invitations.expire(ring.id, now=site.now)]
        results = together(*calls)
        assert codes(results) == ["", "no_longer_available"]
        accepted = not isinstance(results[0], Exception)
        assert is_whole(chat).state == (State.ACTIVE if accepted else State.WAITING)
        assert fresh(site.ana).missed == 0, "a click that lost counts as answered"


def test_control_accept_against_the_time_out_without_the_lock(site, monkeypatch):
    outcomes = []
    for _ in range(5):
        Agent.objects.update(missed=0)
        chat, invitation, ring = ringing(site, site.ana)
        with without_guard(monkeypatch, Interaction):
            results = together(
                accept(site, invitation, site.ana), lambda ring=ring: invitations.expire(ring.id, now=site.now)
            )
        outcomes.append(codes(results))
        Ring.objects.open().delete()
    assert any(outcome != ["", "no_longer_available"] for outcome in outcomes)


def test_accept_against_the_contacts_leaving(site):
    for _ in range(ROUNDS):
        chat, invitation, _ = ringing(site, site.ana)
        now = site.clock.tick()
        results = together(
            accept(site, invitation, site.ana), lambda chat=chat, now=now: arrival.leave(chat.id, now=now)
        )
        assert codes(results) in (["", ""], ["", "ended"])
        assert is_whole(chat).state == State.ENDED
        segments = Segment.objects.filter(interaction=chat)
        assert segments.count() == (0 if isinstance(results[0], Exception) else 1)
        assert all(segment.left_at and segment.last_owner for segment in segments)
        assert fresh(site.ana).missed == 0


def test_accept_against_cancel(site):
    chat, invitation, _ = ringing(site, site.ana)
    accept(site, invitation, site.ana)()
    for _ in range(ROUNDS):
        invitation = site.invite(chat, site.ana, site.bo)
        now = site.clock.tick()
        results = together(
            accept(site, invitation, site.bo),
            lambda invitation=invitation, now=now: invitations.cancel(invitation.id, by=site.ana, now=now),
        )
        assert codes(results) == ["", "no_longer_available"]
        is_whole(chat)
        if Party.objects.here().filter(interaction=chat, agent=site.bo).exists():
            site.end(chat, site.bo, "leave")


def test_nobody_is_in_a_chat_and_logged_off(site):
    for _ in range(ROUNDS):
        chat, invitation, _ = ringing(site, site.ana)
        now = site.clock.tick()
        results = together(
            accept(site, invitation, site.ana),
            lambda now=now: status.set_status(site.ana.id, "logged_off", now=now),
        )
        off = fresh(site.ana).chat().status == "logged_off"
        inside = Party.objects.here().filter(agent=site.ana).exists()
        assert off != inside, codes(results)
        is_whole(chat)
        arrival.leave(chat.id, now=site.clock.tick())
        site.ready(site.ana)


def test_a_lost_agents_return_against_an_accept(site):
    for _ in range(ROUNDS):
        chat, invitation, _ = ringing(site, site.ana)
        accept(site, invitation, site.ana)()
        site.absent(site.ana)
        mine = party(chat, site.ana)
        presence.went_away(mine.id, since=site.now, now=site.clock.tick())
        presence.agent_lost(mine.id, now=site.clock.pass_(61))
        site.ready(site.bo)
        again = chat.invitations.get(state="waiting")
        offering.ring(again, Decision(site.bo.id), now=site.clock.tick())
        now = site.clock.tick()
        results = together(
            accept(site, again, site.bo),
            lambda chat=chat, now=now: presence.take_up_again(chat.id, site.ana.id, now=now),
        )
        assert codes(results) == ["", "no_longer_available"]
        assert is_whole(chat).state == State.ACTIVE
        assert chat.parties.here().agents().count() == 1
        site.ready(site.ana)
