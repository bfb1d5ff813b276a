"""What agents set their chat channel to."""

import uuid

import pytest

from agents.models import ChannelStatus, MenuEntry, Reason, StatusPeriod
from agents.status import Status
from core.models import Event
from interactions import events
from interactions.actions import invitations, status
from interactions.states import Invited, Rang
from tests.interactions.steps import happens, leaves_all_alone, lines, refused
from tests.support import assert_publishes, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunch(db):
    return Reason.objects.create(name="Lunch")


def menu(world) -> list:
    return events.desk(fresh(world.ana), world.now).menu


def choose(world, agent, to, reason=None):
    return status.set_status(agent.id, to, reason_id=reason and reason.id, now=world.clock.tick())


@pytest.mark.parametrize("to", [Status.READY, Status.AFTER_CALL_WORK, Status.DO_NOT_DISTURB, Status.LOGGED_OFF])
def test_each_status_is_told_and_its_time_kept(world, to):
    before = fresh(world.ana).version
    with assert_publishes(world):
        choose(world, world.ana, to)
    agent = fresh(world.ana)
    assert (agent.version, agent.chat().status, agent.chat().since) == (before + 1, to, world.now)
    event = Event.objects.latest("id")
    assert (event.name, event.subject, event.version) == ("agent.status_changed", agent.id, agent.version)
    assert (agent.logged_in_at is None) == (to == Status.LOGGED_OFF)
    closed, opened = agent.periods.order_by("since")
    assert (closed.until, opened.status, opened.since, opened.until) == (world.now, to, world.now, None)


def test_an_unknown_status_is_no_status(world):
    with leaves_all_alone(), pytest.raises(ValueError):
        choose(world, world.ana, "asleep")


def test_not_ready_with_a_reason_and_another(world, lunch):
    with assert_publishes(world):
        choose(world, world.ana, "not_ready", lunch)
    assert fresh(world.ana).chat().reason == lunch
    with assert_publishes(world):
        choose(world, world.ana, "not_ready")
    assert fresh(world.ana).chat().reason is None
    assert world.ana.periods.count() == 3


def test_only_not_ready_takes_a_reason(world, lunch):
    with refused("invalid"):
        choose(world, world.ana, "ready", lunch)


@pytest.mark.parametrize("what", ["unknown", "inactive", "system"])
def test_reasons_nobody_may_choose(world, lunch, what):
    Reason.objects.filter(pk=lunch.pk).update(active=what != "inactive", system=what == "system")
    with refused("not_found"):
        status.set_status(
            world.ana.id, "not_ready", reason_id=uuid.uuid4() if what == "unknown" else lunch.id, now=world.now
        )


def test_the_same_again_goes_on(world):
    world.ready(world.ana)
    since, idle = fresh(world.ana).chat().since, fresh(world.ana).idle_since
    with assert_publishes(world):
        choose(world, world.ana, "ready")
    assert (fresh(world.ana).chat().since, StatusPeriod.objects.filter(agent=world.ana).count()) == (since, 2)
    assert fresh(world.ana).idle_since == idle, "Ready again costs the place among those who are idle"


