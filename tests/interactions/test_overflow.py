"""A chat that waits long: further queues are asked, skills are relaxed, a message is offered and taken."""

import uuid
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from agents.models import Skill
from core.errors import Invalid
from interactions import events, waits
from interactions.actions import arrival, closing, conference, invitations, overflow, presence
from interactions.actions import offering as offers
from interactions.actions.sweep import sweep
from interactions.models import Invitation, RoutingDecision
from interactions.models.invitation import LINE
from interactions.states import Invited, Rang, State
from routing.models import ContactTexts, OpeningHours, OverflowStep, RequiredSkill
from tests.interactions.steps import happens, leaves_all_alone, lines, refused
from tests.support import assert_publishes, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def over(world):
    """Network overflows to Billing after 60 s; Cy is in Network only, Ana in Billing only."""
    world.network.agents.set([world.cy])
    world.billing.agents.set([world.ana])
    return OverflowStep.objects.create(queue=world.network, after=60, target=world.billing)


@pytest.fixture
def offering(world):
    """Billing offers a message after 120 s."""
    return OverflowStep.objects.create(queue=world.billing, after=120, action="message")


def wait(world, seconds):
    sweep(world.clock.pass_(seconds), steady=False)


def notes(chat) -> list:
    """But for the rule that chose the queue, which stands first."""
    return RoutingDecision.objects.filter(invitation__interaction=chat).last().notes[1:]


# --- further queues ---------------------------------------------------------------------------


def test_after_its_time_the_other_queue_is_asked_too(world, over):
    world.ready(world.ana)
    chat = world.chat(topic="Network")
    wait(world, 58)
    assert world.ringing_at(world.ana) is None
    with assert_publishes(world, chat):
        wait(world, 2)
    ring = world.ringing_at(world.ana).rings.get()
    assert (ring.queue, ring.routed, notes(chat)) == (world.billing, True, ["also offered to Billing after 60 s"])
    with happens(world, chat, "invitation.accepted"):
        world.accept(world.ana)
    assert (fresh(chat).queue, chat.invitations.get().queue) == (world.billing, world.network)


def test_the_queues_own_agents_come_first(world, over):
    world.ready(world.ana)
    world.clock.pass_(100)
    world.ready(world.cy)
    chat = world.chat(topic="Network")
    Invitation.objects.update(created_at=world.now)
    wait(world, 61)
    assert world.ringing_at(world.cy).interaction == chat
    assert world.ringing_at(world.cy).rings.get().queue == world.network
    invitations.reject(world.ringing_at(world.cy).id, by=world.cy, now=world.clock.tick())
    wait(world, 1)
    assert world.ringing_at(world.ana).interaction == chat


def test_place_priority_and_waiting_time_stay(world, over):
    world.network.priority = 7
    world.network.save()
    world.ready(world.ana)
    chat, since = world.chat(topic="Network"), world.now
    wait(world, 61)
    invitation = world.ringing_at(world.ana)
    assert (invitation.priority, invitation.waited_since) == (7, since)
    invitations.reject(invitation.id, by=world.ana, now=world.clock.tick())
    assert waits.waits([chat.id], world.now)[chat.id].position == 1


@pytest.mark.parametrize("why", ["it is closed", "it has no agents", "nobody of it is logged in"])
def test_a_queue_that_cannot_be_asked_is_passed_over_with_the_reason(world, over, why):
    world.ready(world.ana)
    if why == "it is closed":
        world.billing.opening_hours = OpeningHours.objects.create(name="Never")
        world.billing.save()
    elif why == "it has no agents":
        world.billing.agents.clear()
    else:
        world.absent(world.ana)
    chat = world.chat(topic="Network")
    wait(world, 1)
    wait(world, 60)
    wait(world, 1)
    assert (world.ringing_at(world.ana), notes(chat)) == (None, [f"not offered to Billing after 60 s: {why}"])
    assert RoutingDecision.objects.count() == 2  # at first, and when the step had come: not at every sweep


