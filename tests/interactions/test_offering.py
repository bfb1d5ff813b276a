"""Waiting chats are offered: to whom, in which order, and to whom not."""

from datetime import timedelta

import pytest

from agents.models import AgentGroup, Site
from agents.status import Status
from interactions.actions import arrival, closing, invitations, offering, presence, status
from interactions.actions.deciding import Decision
from interactions.actions.sweep import sweep
from interactions.load import load
from interactions.models import RoutingDecision
from interactions.states import Invited, Rang
from routing.widening import Plan
from tests.interactions.steps import happens, refused
from tests.scenes import scene
from tests.support import assert_publishes, fresh, party

pytestmark = pytest.mark.django_db


def place(chat):
    return chat.invitations.get(kind="route", state__in=["waiting", "ringing"])


def reject(world, agent):
    invitations.reject(world.ringing_at(agent).id, by=agent, now=world.clock.tick())


def reasons(chat) -> dict:
    """The last decision's words, by nickname."""
    decision = RoutingDecision.objects.filter(invitation__interaction=chat).last()
    return {row["name"]: row["reason"] for row in decision.candidates}


def site(**options):
    Site.objects.update(**options)


# --- the ring ---------------------------------------------------------------------------------


def test_it_rings_at_the_longest_idle(world):
    world.ready(world.bo, world.ana)
    chat = world.chat()
    with happens(world, chat, "invitation.ringing"):
        world.offer()
    invitation = world.ringing_at(world.bo)
    assert (invitation, invitation.state) == (place(chat), Invited.RINGING)
    ring = invitation.rings.get()
    assert (ring.routed, ring.outcome, ring.started_at) == (True, "", world.now)
    assert ring.expires_at == world.now + timedelta(seconds=30)


def test_the_decision_is_kept_with_its_candidates(world):
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    world.ready(world.bo)
    chat = world.chat()
    world.offer()
    decision = RoutingDecision.objects.get()
    assert (decision.chosen, decision.pool, decision.at) == (world.bo, "Billing", world.now)
    assert reasons(chat) == {"Ana": "is not Ready", "Bo": "longest idle of those who can be asked"}
    assert {row["name"]: row["chosen"] for row in decision.candidates} == {"Ana": False, "Bo": True}


def test_waiting_is_explained_once(world):
    chat = world.chat()
    for _ in range(3):
        world.offer()
    assert RoutingDecision.objects.get().chosen is None
    assert reasons(chat) == {"Ana": "is not Ready", "Bo": "is not Ready"}


def test_nothing_is_told_when_nobody_can_be_asked(world):
    chat = world.chat()
    with assert_publishes(world, chat) as posts:
        world.offer()
    assert posts == []


def test_two_sweeps_ring_once(world):
    world.ready(world.ana, world.bo)
    chat = world.chat()
    world.offer()
    world.offer()
    assert place(chat).rings.count() == 1


# --- who is not asked -------------------------------------------------------------------------


def test_nobody_outside_the_queue_is_asked(world):
    world.ready(world.cy, world.sue)
    world.chat()
    world.offer()
    assert not world.ringing_at(world.cy) and not world.ringing_at(world.sue)


@pytest.mark.parametrize("chosen", [choice for choice in Status if choice != Status.READY])
def test_only_who_is_ready(world, chosen):
    world.ready(world.ana)
    status.set_status(world.ana.id, chosen, now=world.clock.tick())
    chat = world.chat()
    world.offer()
    assert world.ringing_at(world.ana) is None
    assert reasons(chat)["Ana"] == "is not Ready"


def test_ready_without_a_lease_is_not_asked(world):
    world.ready(world.ana)
    world.absent(world.ana)
    chat = world.chat()
    world.offer()
    assert reasons(chat)["Ana"] == "has lost the connection"


def test_deactivated_agents_are_no_candidates(world):
    world.ready(world.ana)
    world.ana.user.is_active = False
    world.ana.user.save()
    chat = world.chat()
    world.offer()
    assert set(reasons(chat)) == {"Bo"}


def test_one_routed_chat_rings_at_an_agent(world):
    world.ready(world.ana)
    first, second = world.chat(), world.chat()
    world.offer()
    assert (place(first).state, place(second).state) == (Invited.RINGING, Invited.WAITING)
    assert reasons(second)["Ana"] == "another chat rings there"


