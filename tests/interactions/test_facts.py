"""The journal says what each action changed, so that reports need nothing else."""

import uuid
from datetime import timedelta

import pytest

from core.models import Event
from interactions.actions import arrival, closing, invitations, outcomes, presence
from interactions.models import DispositionCode, DispositionRule, DispositionSet, Interaction, Party
from interactions.replies import Reply, replies
from tests.support import NOON, party

pytestmark = pytest.mark.django_db


def last(subject) -> dict:
    return Event.objects.filter(subject=subject.id).latest("version").data["facts"]


def test_a_chat_comes_with_its_address_its_queue_and_its_place_in_line(world):
    told = last(chat := world.chat())
    assert told["came"] == {"point": str(world.point.id), "queue": str(world.billing.id), "offline": False}
    (place,) = told["invited"]
    assert (place["kind"], place["type"], place["queue"]) == ("route", "queue", str(world.billing.id))
    assert place["by"] is None
    assert set(told) == {"came", "invited"}
    assert chat.invitations.get().id == uuid.UUID(place["invitation"])


def test_an_accept_ends_the_wait_seats_the_agent_and_makes_the_owner(world):
    told = last(chat := world.handled(world.ana))
    mine = str(party(chat, world.ana).id)
    (answer,) = told["answered"]
    assert (answer["state"], answer["through"]) == ("accepted", str(world.billing.id))
    assert told["joined"] == [{"party": mine, "agent": str(world.ana.id), "kind": "agent", "by": None}]
    assert told["owner"] == mine


def test_leaving_tells_the_cause_and_how_fast_the_agent_answered(world):
    chat = world.handled(world.ana)
    joined = party(chat, world.ana).joined_at
    world.clock.now = joined + timedelta(seconds=5) - timedelta(seconds=0.01)
    world.line(chat, None, "first")
    world.clock.pass_(3)
    world.line(chat, None, "and more")
    world.clock.pass_(4)
    world.line(chat, world.ana, "hello")
    world.line(chat, world.ana, "no answer, only more of it")
    world.end(chat, world.ana, "close")
    told = last(chat)
    (gone,) = told["left"]
    assert (gone["cause"], gone["queue"], gone["first"]) == ("end", str(world.billing.id), 12_020)
    assert (gone["replies"], gone["reply_time"]) == (1, 7_020)
    assert (told["cause"], told["owner"]) == ("end", "")


def test_a_pass_tells_who_went_and_who_owns_the_chat_now(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    world.end(chat, world.ana, "pass")
    told = last(chat)
    assert [gone["party"] for gone in told["left"]] == [str(party(chat, world.ana).id)]
    assert told["owner"] == str(party(chat, world.bo).id)
    assert "cause" not in told


def test_requests_to_colleagues_are_told_from_the_question_to_the_answer(world):
    chat = world.handled(world.ana)
    world.ready(world.bo)
    asked = world.invite(chat, world.ana, world.bo)
    (invited,) = last(chat)["invited"]
    assert invited == {
        "invitation": str(asked.id),
        "kind": "conference",
        "type": "agent",
        "target": str(world.bo.id),
        "by": str(party(chat, world.ana).id),
    }
    invitations.reject(asked.id, by=world.bo, now=world.clock.tick())
    assert last(chat)["answered"] == [{"invitation": str(asked.id), "state": "rejected"}]


def test_a_refused_ring_of_a_pool_ends_nothing(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    invitations.reject(world.ringing_at(world.ana).id, by=world.ana, now=world.clock.tick())
    assert "facts" not in Event.objects.filter(subject=chat.id).latest("version").data


def test_mark_done_tells_the_outcome_in_words(world):
    codes = DispositionSet.objects.create(name="Outcomes")
    code = DispositionCode.objects.create(set=codes, name="Resolved")
    DispositionRule.objects.create(queue=world.billing, set=codes, required=True)
    chat = world.handled(world.ana)
    world.end(chat, world.ana, "close")
    outcomes.set_disposition(chat.id, [code.id], by=world.ana, now=world.clock.tick())
    closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    mine = str(party(chat, world.ana).id)
    assert last(chat)["done"] == [{"party": mine, "codes": ["Resolved"], "by_system": False}]


def test_a_status_is_told_by_whichever_action_changed_it(world):
    world.ready(world.ana)
    (chosen,) = last(world.ana)["statuses"]
    assert (chosen["agent"], chosen["status"], chosen["reason"]) == (str(world.ana.id), "ready", "")
    chat = world.chat()
    for _ in range(world.site.missed_limit):
        world.clock.pass_(31)
        world.offer()
        ring = world.ringing_at(world.ana).rings.get(outcome="")
        invitations.expire(ring.id, now=world.clock.pass_(30))
    (missed,) = last(chat)["statuses"]
    assert (missed["status"], missed["reason"]) == ("not_ready", "Not responding")


def test_a_lost_chat_waits_again(world):
    chat = world.handled(world.ana)
    world.absent(world.ana)
    mine = party(chat, world.ana)
    presence.went_away(mine.id, since=world.now, now=world.clock.tick())
    presence.agent_lost(mine.id, now=world.clock.pass_(60))
    told = last(chat)
    assert ([gone["cause"] for gone in told["left"]], told["owner"]) == (["lost"], "")
    assert [row["kind"] for row in told["invited"]] == ["route"]
    arrival.leave(chat.id, now=world.clock.tick())
    assert last(chat)["cause"] == "left"
    assert last(chat)["answered"][0]["state"] == "revoked"


def test_a_second_action_at_the_same_time_tells_the_same_rows(world):
    chat = world.handled(world.ana)
    now = world.clock.tick()
    closing.set_note(chat.id, "one", by=world.ana, now=now)
    assert "facts" not in Event.objects.filter(subject=chat.id).latest("version").data
    contact = Party.objects.get(interaction=chat, kind=Party.CONTACT)
    presence.went_away(contact.id, since=now, now=party(chat, world.ana).joined_at)
    assert last(chat)["joined"][0]["party"] == str(party(chat, world.ana).id)
    assert "owner" not in last(Interaction.objects.get(pk=chat.pk))


CONTACT, ANA, BO = (uuid.uuid4() for _ in range(3))


def at(seconds: float):
    return NOON + timedelta(seconds=seconds)


def test_time_in_the_queue_is_no_time_to_answer():
    found = replies([(CONTACT, at(0)), (ANA, at(62))], CONTACT, {ANA: at(60)})
    assert found == {ANA: Reply(first=2000, count=1, time=2000)}


def test_whoever_answers_first_has_answered():
    lines = [(ANA, at(1)), (CONTACT, at(10)), (BO, at(12)), (ANA, at(20)), (CONTACT, at(30)), (ANA, at(31))]
    found = replies(lines, CONTACT, {ANA: at(0), BO: at(11)})
    assert found == {ANA: Reply(1000, 1, 1000), BO: Reply(1000, 1, 1000)}


def test_who_wrote_nothing_answered_nothing():
    assert replies([(CONTACT, at(1)), (ANA, at(2))], CONTACT, {BO: at(0)}) == {BO: Reply()}
