"""What a decision costs: the same few queries, however many wait and however many agents there are."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, Skill
from interactions.actions import candidates, offering
from interactions.models import Contact, Interaction, Invitation, RoutingDecision
from interactions.states import Invited
from routing.models import OverflowStep, Queue, RequiredSkill
from tests.support import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_free(world):
    """Ana has room for one chat, Bo for none."""
    world.ready(world.ana, world.bo)
    Agent.objects.filter(pk=world.bo.pk).update(capacity=0)
    Agent.objects.filter(pk=world.ana.pk).update(capacity=1)


def more(world: World, chats: int, queue: Queue | None = None, priority=0) -> None:
    """So many more wait; rows alone will do for what is only looked at."""
    queue, now = queue or world.billing, world.clock.tick()
    times = {"created_at": now, "waited_since": now}
    contact = Contact.objects.create(name="Many", created_at=now)
    about = {"contact": contact, "routing_point": world.point, "queue": queue, **times}
    first = Interaction.objects.count()
    made = Interaction.objects.bulk_create([Interaction(client_key=str(first + n), **about) for n in range(chats)])
    place = {"kind": "route", "queue": queue, "priority": priority, "unserved": True, **times}
    Invitation.objects.bulk_create([Invitation(interaction=chat, **place) for chat in made])


def queries(world: World) -> int:
    """Of one look at the line; what it did is taken back."""
    with CaptureQueriesContext(connection) as seen:
        offering.offer_all(world.clock.tick())
    return len(seen)


def again(world: World) -> None:
    Invitation.objects.filter(state=Invited.RINGING).update(state=Invited.WAITING)
    world.ana.rings.all().delete()


def rang() -> int:
    return Invitation.objects.filter(state=Invited.RINGING).count()


def test_a_decision_costs_the_same_in_a_long_line(world):
    chat = world.chat()
    more(world, 2)
    short = queries(world)
    assert rang() == 1 and world.ringing_at(world.ana).interaction == chat
    again(world)
    more(world, 150)
    long = queries(world)
    assert rang() == 1 and world.ringing_at(world.ana).interaction == chat
    assert long <= short


def test_with_twice_the_agents_it_costs_the_same(world):
    world.chat()
    few = queries(world)
    again(world)
    for number in range(6):
        world.ready(world.agent(f"x{number}", f"X{number} Y", "Billing", world.billing))
    Agent.objects.exclude(pk=world.ana.pk).update(capacity=0)
    RoutingDecision.objects.all().delete()
    assert queries(world) <= few and rang() == 1


@pytest.mark.parametrize("why", ["nobody is free", "nobody has the skill", "overflow goes nowhere"])
def test_what_nobody_can_take_costs_the_same_in_a_long_line(world, why):
    if why == "nobody is free":
        Agent.objects.update(capacity=0)
    elif why == "nobody has the skill":
        for after, level in ((0, 5), (3600, 3)):
            skill, _ = Skill.objects.get_or_create(name="Fibre")
            RequiredSkill.objects.create(queue=world.billing, skill=skill, after=after, level=level)
    else:
        world.billing.agents.clear()
        OverflowStep.objects.create(queue=world.billing, after=3600, target=world.network)
    more(world, 2)
    offering.offer_all(world.clock.tick())
    assert rang() == 0 and RoutingDecision.objects.count() == 1, "said once, of the first"
    short = queries(world)
    more(world, 150)
    assert queries(world) == short
    assert rang() == 0 and RoutingDecision.objects.count() == 1


def test_an_empty_line_costs_next_to_nothing(world):
    assert queries(world) <= 2


def test_who_can_be_served_behind_many_who_cannot(world):
    """A whole line needs what nobody has; another queue's only chat waits behind all of it."""
    fibre = Skill.objects.create(name="Fibre")
    RequiredSkill.objects.create(queue=world.network, skill=fibre, level=5)
    more(world, 60, world.network, priority=9)
    chat = world.chat()
    world.offer()
    assert world.ringing_at(world.ana).interaction == chat


def test_the_order_of_all_queues_together_is_kept(world):
    Agent.objects.filter(pk__in=[world.ana.pk, world.bo.pk]).update(capacity=9)
    expected = []
    for topic, priority in (("Billing", 0), ("Network", 5), ("Billing", 5), ("Network", 0)):
        chat = world.chat(topic=topic)
        Invitation.objects.filter(interaction=chat).update(priority=priority)
        expected.append((-priority, chat.created_at, chat))
    for *_, chat in sorted(expected, key=lambda each: each[:2]):
        Agent.objects.filter(pk=world.bo.pk).update(capacity=0)
        world.offer()
        assert world.ringing_at(world.ana).interaction == chat
        world.accept(world.ana)


def test_of_a_large_pool_only_those_with_room_are_looked_at(world, monkeypatch):
    monkeypatch.setattr(candidates, "WHOLE", 1)
    world.chat()
    world.offer()
    decision = RoutingDecision.objects.get()
    assert decision.chosen == world.ana
    assert [row["name"] for row in decision.candidates] == ["Ana"]
    assert decision.notes[-1] == "each of 1 more agents had no room or was not Ready"
