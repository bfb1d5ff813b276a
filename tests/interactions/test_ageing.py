"""Priorities rise while chats wait."""

import pytest

from interactions.actions import ageing, invitations, presence
from interactions.actions.sweep import sweep
from interactions.models import Interaction, Invitation
from interactions.states import Kind
from tests.support import assert_publishes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def priorities(world):
    world.network.priority = 2
    world.network.save()
    world.billing.ageing = 60
    world.billing.save()


def place(chat):
    return chat.invitations.filter(kind=Kind.ROUTE).order_by("created_at").last()


def test_who_waits_long_comes_before_a_higher_priority(world):
    old, other = world.chat(), world.chat(topic="Network")
    world.clock.pass_(179)
    ageing.rise(world.now)
    assert (place(old).priority, place(other).priority) == (2, 2), "equals: the older"
    world.ready(world.ana)
    sweep(world.clock.now, steady=True)
    assert world.ringing_at(world.ana).interaction == old


def test_before_that_the_priority_decides(world):
    world.chat()
    higher = world.chat(topic="Network")
    world.clock.pass_(119)
    world.ready(world.ana)
    sweep(world.clock.now, steady=True)
    assert world.ringing_at(world.ana).interaction == higher


def test_after_an_outage_it_catches_up_and_does_nothing_twice(world):
    chat = world.chat()
    world.clock.pass_(3600)
    with assert_publishes(world, chat) as posts:
        assert ageing.rise(world.now) == 60
    assert (place(chat).priority, ageing.rise(world.now), posts) == (60, 0, [])


def test_it_ends_at_a_thousand(world):
    chat = world.chat()
    Invitation.objects.update(priority=998)
    world.clock.pass_(3600)
    assert (ageing.rise(world.now), place(chat).priority) == (2, 1000)


def test_what_rings_keeps_its_priority_and_goes_on_when_it_is_back(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    world.clock.pass_(61)
    assert ageing.rise(world.now) == 0
    invitations.reject(place(chat).id, by=world.ana, now=world.clock.tick())
    assert (ageing.rise(world.now), place(chat).priority) == (1, 1)


def test_without_ageing_nothing_rises(world):
    chat = world.chat(topic="Network")
    world.clock.pass_(10**5)
    assert (ageing.rise(world.now), place(chat).priority, place(chat).rises_at) == (0, 2, None)


def test_unset_it_stops(world):
    world.chat()
    world.billing.ageing = 0
    world.billing.save()
    world.clock.pass_(600)
    assert ageing.rise(world.now) == 0


def test_a_chat_that_lost_its_agent_keeps_the_priority_of_its_rule(world):
    world.billing.ageing = 0
    world.billing.save()
    world.point.rules.create(contact="Kim", queue=world.billing, priority=9, position=0)
    chat = world.handled(world.ana)
    world.absent(world.ana)
    for _ in range(3):
        sweep(world.clock.pass_(presence.LOST_AFTER), steady=True)
    assert Interaction.objects.get(pk=chat.pk).state == "waiting"
    assert (place(chat).priority, chat.invitations.filter(kind=Kind.ROUTE).count()) == (9, 2)
