"""The Team Communicator: which targets are found, in which order, and how each stands."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, AgentGroup, Skill
from bench import crowd
from interactions import directory
from interactions.actions import closing
from interactions.directory.matching import BEGINS, BESIDE, SAME, WITHIN, rank, words_of
from interactions.models import Favourite
from routing.models import OpeningHours, Queue, RoutingPoint
from tests.support import fresh, party

# --- what people type -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("ana ruiz", SAME),
        ("ANA", SAME),
        ("an", BEGINS),
        ("ana r", BEGINS),
        ("rui", WITHIN),
        ("ru an", WITHIN),
        ("bill", BESIDE),
        ("aruiz", BESIDE),
        ("ana bill", BESIDE),
        ("uiz", None),
        ("ana x", None),
    ],
)
def test_the_start_of_any_word_in_any_order(text, fit):
    assert rank(words_of(text), ("Ana Ruiz", "Ana"), ("Billing", "aruiz")) == fit


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("José Núñez", "jose nunez"),
        ("Jose Nunez", "JOSÉ"),
        ("Łukasz Øre", "lukasz ore"),
        ("Strauß", "strauss"),
        ("Jean-Luc O’Neill", "luc oneill"),
        ("Jean-Luc O’Neill", "o'neill"),
        ("山田太郎", "太郎"),
        ("김민수", "민수"),
        ("Зоя Львова", "ЛЬВ"),
    ],
)
def test_accents_capitals_and_apostrophes_do_not_matter(name, text):
    assert rank(words_of(text), (name,)) is not None


def test_nothing_typed_finds_all_and_signs_alone_find_nothing():
    assert words_of("  ") == [] and rank([], ("Ana",)) == SAME
    assert words_of("%") is None and words_of("🙂") is None


# --- order and pages ------------------------------------------------------------------------------


def names(found) -> list[str]:
    return [hit.name for hit in found.hits]


@pytest.mark.django_db
def test_best_first_then_favourites_then_who_is_ready(world):
    for username, name in (("n1", "Nets Upham"), ("n2", "Zoe Netley"), ("n3", "Ned Netley")):
        world.agent(username, name, "Sales")
    ready = world.agent("n4", "Nate Netz", "Sales")
    world.ready(ready)
    Favourite.objects.create(agent=world.ana, person=Agent.objects.get(name="Zoe Netley"))
    found = directory.search(world.ana, "net", now=world.now)
    begins, within, beside = (
        ["Nets Upham", "Network"],
        ["Zoe Netley", "Nate Netz", "Ned Netley"],
        ["Bo Lind", "Cy Marsh"],
    )
    assert sorted(names(found)[:2]) == begins
    assert names(found)[2:] == within + beside
    assert found.counts == {"agent": 6, "group": 0, "skill": 0, "queue": 1, "routing_point": 0, "contact": 0}


@pytest.mark.django_db
def test_who_becomes_ready_between_two_pages_is_not_left_out(world):
    people = [world.agent(f"p{number}", f"Pat {number}", "Sales") for number in range(6)]
    first = directory.search(world.ana, "pat", limit=2, now=world.clock.tick())
    world.ready(people[5])
    second = directory.search(world.ana, "pat", limit=2, cursor=first.next, now=world.clock.tick())
    third = directory.search(world.ana, "pat", limit=2, cursor=second.next, now=world.clock.tick())
    assert names(first) + names(second) + names(third) == ["Pat 0", "Pat 1", "Pat 5", "Pat 2", "Pat 3", "Pat 4"]
    assert third.next is None


@pytest.mark.django_db
def test_type_by_type_some_of_each(world):
    found = directory.search(world.ana, grouped=True, limit=2, now=world.now)
    assert [hit.type for hit in found.hits] == ["agent", "agent", "queue", "queue", "routing_point"]
    assert (found.next, found.counts["agent"]) == (None, 3)
    assert names(directory.search(world.ana, "net", grouped=True, now=world.now)) == ["Network", "Bo Lind", "Cy Marsh"]


# --- how each stands ------------------------------------------------------------------------------


def presence(world, type, name):
    (hit,) = directory.search(world.ana, name, types=[type], now=world.now).hits
    return hit.presence


@pytest.mark.django_db
def test_an_agent_by_status_connection_and_room(world):
    assert presence(world, "agent", "Bo").text == "Not Ready, not connected"
    world.ready(world.bo)
    assert presence(world, "agent", "Bo").text == "Ready, 3 free"
    Agent.objects.filter(pk=world.bo.pk).update(capacity=0)
    assert presence(world, "agent", "Bo").text == "Ready, at capacity"
    Agent.objects.filter(pk=world.bo.pk).update(after_last="not_ready")
    assert presence(world, "agent", "Bo").text == "Ready, leaves after the last chat"
    world.absent(world.bo)
    found = presence(world, "agent", "Bo")
    assert (found.text, found.status) == ("Ready, but not connected", "not_ready")


@pytest.mark.django_db
def test_a_queue_by_its_line(world):
    assert presence(world, "queue", "Billing").text == "nobody logged in"
    world.ready(world.bo)
    world.chat()
    found = presence(world, "queue", "Billing")
    assert (found.text, found.waiting, found.estimated_wait) == ("1 ready, 1 waiting", 1, None)
    Agent.objects.filter(pk=world.bo.pk).update(capacity=1)
    for _ in range(5):
        world.offer()
        chat = world.accept(world.bo)
        world.chat(name="Lou")
        world.clock.pass_(25)
        world.end(chat, world.bo)
        closing.mark_done(chat.id, by=world.bo, now=world.clock.tick())
    found = presence(world, "queue", "Billing")
    assert found.text == "1 ready, 1 waiting, about 25 s"  # one free place, one who is before who comes now
    assert presence(world, "routing_point", "Website").text == found.text


@pytest.mark.django_db
def test_a_closed_queue_says_when_it_opens(world):
    hours = OpeningHours.objects.create(name="Evenings")
    hours.week.create(weekday=2, opens="20:00", closes="22:00")
    Queue.objects.filter(pk=world.network.pk).update(opening_hours=hours)
    found = presence(world, "queue", "Network")
    assert (found.closed, found.text) == (True, "closed, nobody logged in")
    assert found.opens == world.now + timedelta(hours=8)


# --- contacts ----------------------------------------------------------------------------------------


def contacts_found(agent, text, now):
    return directory.search(fresh(agent), text, types=["contact"], now=now).hits


@pytest.mark.django_db
def test_contacts_of_own_chats_are_found_for_mail(world, settings):
    settings.MAIL_READY = True
    kim = world.handled(world.ana, email="kim@example.com")
    for text in ("kim", "lee", "kim@ex"):
        (hit,) = contacts_found(world.ana, text, world.now)
        assert (hit.type, hit.id, hit.name, hit.presence.text) == (
            "contact",
            party(kim, None).id,
            "Kim Lee",
            "in the chat",
        )
        assert [(each.verb, each.can, each.interaction) for each in hit.actions] == [("mail", True, kim.id)]
    assert contacts_found(world.bo, "kim", world.now) == []


@pytest.mark.django_db
def test_without_an_address_the_reason_is_said_and_after_mark_done_nobody_is_found(world, settings):
    settings.MAIL_READY = True
    kim = world.handled(world.ana)
    (hit,) = contacts_found(world.ana, "kim", world.now)
    assert hit.actions[0].can == "No e-mail address of Kim Lee is known."
    world.end(kim, world.ana, "close")
    (hit,) = contacts_found(world.ana, "kim", world.now)
    assert hit.presence.text == "has left the chat"
    closing.mark_done(kim.id, by=world.ana, now=world.clock.tick())
    assert contacts_found(world.ana, "kim", world.now) == []


# --- what it costs --------------------------------------------------------------------------------


def queries(world, kim, **how) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        directory.search(fresh(world.ana), interaction_id=kim.id, now=world.now, **how)
    return len(seen)


@pytest.mark.django_db
@pytest.mark.parametrize("how", [{"grouped": True, "limit": 10}, {"limit": 100}, {"view": "favourites"}])
def test_the_number_of_queries_is_the_same_for_few_and_for_many(world, how):
    kim = world.handled(world.ana)
    one_of_each(world)
    few = queries(world, kim, **how)
    crowd.fill(agents=60, queues=12, groups=12, skills=12)
    for agent in Agent.objects.filter(name__contains="-00")[:20]:
        Favourite.objects.create(agent=world.ana, person=agent)
    for queue in Queue.objects.exclude(pk__in=[world.billing.pk, world.network.pk]):
        Favourite.objects.create(agent=world.ana, queue=queue)
        RoutingPoint.objects.create(slug=f"to-{queue.pk}", name=f"To {queue}", title="To", queue=queue)
    assert queries(world, kim, **how) == few <= 48


def one_of_each(world) -> None:
    hours = OpeningHours.objects.create(name="Office")
    Queue.objects.update(opening_hours=hours)
    skill, group = Skill.objects.create(name="Fibre"), AgentGroup.objects.create(name="Second level")
    skill.levels.create(agent=world.bo)
    world.bo.groups.add(group)
    own = ({"person": world.bo}, {"queue": world.network}, {"group": group}, {"skill": skill})
    for target in (*own, {"routing_point": world.point}):
        Favourite.objects.create(agent=world.ana, **target)
