"""Workspaces lock by hand and for want of input; what rings there, what waits there, and the way back."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.core.cache import cache

from agents.actions import people
from agents.models import Agent, AgentGroup, DeskSession, Site
from core.models import Event
from interactions.actions import locking, sweep, unattended
from interactions.models import Ring
from tests.interactions.steps import happens, leaves_all_alone, refused
from tests.support import assert_publishes, fresh

pytestmark = pytest.mark.django_db
PASSWORD = "three plain words"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


def desk(world, agent, hours=12) -> DeskSession:
    """The agent at one more browser."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session.set_expiry(world.now + timedelta(hours=hours))
    session.create()
    return locking.sit_down(agent, session.session_key, now=world.now)


def lock(world, agent):
    locking.lock(agent.id, now=world.clock.tick())


def idle(world, seconds, steady=True):
    sweep.sweep(world.clock.pass_(seconds), steady=steady)


def last_event(agent) -> Event:
    return Event.objects.filter(subject=agent.id).latest("id")


def test_by_hand_all_workspaces_lock_and_nobody_is_there(world):
    world.ready(world.ana)
    one, other = desk(world, world.ana), desk(world, world.ana)
    with assert_publishes(world) as posts:
        lock(world, world.ana)
    agent = fresh(world.ana)
    assert fresh(one).locked_at == fresh(other).locked_at == agent.locked_at == world.now
    assert (agent.chat().status, agent.chat().reason.name) == ("not_ready", "Locked")
    told = last_event(agent).data
    assert told.pop("facts")["statuses"] == [
        {"agent": str(agent.id), "channel": "chat", "status": "not_ready", "reason": "Locked"}
    ]
    assert told == {"cause": "by_hand", "everywhere": True}
    assert [post.control for post in posts].count("recheck") == 1
    with leaves_all_alone():
        lock(world, world.ana)


def test_ready_may_stay_by_option(world):
    Site.objects.update(lock_not_ready=False)
    world.ready(world.ana)
    desk(world, world.ana)
    world.chat()
    world.offer()
    lock(world, world.ana)
    assert fresh(world.ana).chat().status == "ready" and world.ringing_at(world.ana)


def test_what_rings_there_goes_on_to_others_without_a_miss(world):
    world.ready(world.ana)
    desk(world, world.ana)
    chat = world.chat()
    world.offer()
    with assert_publishes(world, chat):
        lock(world, world.ana)
    assert (fresh(world.ana).missed, Ring.objects.get().outcome) == (0, "withdrawn")
    world.ready(world.bo)
    world.offer()
    assert world.ringing_at(world.bo)


def test_each_workspace_locks_for_want_of_input_and_the_last_one_says_so(world):
    Site.objects.update(lock_minutes=5)
    world.ready(world.ana)
    one, other = desk(world, world.ana), desk(world, world.ana)
    world.clock.pass_(200)
    locking.touched(other.pk, now=world.now)
    idle(world, 100, steady=False)
    assert not fresh(one).locked_at, "after an outage nobody could tell of their input"
    with assert_publishes(world):
        idle(world, 1)
    assert fresh(one).locked_at and not fresh(other).locked_at and not fresh(world.ana).locked_at
    assert last_event(world.ana).data == {"cause": "inactivity", "everywhere": False}
    assert fresh(world.ana).chat().status == "ready"
    idle(world, 200)
    assert fresh(other).locked_at and fresh(world.ana).locked_at
    assert fresh(world.ana).chat().status == "not_ready"


def test_input_behind_the_lock_opens_nothing(world):
    one = desk(world, world.ana)
    lock(world, world.ana)
    with leaves_all_alone():
        locking.touched(one.pk, now=world.clock.pass_(10))


def test_a_session_that_ran_out_is_nobodys_desk(world):
    desk(world, world.ana, hours=1)
    world.clock.pass_(3601)
    one = desk(world, world.ana)
    locking.lock_idle(one.pk, now=world.now)
    DeskSession.objects.filter(pk=one.pk).update(lock_at=world.now)
    locking.lock_idle(one.pk, now=world.now)
    assert fresh(world.ana).locked_at


def test_the_password_opens_this_workspace_alone(world):
    world.ana.user.set_password(PASSWORD)
    world.ana.user.save()
    world.ready(world.ana)
    one, other = desk(world, world.ana), desk(world, world.ana)
    lock(world, world.ana)
    with refused("wrong_password", "not your password"):
        locking.unlock(world.ana, one.pk, password="guess", now=world.now)
    with assert_publishes(world):
        locking.unlock(world.ana, one.pk, password=PASSWORD, now=world.clock.tick())
    agent = fresh(world.ana)
    assert (fresh(one).locked_at, agent.locked_at) == (None, None) and fresh(other).locked_at
    assert agent.chat().status == "not_ready", "Ready is their own click"
    with leaves_all_alone():
        locking.unlock(world.ana, one.pk, password=PASSWORD, now=world.clock.tick())


def test_ten_wrong_passwords_and_it_waits(world):
    world.ana.user.set_password(PASSWORD)
    one = desk(world, world.ana)
    lock(world, world.ana)
    for _ in range(10):
        with refused("wrong_password"):
            locking.unlock(world.ana, one.pk, password="guess", now=world.now)
    with refused("throttled", "Wait five minutes") as refusal:
        locking.unlock(world.ana, one.pk, password=PASSWORD, now=world.now)
    assert refusal.value.seconds == 300


def test_a_new_sign_in_is_somebody_there(world):
    desk(world, world.ana)
    lock(world, world.ana)
    with assert_publishes(world):
        desk(world, world.ana)
    assert fresh(world.ana).locked_at is None
    assert last_event(world.ana).name == "agent.unlocked"


def test_an_option_that_changes_holds_for_desks_that_are_open(world):
    one = desk(world, world.ana)
    assert one.lock_at is None
    Site.objects.update(lock_minutes=5)
    people.tell(Agent.objects.all())
    assert fresh(one).lock_at == one.input_at + timedelta(minutes=5)


def test_the_agents_word_before_the_groups_before_the_sites(world):
    Site.objects.update(lock_minutes=30)
    assert str(world.ana.option("lock_minutes")) == "30, from the site"
    for name, minutes in {"Never": 0, "Slow": 20, "Quick": 2, "Silent": None}.items():
        AgentGroup.objects.create(name=name, lock_minutes=minutes).agents.add(world.ana)
    assert str(fresh(world.ana).option("lock_minutes")) == "2, from group Quick"
    Agent.objects.update(lock_minutes=0)
    assert str(fresh(world.ana).option("lock_minutes")) == "0, from the agent"


def test_a_red_response_behind_locks_is_written_down_once(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    desk(world, world.ana), desk(world, world.bo)
    world.line(chat, None)
    lock(world, world.ana)
    world.clock.pass_(61)
    assert unattended.due(world.now) == [], "Bo is there"
    lock(world, world.bo)
    with happens(world, chat, "response.unattended"):
        idle(world, 0.01)
    assert Event.objects.latest("id").data == {"agent": str(world.ana.id), "seconds": 61}
    idle(world, 1)
    assert Event.objects.filter(name="response.unattended").count() == 1
    world.line(chat, world.ana)
    world.line(chat, None)
    idle(world, 61)
    assert Event.objects.filter(name="response.unattended").count() == 2
