"""Several engines and one address: what it gets keeps the order of the feed."""

import json
import threading
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection

from core.models import Event
from webhooks import actions, courier, outbound
from webhooks.models import Webhook

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hook(world):
    boss = User.objects.create(username="boss", is_staff=True, is_superuser=True)
    made = Webhook(name="Listener", url="https://hooks.example.com/", events=["test.*"], owner=boss)
    actions.subscribe(made, now=world.now)
    return made


def arrived(world, monkeypatch) -> list[int]:
    """Four lines of one chat; while the first is on its way, another engine does a round from beginning to end."""
    subject, order = uuid.uuid4(), []
    for n in range(4):
        Event.objects.create(
            subject=subject, version=n + 1, name="test.line", actor="x", at=world.clock.tick(), data={}
        )
    now, first = world.clock.tick(), threading.Lock()

    def post(url, body, headers):
        if first.acquire(blocking=False):
            other = threading.Thread(target=another_engine, args=(now,))
            other.start()
            other.join()
        order.append(json.loads(body)["data"]["version"])

    monkeypatch.setattr(courier, "PER_ROUND", 1)
    monkeypatch.setattr(outbound, "post", post)
    while courier.deliver(now):
        pass
    return order


def another_engine(now) -> None:
    try:
        while courier.deliver(now):
            pass
    finally:
        connection.close()


def test_the_order_is_kept_however_many_engines_send(world, hook, monkeypatch):
    assert arrived(world, monkeypatch) == [1, 2, 3, 4]
    assert Webhook.objects.get().claimed_until is None


def test_control_without_the_claim_another_engine_overtakes(world, hook, monkeypatch):
    monkeypatch.setattr(Webhook, "claim", lambda self, now: True)
    assert arrived(world, monkeypatch) == [2, 3, 4, 1]


def test_what_an_engine_leaves_behind_is_taken_over(world, hook):
    """One that dies between the claim and the mark holds up the address for the claim's time, and not for ever."""
    assert hook.claim(world.now) and not Webhook.objects.get().claim(world.now)
    later = world.clock.pass_(301)
    taken = Webhook.objects.get()
    assert taken.claim(later)
    hook.release()
    assert Webhook.objects.get().claimed_until == taken.claimed_until, "what ran out ends no other's claim"