def test_capacity_counts_chats(world):
    site(capacity=2)
    world.handled(world.ana), world.handled(world.ana)
    third = world.chat()
    world.offer()
    assert reasons(third)["Ana"] == "is at capacity"
    assert load(world.ana).used == 2


def test_capacity_counts_what_rings(world):
    """A direct invitation rings and takes the last slot."""
    site(capacity=1)
    chat = world.handled(world.ana)
    world.ready(world.bo)
    world.invite(chat, world.ana, world.bo)
    waiting = world.chat()
    world.offer()
    assert reasons(waiting) == {"Ana": "is at capacity", "Bo": "is at capacity"}


def test_routing_never_uses_the_slot_above_capacity(world):
    site(capacity=1, over_capacity=1)
    world.handled(world.ana)
    waiting = world.chat()
    world.offer()
    assert reasons(waiting)["Ana"] == "is at capacity"


def test_capacity_is_the_agents_else_the_groups_else_the_sites(world):
    assert world.ana.slots() == 3
    for name, capacity in (("A", 4), ("B", 2), ("C", None)):
        world.ana.groups.add(AgentGroup.objects.create(name=name, capacity=capacity))
    ana = fresh(world.ana)
    assert ana.slots() == 4
    ana.capacity = 0
    assert ana.slots() == 0


def test_capacity_zero_is_none_at_all(world):
    world.ready(world.ana)
    world.ana.capacity = 0
    world.ana.save(update_fields=["capacity"])
    chat = world.chat()
    world.offer()
    assert reasons(chat)["Ana"] == "is at capacity"


def test_an_ended_chat_holds_its_slot_until_mark_done(world):
    site(capacity=1)
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    waiting = world.chat()
    world.offer()
    assert world.ringing_at(world.ana) is None
    closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    world.offer()
    assert world.ringing_at(world.ana) == place(waiting)


def test_an_ended_chat_holds_its_slot_for_the_wrap_up_limit(world):
    site(capacity=1)
    world.end(world.handled(world.ana), world.ana, "close")
    waiting = world.chat()
    sweep(world.clock.pass_(119), steady=True)
    assert world.ringing_at(world.ana) is None
    sweep(world.clock.pass_(2), steady=True)
    assert world.ringing_at(world.ana) == place(waiting)
    assert load(world.ana).unclosed == 1


def test_too_much_unclosed_work_stops_offers(world):
    site(unclosed_limit=2)
    chats = [world.handled(world.ana) for _ in range(2)]
    for chat in chats:
        world.end(chat, world.ana, "close")
    waiting = world.chat()
    sweep(world.clock.pass_(121), steady=True)
    assert reasons(waiting)["Ana"] == "has too many unclosed chats"
    closing.mark_done(chats[0].id, by=world.ana, now=world.clock.tick())
    world.offer()
    assert world.ringing_at(world.ana) == place(waiting)


# --- checked again under the agent's lock -----------------------------------------------------


@pytest.fixture
@scene
def meant(world):
    """A chat that routing is about to ring at Ana."""
    world.ready(world.ana)
    return place(world.chat())


def ring(world, invitation):
    return offering.ring(invitation, Decision(world.ana.id), now=world.clock.tick())


@pytest.mark.parametrize("change", ["status", "lease", "capacity", "busy", "queue", "active"])
def test_who_changed_meanwhile_is_not_rung(world, meant, change):
    match change:
        case "status":
            status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
        case "lease":
            world.absent(world.ana)
        case "capacity":
            site(capacity=0)
        case "busy":
            ring(world, place(world.chat()))
        case "queue":
            world.billing.agents.remove(world.ana)
        case "active":
            world.ana.user.is_active = False
            world.ana.user.save()
    with refused("no_longer_available"):
        ring(world, meant)


def test_what_rings_or_is_over_is_not_rung_again(world, meant):
    world.ready(world.bo)
    ring(world, meant)
    with refused("no_longer_available"):
        offering.ring(meant, Decision(world.bo.id), now=world.clock.tick())
    arrival.leave(meant.interaction_id, now=world.clock.tick())
    with refused("no_longer_available"):
        offering.ring(meant, Decision(world.bo.id), now=world.clock.tick())