def test_ready_while_ready_clears_the_missed(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    ring = world.ringing_at(world.ana).rings.get()
    invitations.expire(ring.id, now=world.clock.pass_(30))
    assert (fresh(world.ana).missed, fresh(chat).state) == (1, "waiting")
    choose(world, world.ana, "ready")
    assert fresh(world.ana).missed == 0


def test_the_menu_has_the_reasons_in_the_administrators_order(world, lunch):
    Reason.objects.create(name="Training", position=2)
    Reason.objects.create(name="Break", position=1)
    Reason.objects.create(name="Gone", active=False)
    Reason.of_system(Reason.NOT_RESPONDING)
    assert [choice.label for choice in menu(world)] == [
        "Ready",
        "Not Ready",
        "Not Ready: Lunch",
        "Not Ready: Break",
        "Not Ready: Training",
        "After Call Work",
        "Do Not Disturb",
        "Log Off",
    ]


def entry(status: str, **fields) -> None:
    MenuEntry.objects.filter(status=status).update(**fields)


def test_the_menu_is_the_administrators(world, lunch):
    entry("do_not_disturb", active=False)
    entry("after_call_work", position=1)
    entry("not_ready", active=False)
    offered = [choice.label for choice in menu(world)]
    assert offered == ["After Call Work", "Ready", "Not Ready: Lunch", "Log Off"]


@pytest.mark.parametrize(
    ("to", "words"),
    [("do_not_disturb", "Do Not Disturb is not offered here."), ("not_ready", "Give a reason for Not Ready.")],
)
def test_what_the_menu_does_not_offer_is_refused(world, lunch, to, words):
    entry(to, active=False)
    with refused("not_allowed", words):
        choose(world, world.ana, to)


def test_without_reasons_not_ready_is_offered_whatever_its_entry_says(world):
    entry("not_ready", active=False)
    choose(world, world.ana, "not_ready")
    assert ("not_ready", None) in [(choice.status, choice.reason) for choice in menu(world)]


def test_a_reason_is_chosen_where_not_ready_alone_is_not_offered(world, lunch):
    entry("not_ready", active=False)
    choose(world, world.ana, "not_ready", lunch)
    assert fresh(world.ana).chat().reason == lunch


def test_signing_in_is_not_ready_whatever_the_menu_offers(world, lunch):
    entry("not_ready", active=False)
    choose(world, world.ana, "logged_off")
    assert status.sign_in(world.ana.id, now=world.clock.tick()).chat().status == "not_ready"


# --- signing in -------------------------------------------------------------------------------


def test_signing_in_is_logged_in_not_ready(world):
    choose(world, world.ana, "logged_off")
    with assert_publishes(world):
        status.sign_in(world.ana.id, now=world.clock.tick())
    agent = fresh(world.ana)
    assert (agent.chat().status, agent.logged_in_at) == ("not_ready", world.now)


def test_who_is_logged_in_stays_as_they_were(world):
    world.ready(world.ana)
    with leaves_all_alone():
        status.sign_in(world.ana.id, now=world.clock.tick())


def test_the_first_sign_in_makes_the_channel(world):
    ChannelStatus.objects.filter(agent=world.ana).delete()
    StatusPeriod.objects.filter(agent=world.ana).delete()
    Event.objects.all().delete()
    status.sign_in(world.ana.id, now=world.clock.tick())
    assert fresh(world.ana).chat().status == "not_ready"


# --- logging off ------------------------------------------------------------------------------


def test_log_off_with_chats_open_is_refused_with_their_list(world):
    chat, other = world.handled(world.ana), world.handled(world.ana, name="Lou")
    with refused("interactions_open", "Kim Lee") as refusal:
        choose(world, world.ana, "logged_off")
    assert {row["id"] for row in refusal.value.detail["interactions"]} == {str(chat.id), str(other.id)}
    world.end(chat, world.ana, "close")
    with refused("interactions_open", "Lou"):
        choose(world, world.ana, "logged_off")
    world.end(other, world.ana, "close")
    with assert_publishes(world, chat, other):
        choose(world, world.ana, "logged_off")


def test_a_conference_seat_is_an_open_chat(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    with refused("interactions_open"):
        choose(world, world.bo, "logged_off")
    world.end(chat, world.bo, "leave")
    choose(world, world.bo, "logged_off")


# --- what rings meanwhile ---------------------------------------------------------------------


@pytest.mark.parametrize("to", ["not_ready", "after_call_work", "do_not_disturb", "logged_off"])
def test_a_routed_chat_returns_to_its_place_without_a_miss(world, to):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    invitation = world.ringing_at(world.ana)
    with assert_publishes(world, chat):
        choose(world, world.ana, to)
    assert (fresh(invitation).state, invitation.rings.get().outcome) == (Invited.WAITING, Rang.WITHDRAWN)
    assert (world.ringing_at(world.ana), fresh(world.ana).missed) == (None, 0)
    assert Event.objects.latest("id").name == "invitation.withdrawn"


@pytest.mark.parametrize("to", ["not_ready", "after_call_work", "do_not_disturb"])
def test_a_direct_one_rings_on(world, to):
    chat = world.handled(world.ana)
    world.ready(world.bo)
    invitation = world.invite(chat, world.ana, world.bo)
    with assert_publishes(world, chat):
        choose(world, world.bo, to)
    assert (world.ringing_at(world.bo), fresh(invitation).state) == (invitation, Invited.RINGING)


def test_logging_off_withdraws_all_and_tells_who_asked(world):
    chat = world.handled(world.ana)
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    world.ready(world.bo)
    invitation, routed = world.invite(chat, world.ana, world.bo), world.chat()
    world.offer()
    with assert_publishes(world, chat, routed):
        choose(world, world.bo, "logged_off")
    assert fresh(invitation).state == Invited.REVOKED
    assert routed.invitations.get().state == Invited.WAITING
    assert lines(chat, "internal")[-1] == "Bo logged off, the conference invitation is withdrawn"


def test_what_was_answered_at_the_same_moment_is_left_alone(world, monkeypatch):
    """Rejected between the look and the taking back."""
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    invitation = world.ringing_at(world.ana)
    take_back = invitations.take_back

    def late(id, **kwargs):
        invitations.reject(invitation.id, by=world.ana, now=world.clock.tick())
        take_back(id, **kwargs)

    monkeypatch.setattr(invitations, "take_back", late)
    choose(world, world.ana, "not_ready")
    assert (invitation.rings.get().outcome, fresh(chat).version) == (Rang.REJECTED, fresh(chat).version)


def test_ready_takes_nothing_back(world):
    world.ready(world.ana)
    chat = world.chat()
    world.offer()
    with assert_publishes(world, chat):
        choose(world, world.ana, "ready")
    assert world.ringing_at(world.ana).state == Invited.RINGING


def test_current_work_goes_on_in_not_ready(world):
    chat = world.handled(world.ana)
    choose(world, world.ana, "not_ready")
    assert world.line(chat, world.ana, "Still here").number
    world.ready(world.bo)
    with happens(world, chat, "invitation.ringing"):
        world.invite(chat, world.ana, world.bo)
