"""The last slot of an agent: routed chats and direct requests at the same moment."""

import pytest
from django.db import connection
from django.db.models import F

from agents.models import Agent, Site
from interactions.actions import arrival, invitations, offering
from interactions.actions.deciding import Decision
from interactions.models import Interaction, Ring
from interactions.states import Rang
from tests.races.gate import ROUNDS, codes, is_whole, nobody_is_over_capacity, together, without_guard

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def stop_ringing(site):
    """Bo rejects all that rings."""
    for ring in Ring.objects.open().filter(agent=site.bo):
        invitations.reject(ring.invitation_id, by=site.bo, now=site.clock.tick())


@pytest.fixture
def waiting(site):
    """Two chats that wait, and one slot at Bo."""
    Agent.objects.filter(pk=site.bo.pk).update(capacity=1)
    return [site.chat().invitations.get() for _ in range(2)]


@pytest.fixture
def served(site):
    """A chat of Ana's and one of Cy's, and one slot at Bo."""
    Agent.objects.filter(pk=site.bo.pk).update(capacity=1)
    chats = []
    for agent in (site.ana, site.cy):
        site.billing.agents.set([agent])
        chats.append(site.chat())
        site.offer()
        site.accept(agent)
    return chats


def ring(site, invitation):
    now = site.clock.tick()
    return lambda: offering.ring(invitation, Decision(site.bo.id), now=now)


def test_two_chats_for_one_slot(site, waiting):
    for _ in range(ROUNDS):
        assert codes(together(*[ring(site, one) for one in waiting])) == ["", "no_longer_available"]
        nobody_is_over_capacity()
        stop_ringing(site)
    for invitation in waiting:
        is_whole(invitation.interaction)


def invite(site, chat, by):
    return lambda: site.invite(chat, by, site.bo)


def test_two_chats_invite_the_same_third(site, served):
    first, second = served
    for _ in range(ROUNDS):
        results = together(invite(site, first, site.ana), invite(site, second, site.cy))
        assert codes(results) == ["", "at_capacity"]
        nobody_is_over_capacity()
        stop_ringing(site)
    for chat in served:
        is_whole(chat)


def test_control_two_invitations_without_the_agents_lock(site, served, monkeypatch):
    """On SQLite the first write of a transaction locks everything, so there the chats' lock goes too."""
    guards = (Agent,) if connection.vendor == "postgresql" else (Agent, Interaction)
    first, second = served
    outcomes = []
    for _ in range(5):
        with without_guard(monkeypatch, *guards):
            outcomes.append(codes(together(invite(site, first, site.ana), invite(site, second, site.cy))))
        Interaction.objects.update(version=F("version") + 10)  # the control leaves versions behind its events
        stop_ringing(site)
    assert any(outcome != ["", "at_capacity"] for outcome in outcomes)


def test_two_parties_of_one_chat_invite_the_same_third(site, served):
    chat, _ = served
    site.invite(chat, site.ana, site.cy)
    site.accept(site.cy)
    for _ in range(ROUNDS):
        results = together(invite(site, chat, site.ana), invite(site, chat, site.cy))
        assert codes(results) == ["", "already_invited"]
        stop_ringing(site)
    is_whole(chat)


def test_the_last_seat_of_a_chat(site, served):
    """Two invite two others when the party limit leaves one seat."""
    Site.objects.update(party_limit=4)
    chat, _ = served
    site.invite(chat, site.ana, site.cy)
    site.accept(site.cy)
    site.ready(site.sue)
    for _ in range(ROUNDS):
        results = together(invite(site, chat, site.ana), lambda: site.invite(chat, site.cy, site.sue))
        assert codes(results) == ["", "party_limit"]
        for ring_ in Ring.objects.open():
            invitations.reject(ring_.invitation_id, by=ring_.agent, now=site.clock.tick())
    is_whole(chat)


def test_a_routed_chat_against_a_direct_request(site, served, waiting):
    chat, invitation = served[0], waiting[0]
    for _ in range(ROUNDS):
        results = together(ring(site, invitation), invite(site, chat, site.ana))
        assert codes(results) in (["", "at_capacity"], ["", "no_longer_available"])
        nobody_is_over_capacity()
        stop_ringing(site)


def test_three_engines_offer_at_once(site):
    """Each chat rings once, nobody has two routed rings, none waits in vain, and no engine fails."""
    Site.objects.update(capacity=2)
    for _ in range(ROUNDS // 5):
        chats = [site.chat() for _ in range(4)]
        now = site.clock.tick()
        assert codes(together(*[lambda now=now: offering.offer_all(now)] * 3)) == ["", "", ""]
        nobody_is_over_capacity()
        rings = list(Ring.objects.open())
        assert len({ring.agent_id for ring in rings}) == len({ring.invitation_id for ring in rings}) == len(rings) == 2
        for chat in chats:
            is_whole(chat)
            arrival.leave(chat.id, now=site.clock.tick())
    assert set(Ring.objects.values_list("outcome", flat=True)) == {Rang.WITHDRAWN}
