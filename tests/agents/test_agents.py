"""Who can work: statuses in words, locks, options."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.actions import people
from agents.actions.status import change
from agents.models import Agent, ChannelStatus, Reason, Site, StatusPeriod
from agents.status import CHOOSABLE, LABELS, Status, words
from tests.support import fresh

pytestmark = pytest.mark.django_db


def names(found) -> list[str]:
    return [agent.nickname for agent in found]


def test_ready_and_logged_in(world):
    world.ready(world.bo)
    assert names(Agent.objects.ready()) == ["Bo"]
    ChannelStatus.objects.filter(agent=world.cy).update(status="logged_off")
    ChannelStatus.objects.filter(agent=world.sue).delete()
    assert names(Agent.objects.logged_in()) == ["Ana", "Bo"]
    world.bo.user.is_active = False
    world.bo.user.save()
    assert (names(Agent.objects.ready()), names(Agent.objects.active())) == ([], ["Ana", "Cy", "Sue"])


def test_locking_raises_each_version_once_in_order_of_id(world):
    everybody = list(Agent.objects.order_by("id"))
    locked = Agent.lock([agent.id for agent in reversed(everybody)] + [everybody[0].id])
    assert [agent.id for agent in locked] == [agent.id for agent in everybody]
    assert [agent.version for agent in locked] == [agent.version + 1 for agent in everybody]


def test_locking_nobody_locks_nobody(world):
    assert Agent.lock([]) == []


def test_many_hear_of_a_change_in_as_few_statements_as_three(world):
    """Each version rises once, also of who is found twice; nobody else hears."""
    everybody = [world.ana, world.bo, world.cy]
    found = Agent.objects.filter(queues__in=[world.billing, world.network])
    with CaptureQueriesContext(connection) as few:
        people.tell(found.distinct())
    assert {agent.version for agent in everybody} != {fresh(agent).version for agent in everybody}
    assert [fresh(agent).version for agent in everybody] == [agent.version + 1 for agent in everybody]
    other = world.agent("dee", "Dee Fox", "Sales")
    world.billing.agents.add(*(world.agent(f"p{n}", f"Person {n}", "Billing") for n in range(30)))
    with CaptureQueriesContext(connection) as many:
        people.tell(found.distinct())
    assert len(many) == len(few) and fresh(other).version == other.version
    assert fresh(world.ana).version == world.ana.version + 2


def test_words():
    assert words("ready") == "Ready"
    assert words("not_ready", "Lunch") == "Not Ready: Lunch"
    assert set(LABELS) == set(Status) == set(CHOOSABLE)
    with pytest.raises(ValueError):
        words("asleep")


def test_defaults_hold_without_a_row(db):
    assert (Site.current().capacity, Site.current().pk) == (3, None)
    Site.objects.create(capacity=5)
    assert Site.current().capacity == 5


def test_a_system_reason_is_made_once_and_never_chosen(db):
    first = Reason.of_system(Reason.NOT_RESPONDING)
    assert Reason.of_system(Reason.NOT_RESPONDING) == first
    assert first not in Reason.objects.choosable()


# --- periods ----------------------------------------------------------------------------------


def test_periods_follow_without_gap_or_overlap(world):
    for status in ("ready", "not_ready", "ready", "after_call_work", "logged_off", "not_ready"):
        change(fresh(world.ana), Status(status), None, now=world.clock.pass_(10))
    periods = list(world.ana.periods.order_by("since"))
    assert [period.until for period in periods[:-1]] == [period.since for period in periods[1:]]
    assert periods[-1].until is None


def test_the_same_again_opens_no_period(world):
    change(fresh(world.ana), Status.NOT_READY, None, now=world.clock.pass_(10))
    assert StatusPeriod.objects.filter(agent=world.ana).count() == 1


def test_the_time_of_logging_in_is_kept_until_logging_off(world):
    change(fresh(world.ana), Status.READY, None, now=world.clock.pass_(10))
    logged_in = fresh(world.ana).logged_in_at
    assert logged_in < world.now
    change(fresh(world.ana), Status.LOGGED_OFF, None, now=world.clock.pass_(10))
    assert fresh(world.ana).logged_in_at is None
    change(fresh(world.ana), Status.NOT_READY, None, now=world.clock.pass_(10))
    assert fresh(world.ana).logged_in_at == world.now


def test_becoming_ready_starts_the_idle_time(world):
    change(fresh(world.ana), Status.READY, None, now=world.clock.pass_(10))
    assert fresh(world.ana).idle_since == world.now