def test_two_queues_that_relieve_each_other_do_not_go_round(world, over):
    OverflowStep.objects.create(queue=world.billing, after=0, target=world.network)
    world.ready(world.cy, world.ana)
    chat = world.chat(topic="Network")
    for agent, seconds in ((world.cy, 61), (world.ana, 1)):
        wait(world, seconds)
        invitations.reject(world.ringing_at(agent).id, by=agent, now=world.clock.tick())
    assert RoutingDecision.objects.filter(invitation__interaction=chat).count() == 2


def test_a_chat_that_lost_its_agent_waits_anew_and_in_the_queue_that_took_it(world, over):
    world.ready(world.ana)
    chat = world.chat(topic="Network")
    wait(world, 61)
    world.accept(world.ana)
    world.absent(world.ana)
    party = chat.parties.get(agent=world.ana)
    presence.went_away(party.id, since=world.now, now=world.clock.tick())
    presence.agent_lost(party.id, now=world.clock.pass_(90))
    assert Invitation.objects.get(state=Invited.WAITING).queue == world.billing


def test_a_request_to_a_queue_overflows_too(world, over):
    world.billing.agents.add(world.bo)
    chat = world.handled(world.ana, topic="Billing")
    world.ready(world.bo)
    world.present(world.cy)
    made = conference.invite_pool(chat.id, "queue", world.network.id, by=world.ana, now=world.clock.tick())
    wait(world, 59)
    assert world.ringing_at(world.bo) is None
    wait(world, 1)
    assert world.ringing_at(world.bo) == made
    world.accept(world.bo)
    assert fresh(chat).queue == world.billing


def test_a_message_left_does_not_overflow(world, over):
    world.ready(world.ana)
    world.chat(topic="Network", message="Call me")
    wait(world, 9999)
    assert world.ringing_at(world.ana) is None


# --- skills and strategies --------------------------------------------------------------------


def test_skills_are_needed_and_relaxed(world):
    fibre = Skill.objects.create(name="Fibre")
    fibre.levels.create(agent=world.bo, level=3)
    for after, level in ((0, 5), (30, 3), (60, 0)):
        RequiredSkill.objects.create(queue=world.billing, skill=fibre, after=after, level=level)
    world.ready(world.ana, world.bo)
    chat = world.chat()
    wait(world, 1)
    decision = RoutingDecision.objects.get()
    reasons = {row["name"]: row["reason"] for row in decision.candidates}
    assert reasons == {"Ana": "lacks the skill Fibre", "Bo": "has Fibre at 3, 5 is needed"}
    assert decision.notes == ["no rule fits", "needs Fibre at 5 or more"]
    wait(world, 30)
    invitations.reject(world.ringing_at(world.bo).id, by=world.bo, now=world.clock.tick())
    wait(world, 30)
    assert world.ringing_at(world.ana).interaction == chat
    assert notes(chat) == []


@pytest.mark.parametrize("strategy, first", [("least_busy", "bo"), ("skill_level", "bo"), ("round_robin", "bo")])
def test_each_queue_asks_by_its_strategy(world, strategy, first):
    """Ana is idle longest, has a chat, a lower level, and was asked last."""
    fibre = Skill.objects.create(name="Fibre")
    for agent, level in ((world.ana, 2), (world.bo, 9)):
        fibre.levels.create(agent=agent, level=level)
    RequiredSkill.objects.create(queue=world.billing, skill=fibre, level=1)
    world.handled(world.ana)
    world.ready(world.bo)
    type(world.ana).objects.filter(pk=world.ana.pk).update(idle_since=None)
    world.billing.strategy = strategy
    world.billing.save()
    world.chat()
    world.offer()
    assert world.ringing_at(getattr(world, first))


def test_of_a_skill_the_best_is_asked(world):
    fibre = Skill.objects.create(name="Fibre")
    for agent, level in ((world.bo, 5), (world.cy, 8)):
        fibre.levels.create(agent=agent, level=level)
    chat = world.handled(world.ana)
    world.ready(world.bo)
    world.ready(world.cy)
    conference.invite_pool(chat.id, "skill", fibre.id, by=world.ana, now=world.clock.tick())
    world.offer()
    assert world.ringing_at(world.cy) and not world.ringing_at(world.bo)


