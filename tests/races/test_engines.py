"""Several engines at once: each deadline fires once, whoever finds it first."""

from collections import Counter

import pytest

from core.models import Event
from interactions.actions.sweep import sweep
from interactions.models import Interaction, RoutingDecision
from tests.races.gate import together, without_guard

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ENGINES = 4
ONCE = {
    "invitation.expired": 1,
    "party.away": 2,
    "party.lost": 1,
    "contact.gone": 1,
    "contact.warned": 1,
    "segment.unclosed": 2,
    "segment.closed": 1,
}


@pytest.fixture
def due(site):
    """One deadline of each kind, all due at the moment that it returns."""

    def served(agent):
        site.billing.agents.set([agent])
        chat = site.chat()
        site.offer()
        site.present(chat)
        return site.accept(agent)

    helped = site.conferenced(served(site.ana), site.ana, site.cy)
    site.end(helped, site.cy, "leave")
    site.end(served(site.cy), site.cy, "close")
    site.line(served(site.ana), site.ana, "Are you there?")
    gone, lost = served(site.ana), served(site.bo)
    site.absent(gone)
    site.absent(lost.owner.agent)
    site.billing.agents.set([site.cy])
    site.present(site.chat())
    site.offer()
    Event.objects.all().delete()
    return site.clock.pass_(1801)


def at_once(now) -> Counter:
    together(*[lambda: sweep(now, steady=True)] * ENGINES)
    return Counter(Event.objects.values_list("name", flat=True))


def test_each_deadline_fires_once(due, caplog):
    seen = at_once(due)
    assert {name: seen[name] for name in ONCE} == ONCE
    assert caplog.text == ""


def test_control_without_the_lock_they_fire_twice(due, monkeypatch, caplog):
    with without_guard(monkeypatch, Interaction, count=ENGINES):
        seen = at_once(due)
    assert caplog.text or any(seen[name] > count for name, count in ONCE.items())


def test_why_a_chat_waits_is_said_once(site):
    site.billing.agents.set([])
    site.chat()
    at_once(site.clock.tick())
    assert RoutingDecision.objects.count() == 1
