"""Chats that a workspace answers by itself: whose word holds, and what the server refuses."""

import pytest

from agents.models import Agent, AgentGroup, Site
from core.models import Event
from interactions import auto_answer, events
from interactions.actions import invitations
from interactions.auto_answer import Presence
from interactions.models import Ring
from routing.models import Queue
from tests.interactions.steps import happens, refused
from tests.support import fresh

pytestmark = pytest.mark.django_db
THERE = Presence(visible=True, idle_seconds=60)


def rung(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    return chat, Ring.objects.open().get()


def accept(world, ring, presence=THERE):
    return invitations.accept(ring.invitation_id, by=world.ana, automatic=presence, now=world.clock.tick())


def test_site_group_agent_and_the_queue_before_all(world):
    _, ring = rung(world)

    def seconds():
        return auto_answer.seconds(fresh(ring), fresh(world.ana), Site.current())

    assert seconds() is None
    Site.objects.update(auto_answer="at_once", auto_answer_delay=7)
    assert seconds() == 0
    AgentGroup.objects.create(name="A", auto_answer="preview").agents.add(world.ana)
    AgentGroup.objects.create(name="B", auto_answer="at_once").agents.add(world.ana)
    assert seconds() == 7, "of several groups the most careful"
    Agent.objects.update(auto_answer_delay=3)
    assert seconds() == 3
    Agent.objects.update(auto_answer="off")
    assert seconds() is None
    Queue.objects.update(auto_answer="preview", auto_answer_delay=20)
    assert seconds() == 20
    assert events.desk(fresh(world.ana), world.now).invitations[0].auto_answer == 20


def test_it_is_answered_after_its_preview(world):
    Site.objects.update(auto_answer="preview")
    chat, ring = rung(world)
    with refused("not_automatic", "not yet"):
        accept(world, ring)
    world.clock.pass_(5)
    with happens(world, chat, "invitation.accepted"):
        accept(world, ring)
    assert Event.objects.latest("id").data["cause"] == "auto"


@pytest.mark.parametrize("presence", [Presence(False, 0), Presence(True, 61)], ids=["hidden", "idle"])
def test_with_nobody_at_the_screen_it_rings(world, presence):
    Site.objects.update(auto_answer="at_once")
    _, ring = rung(world)
    with refused("not_automatic", "Nobody is at the workspace"):
        accept(world, ring, presence)
    assert world.ringing_at(world.ana)


def test_a_colleague_is_answered_by_a_person(world):
    Site.objects.update(auto_answer="at_once")
    chat = world.handled(world.bo)
    world.ready(world.ana)
    world.invite(chat, world.bo, world.ana)
    ring = Ring.objects.open().get(agent=world.ana)
    assert auto_answer.seconds(ring, world.ana, Site.current()) is None
    with refused("not_automatic"):
        accept(world, ring)


def test_off_is_off_for_whoever_claims_otherwise(world):
    _, ring = rung(world)
    with refused("not_automatic"):
        accept(world, ring)