# --- a message instead ------------------------------------------------------------------------


def test_a_message_is_offered_once(world, offering):
    chat = world.chat()
    wait(world, 119)
    assert not events.snapshot_for_contact(fresh(chat)).message_offered
    with happens(world, chat, "message.offered"):
        wait(world, 2)
    assert events.snapshot_for_contact(fresh(chat)).message_offered
    with leaves_all_alone():
        wait(world, 100)


@pytest.mark.parametrize("change", ["accepted", "left", "already a message"])
def test_nothing_is_offered_to_who_waits_no_more(world, offering, change):
    chat = world.chat()
    [place] = [*chat.invitations.all()]
    if change == "accepted":
        world.ready(world.ana)
        world.offer()
        world.accept(world.ana)
    elif change == "left":
        arrival.leave(chat.id, now=world.clock.tick())
    else:
        overflow.leave_message(chat.id, id=uuid.uuid4(), text="Call me", now=world.clock.tick())
    with leaves_all_alone():
        overflow.offer_message(place.id, now=world.clock.pass_(200))
    assert overflow.due(world.now) == []


def test_the_chat_becomes_a_message_and_keeps_its_place(world, offering):
    chat, id = world.chat(), uuid.uuid4()
    since = chat.invitations.get().waited_since
    with happens(world, chat, "message.left"):
        overflow.leave_message(chat.id, id=id, text="Please call me", now=world.clock.tick())
    row = fresh(chat)
    assert (row.offline, row.state, lines(chat, "public")) == (True, State.WAITING, ["Please call me"])
    place = chat.invitations.get()
    assert (place.state, place.waited_since) == (Invited.WAITING, since)
    with leaves_all_alone():
        overflow.leave_message(chat.id, id=id, text="Please call me", now=world.clock.tick())
    world.ready(world.ana)
    world.offer()
    assert events.desk(fresh(world.ana), world.now).invitations[0].offline


def test_what_was_written_while_waiting_is_message_enough(world):
    chat = world.chat()
    with pytest.raises(Invalid), leaves_all_alone():
        overflow.leave_message(chat.id, id=uuid.uuid4(), now=world.clock.tick())
    world.line(chat, None, "Please call me")
    overflow.leave_message(chat.id, id=uuid.uuid4(), now=world.clock.tick())
    assert (fresh(chat).offline, lines(chat, "public")) == (True, ["Please call me"])


def test_a_line_newer_than_the_moment_of_the_offer_is_in_its_preview(world, offering):
    """An offer carries the moment its sweep began; a line that came while it ran is one that was there."""
    began = world.clock.tick()
    chat = world.chat()
    world.line(chat, None, "Please call me")
    world.ready(world.ana)
    offers.offer_all(began)
    world.line(chat, None, "Too late for the preview")
    (preview,) = events.desk(fresh(world.ana), world.now).invitations
    assert (preview.rang_at, preview.last_line) == (began, "Please call me")