def test_an_overtaken_offer_is_left_to_the_next_sweep(world, meant, monkeypatch):
    """Another engine took the agent between choice and lock."""
    choose = offering.engine.choose

    def overtaken(*given):
        chosen = choose(*given)
        status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
        return chosen

    monkeypatch.setattr(offering.engine, "choose", overtaken)
    known = {"plan": Plan((world.billing.id,)), "site": world.site}
    assert offering.offer_next(meant.id, **known, now=world.clock.tick()) == (None, True)
    assert fresh(meant).state == Invited.WAITING


# --- order ------------------------------------------------------------------------------------


def test_older_first(world):
    older, newer = world.chat(), world.chat()
    world.ready(world.ana)
    world.offer()
    assert world.ringing_at(world.ana).interaction == older
    assert place(newer).state == Invited.WAITING


def test_priority_before_age(world):
    world.network.priority = 5
    world.network.save()
    world.chat()
    newer = world.chat(topic="Network")
    world.ready(world.ana)
    world.offer()
    assert world.ringing_at(world.ana).interaction == newer


def test_a_queue_without_anybody_does_not_hold_up_the_others(world):
    world.billing.agents.clear()
    world.chat()
    network = world.chat(topic="Network")
    world.ready(world.cy)
    world.offer()
    assert world.ringing_at(world.cy).interaction == network


@pytest.mark.parametrize("how", ["reject", "expire", "not_ready", "absent"])
def test_a_chat_that_comes_back_keeps_its_place(world, how):
    world.ready(world.ana)
    first, second = world.chat(), world.chat()
    world.offer()
    waited_since = place(first).waited_since
    give_back(world, how)
    assert (place(first).state, place(first).waited_since) == (Invited.WAITING, waited_since)
    world.ready(world.bo)
    world.offer()
    assert world.ringing_at(world.bo).interaction == first
    if how in ("reject", "expire"):
        assert world.ringing_at(world.ana).interaction == second


def give_back(world, how):
    match how:
        case "reject":
            reject(world, world.ana)
        case "expire":
            invitations.expire(world.ringing_at(world.ana).rings.get().id, now=world.clock.pass_(30))
        case "not_ready":
            status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
        case "absent":
            world.absent(world.ana)
            sweep(world.clock.tick(), steady=True)


def test_a_lost_chat_comes_before_new_contacts(world):
    """It is served already: "returns to the head of its last queue"."""
    world.ready(world.ana)
    older = world.chat()
    world.offer()
    reject(world, world.ana)
    lost = world.chat()
    world.offer()
    world.accept(world.ana)
    world.absent(world.ana)
    mine = party(lost, world.ana)
    presence.went_away(mine.id, since=world.now, now=world.clock.tick())
    presence.agent_lost(mine.id, now=world.clock.pass_(61))
    world.ready(world.bo)
    world.offer()
    assert world.ringing_at(world.bo).interaction == lost
    assert place(older).state == Invited.WAITING


# --- who was asked already --------------------------------------------------------------------


def test_the_same_agent_is_asked_again_after_thirty_seconds(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    reject(world, world.ana)
    world.clock.pass_(29.9)
    world.offer()
    assert world.ringing_at(world.ana) is None
    world.clock.pass_(0.1)
    world.offer()
    assert world.ringing_at(world.ana) == place(chat)


def test_or_as_soon_as_all_others_were(world):
    world.ready(world.ana, world.bo)
    chat = world.chat()
    for agent in (world.ana, world.bo, world.ana, world.bo):
        world.offer()
        assert world.ringing_at(agent) == place(chat)
        reject(world, agent)
    assert [ring.outcome for ring in place(chat).rings.all()] == [Rang.REJECTED] * 4


def test_another_chat_may_ring_there_at_once(world):
    world.ready(world.ana)
    world.chat()
    second = world.chat()
    world.offer()
    reject(world, world.ana)
    world.offer()
    assert world.ringing_at(world.ana).interaction == second


@pytest.mark.parametrize("how", ["not_ready", "absent"])
def test_what_was_withdrawn_asked_nobody(world, how):
    """A reload, or a slip in the menu, costs the contact no thirty seconds."""
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    give_back(world, how)
    world.ready(world.ana)
    world.offer()
    assert world.ringing_at(world.ana) == place(chat)
