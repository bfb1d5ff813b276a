"""A contact comes, and leaves."""

import uuid

import pytest

from core.errors import NotFound
from core.models import Event
from interactions import events
from interactions.actions import arrival, invitations
from interactions.models import Contact, ContactSession, Interaction, Lane, Party, Segment
from interactions.models.contact import digest
from interactions.states import Cause, Invited, Kind, Rang, State
from routing.models import RoutingPoint
from tests.interactions.steps import happens, leaves_all_alone, lines, refused
from tests.support import assert_publishes, fresh, party

pytestmark = pytest.mark.django_db


def start(world, client_id="a", slug="website", **kwargs):
    return arrival.start(slug, client_id=client_id, now=world.clock.tick(), **kwargs)


# --- start ------------------------------------------------------------------------------------


def test_a_chat_waits_in_its_queue(world):
    with assert_publishes(world):
        chat, token = start(world, name=" Kim Lee ", email="kim@example.org ")
    assert (chat.state, chat.version, fresh(chat).public_version) == (State.WAITING, 1, 1)
    assert (chat.contact.name, chat.contact.email) == ("Kim Lee", "kim@example.org")
    place = chat.invitations.get()
    assert (place.kind, place.state, place.queue, place.agent) == (Kind.ROUTE, Invited.WAITING, world.billing, None)
    assert place.waited_since == chat.waited_since == world.now
    event = Event.objects.get(subject=chat.id)
    assert (event.name, event.version, event.actor) == ("interaction.started", 1, "contact")
    assert ContactSession.authenticate(chat.id, token) == chat


def test_the_contact_reads_the_public_lane_only(world):
    chat, _ = start(world)
    kim = party(chat, None)
    assert (kim.kind, kim.nickname) == (Party.CONTACT, "Visitor")
    assert [reader.lane.name for reader in kim.readers.all()] == ["public"]
    assert set(Lane.objects.filter(interaction=chat).values_list("name", "head")) == {("public", 0), ("internal", 0)}


def test_tokens_and_client_ids_are_kept_as_digests(world):
    chat, token = start(world, "the client")
    assert chat.client_key == digest("the client")
    assert ContactSession.objects.get().token == digest(token) != token


def test_a_repeated_start_gives_the_same_chat_and_a_fresh_token(world):
    chat, token = start(world)
    before = fresh(chat)
    again, other = start(world, name="Somebody else")
    assert (again, again.contact.name, token != other) == (chat, "", True)
    assert (fresh(chat).version, Event.objects.filter(subject=chat.id).count()) == (before.version, 1)
    assert all(ContactSession.authenticate(chat.id, one) == chat for one in (token, other))


def test_five_tokens_live(world):
    chat, first = start(world)
    others = [start(world)[1] for _ in range(5)]
    assert ContactSession.authenticate(chat.id, first) is None
    assert all(ContactSession.authenticate(chat.id, token) for token in others)


def test_a_token_opens_its_own_chat_only(world):
    _, token = start(world, "a")
    other, _ = start(world, "b")
    assert ContactSession.authenticate(other.id, token) is None


def test_after_the_end_the_same_client_starts_anew(world):
    chat, token = start(world)
    arrival.leave(chat.id, now=world.clock.tick())
    again, _ = start(world)
    assert again != chat
    assert ContactSession.authenticate(again.id, token) is None


def test_who_lost_the_race_gets_the_winners_chat(world, monkeypatch):
    """Both looked, nobody had a chat; the second insert fails and looks again."""
    chat, _ = start(world)
    look, seen = arrival._return, []

    def late(key, now):
        seen.append(key)
        return None if len(seen) == 1 else look(key, now)

    monkeypatch.setattr(arrival, "_return", late)
    again, token = start(world)
    assert (again, len(seen), Interaction.objects.count(), Contact.objects.count()) == (chat, 2, 1, 1)
    assert ContactSession.authenticate(chat.id, token) == chat


@pytest.mark.parametrize("slug", ["nowhere", "closed"])
def test_an_unknown_or_inactive_routing_point_is_not_found(world, slug):
    RoutingPoint.objects.create(slug="closed", name="Closed", title="Closed", queue=world.billing, active=False)
    with refused("not_found") as refusal:
        start(world, slug=slug)
    assert isinstance(refusal.value, NotFound)