def test_a_ring_goes_on_and_its_preview_says_message(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    with happens(world, chat, "message.left"):
        overflow.leave_message(chat.id, id=uuid.uuid4(), text="Call me", now=world.clock.tick())
    [preview] = events.desk(fresh(world.ana), world.now).invitations
    assert (preview.state, preview.offline, preview.last_line) == ("ringing", True, "Call me")


def test_too_late_an_agent_is_there_or_the_chat_is_over(world):
    chat = world.handled(world.ana)
    with refused("no_longer_available", "Somebody is here for you now."):
        overflow.leave_message(chat.id, id=uuid.uuid4(), text="Call me", now=world.clock.tick())
    arrival.leave(chat.id, now=world.clock.tick())
    with refused("ended"):
        overflow.leave_message(chat.id, id=uuid.uuid4(), text="Call me", now=world.clock.tick())


def test_leaving_takes_the_place_and_the_ring_back_at_once(world, offering, over):
    world.ready(world.ana)
    chat = world.chat(topic="Network")
    wait(world, 61)
    ring = world.ringing_at(world.ana).rings.get()
    arrival.leave(chat.id, now=world.clock.tick())
    ring.refresh_from_db()
    assert (ring.outcome, fresh(world.ana).missed) == (Rang.WITHDRAWN, 0)


# --- words ------------------------------------------------------------------------------------


def test_lines_are_in_the_contacts_language_and_keep_their_words(world):
    chat = world.chat(language="de")
    world.ready(world.ana)
    world.offer()
    world.accept(world.ana)
    ContactTexts.objects.create(queue=world.billing, language="de", texts={"closing": "{agent} sagt Tschüss"})
    world.end(chat, world.ana)
    assert lines(chat, "public") == ["Ana (Billing) ist jetzt da", "Ana sagt Tschüss"]


def test_the_routing_points_language_where_none_is_said(world):
    world.point.language = "de"
    world.point.save()
    assert fresh(world.chat()).language == "de"
    assert fresh(world.chat(language="en")).language == "en"


def test_refusals_of_the_form_are_in_the_contacts_language(world):
    with refused("invalid") as refusal:
        world.chat(topic="Wetter", language="de")
    assert refusal.value.detail["fields"] == {"topic": ["Bitte wählen Sie eine der Antworten."]}


# --- place and estimate -----------------------------------------------------------------------


def test_place_and_estimate_of_many_cost_as_much_as_of_one(world, django_assert_max_num_queries):
    world.ready(world.ana)
    chats = [world.chat(topic=topic) for topic in ("Billing", "Network", "Billing")]
    with django_assert_max_num_queries(12):
        found = waits.waits([chat.id for chat in chats], world.now)
    assert [found[chat.id].position for chat in chats] == [1, 1, 2]
    assert {wait.estimated_wait for wait in found.values()} == {None}
    with django_assert_max_num_queries(9):
        assert waits.estimates([world.billing.id, world.network.id], world.now) == {
            world.billing.id: None,
            world.network.id: None,
        }


def test_the_place_is_right_under_priorities_and_after_a_loss(world):
    """Who was served already comes before new contacts of the same priority, whoever counts more before both."""
    chats = [world.chat() for _ in range(3)]
    Invitation.objects.filter(interaction=chats[2]).update(priority=5)
    Invitation.objects.filter(interaction=chats[1]).update(unserved=False)
    found = waits.waits([chat.id for chat in chats], world.now)
    assert [found[chat.id].position for chat in chats] == [3, 2, 1]


def test_what_is_before_each_is_counted_as_it_is_served(world):
    """Two queues, whatever priorities, ages and states: as if the whole line were read."""
    random, chats = Random(7), [world.chat(topic=topic) for topic in ("Billing", "Network") * 12]
    for chat in chats:
        age = world.now - timedelta(seconds=random.randrange(4))
        state, served = random.choice(["waiting", "waiting", "ringing", "accepted"]), random.random() < 0.8
        place = {"priority": random.randrange(2), "unserved": served, "waited_since": age, "state": state}
        chat.invitations.update(**place)
    line = list(Invitation.objects.filter(state__in=["waiting", "ringing"]).order_by(*LINE))
    assert len(line) > 12
    for asked in (line[:1], line[-1:], line, line[::5]):
        found = waits.before([row.id for row in asked])
        for row in asked:
            ahead = line[: line.index(row)]
            by_state = {one: Counter(each.queue_id for each in ahead if each.state == one) for one in found[row.id]}
            assert found[row.id] == by_state


def test_an_estimate_from_the_last_chats(world):
    for _ in range(5):
        chat = world.handled(world.ana)
        world.clock.pass_(100)
        world.end(chat, world.ana)
        closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    assert waits.estimates([world.billing.id], world.now) == {world.billing.id: 0}
    world.site.capacity = 0
    world.site.save()
    assert waits.estimates([world.billing.id], world.now) == {world.billing.id: None}