@pytest.mark.parametrize(
    "answers, wrong",
    [
        ({"colour": "red"}, {"colour"}),
        ({"topic": "Weather"}, {"topic"}),
        ({"topic": "billing"}, {"topic"}),
        ({"order": "x" * 501}, {"order"}),
        ({}, {"order"}),
        ({"order": "   "}, {"order"}),
        ({"order": "", "topic": "Weather", "colour": "red"}, {"order", "topic", "colour"}),
    ],
)
def test_wrong_answers_are_named_and_leave_nothing(world, answers, wrong):
    world.point.fields.create(key="order", label="Order number", required=True)
    given = {"order": "7"} | answers if "order" not in wrong else answers
    with refused("invalid") as refusal:
        start(world, answers=given)
    assert set(refusal.value.detail["fields"]) == wrong


def test_answers_become_case_data_in_the_forms_order(world):
    world.point.fields.create(key="order", label="Order number")
    world.point.fields.create(key="more", label="More")
    chat, _ = start(world, answers={"more": " ", "order": " 7 ", "topic": "Network"})
    assert fresh(chat).case == {"topic": "Network", "order": "7"}


@pytest.mark.parametrize("topic, queue", [("Network", "Network"), ("Billing", "Billing"), (None, "Billing")])
def test_the_rules_choose_the_queue(world, topic, queue):
    assert world.chat(topic=topic).queue.name == queue


def test_the_place_takes_the_queues_priority(world):
    world.network.priority = 10
    world.network.save()
    assert world.chat(topic="Network").invitations.get().priority == 10


# --- leave ------------------------------------------------------------------------------------


def test_leaving_while_waiting_gives_the_place_up(world):
    chat = world.chat()
    with happens(world, chat, "contact.left"):
        arrival.leave(chat.id, now=world.clock.tick())
    row = fresh(chat)
    assert (row.state, row.end_cause, row.ended_at, row.completed_at) == (State.ENDED, "left", world.now, world.now)
    assert chat.invitations.get().state == Invited.REVOKED
    assert party(chat, None).cause == Cause.LEFT
    assert lines(chat, "public") == ["Kim Lee has left the chat"]


def test_leaving_twice_changes_nothing(world):
    chat = world.chat()
    arrival.leave(chat.id, now=world.clock.tick())
    with leaves_all_alone():
        assert arrival.leave(chat.id, now=world.clock.tick()).version == fresh(chat).version


def test_nobody_leaves_an_unknown_chat(world):
    with refused("not_found"):
        arrival.leave(uuid.uuid4(), now=world.now)


def test_the_contact_leaves_while_it_rings(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    invitation = world.ringing_at(world.ana)
    with happens(world, chat, "contact.left"):
        arrival.leave(chat.id, now=world.clock.tick())
    assert world.ringing_at(world.ana) is None
    with refused("ended", "The contact has left."):
        invitations.accept(invitation.id, by=world.ana, now=world.clock.tick())
    assert (fresh(world.ana).missed, Segment.objects.count()) == (0, 0)
    assert invitation.rings.get().outcome == Rang.WITHDRAWN


def test_the_contact_leaves_just_after_the_accept(world):
    chat = world.handled(world.ana)
    with happens(world, chat, "contact.left"):
        arrival.leave(chat.id, now=world.clock.tick())
    segment = Segment.objects.get()
    assert (segment.left_at, segment.done_at, segment.last_owner) == (world.now, None, True)
    assert fresh(chat).completed_at is None
    assert party(chat, world.ana).cause == Cause.OVER


def test_it_is_over_for_all_and_each_keeps_the_window(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    world.ready(world.cy, world.sue)
    cys, sues = (world.invite(chat, world.ana, who) for who in (world.cy, world.sue))
    with happens(world, chat, "contact.left"):
        arrival.leave(chat.id, now=world.clock.tick())
    for agent in (world.ana, world.bo):
        [view] = events.desk(fresh(agent), world.now).interactions
        assert (view.state, view.end, view.can.note) == ("ended", None, True)
    assert {fresh(row).state for row in (cys, sues)} == {Invited.REVOKED}
    assert events.desk(fresh(world.cy), world.now).invitations == []
    assert list(Segment.objects.filter(last_owner=True).values_list("agent", flat=True)) == [world.ana.id]


def test_nothing_waits_for_an_answer_any_more(world):
    chat = world.handled(world.ana)
    world.line(chat, None, "Hello?")
    arrival.leave(chat.id, now=world.clock.tick())
    assert chat.lanes.get(name="public").unanswered_since is None
