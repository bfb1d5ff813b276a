"""What runs beside the sweep: one look finds out what is due, of all kinds; pieces go on, and survive failures."""

import asyncio
import threading
import uuid
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from core import feed
from core.models import Event
from interactions import beside
from interactions.actions import mail
from interactions.beside import Side, Work
from interactions.models import Contact
from reporting import counting
from tests.brings import Brings
from tests.support import loaded, party
from webhooks import actions
from webhooks.models import Delivery, Webhook

BRINGS = Brings()
due = BRINGS.due


def opened(world) -> set[str]:
    return beside.gate().open(world.now)


def quiet(world) -> None:
    """All that has happened so far is counted; a webhook has read it."""
    while counting.catch_up(world.now):
        pass
    boss = User.objects.create(username="boss", is_staff=True)
    hook = Webhook(name="Warehouse", url="https://hooks.example.com/", events=["*"], owner=boss)
    actions.subscribe(hook, now=world.now)
    happens(world)
    counting.catch_up(world.now)
    actions.read_on(hook, now=world.now)
    Delivery.objects.update(state="sent", next_at=None)


def happens(world) -> None:
    Event.objects.create(subject=uuid.uuid4(), version=1, name="interaction.ended", actor="system", at=world.now)


@pytest.mark.parametrize(("kind", "bring"), BRINGS)
def test_each_kind_of_work_opens_the_gate(world, kind, bring):
    quiet(world)
    assert kind not in opened(world)
    bring(world)
    assert kind in opened(world)


def test_none_is_forgotten_above():
    assert BRINGS.kinds == set(beside.WORK)


def test_where_nothing_is_due_a_look_is_one_query(world):
    quiet(world)
    gate = beside.gate()
    gate.open(world.now)  # writes the statement
    with CaptureQueriesContext(connection) as seen:
        assert gate.open(world.now) == set()
    assert len(seen) == 1


@due("counting")
def something_happens(world):
    happens(world)


@due("counting")
def somebody_else_gave_it_its_place(world):
    happens(world)
    feed.settle()


@due("mail")
def mail_is_written(world):
    chat = loaded(world.handled(world.ana, email="kim@example.com"))
    Contact.objects.filter(pk=chat.contact_id).update(email="kim@example.com")
    about = {"id": uuid.uuid4(), "subject": "Hello", "text": "Hello"}
    mail.write(chat.id, party(chat, None).id, **about, by=world.ana, now=world.now)


@due("webhooks")
def something_is_to_be_told(world):
    happens(world)


@due("webhooks")
def something_has_its_place(world):
    happens(world)
    feed.settle()


@due("webhooks")
def a_delivery_comes_again(world):
    Delivery.objects.update(state="queued", next_at=world.now)


@due("webhooks")
def its_owner_leaves(world):
    User.objects.filter(username="boss").update(is_active=False)


@due("webhooks")
def its_owner_no_longer_sees_events(world):
    User.objects.filter(username="boss").update(is_staff=False)


@due("webhooks")
def its_owner_is_to_be_told(world):
    Webhook.objects.update(active=False, notice_at=world.now)


# --- pieces -----------------------------------------------------------------------------------


@pytest.fixture
def side(monkeypatch):
    """side(pieces): an engine's side with this one kind of work, which is always due."""
    monkeypatch.setattr(beside, "db_call", asyncio.to_thread)
    monkeypatch.setattr(beside, "REST", 0.01)
    monkeypatch.setattr(beside.Gate, "open", lambda gate, now: set(gate.kinds))

    def start(piece) -> Side:
        monkeypatch.setattr(beside, "WORK", {"work": Work(piece, lambda now: [])})
        return Side()

    return start


async def test_work_goes_on_while_there_is_more_and_survives_its_failures(side, caplog):
    answers, done = iter([True, True, OperationalError("away"), False]), asyncio.Event()
    loop = asyncio.get_running_loop()

    def piece(now):
        found = next(answers, None)
        if found is None:
            loop.call_soon_threadsafe(done.set)
        elif isinstance(found, Exception):
            raise found
        return bool(found)

    started = side(piece)
    await asyncio.wait_for(done.wait(), 60)
    assert "piece failed" in caplog.text
    await started.stop(5)
    assert all(task.done() for task in asyncio.all_tasks() - {asyncio.current_task()})


async def test_a_look_that_fails_is_no_end(side, monkeypatch, caplog):
    looks, done = iter([OperationalError("away")]), asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(gate, now):
        for error in looks:
            raise error
        return set(gate.kinds)

    monkeypatch.setattr(beside.Gate, "open", look)
    started = side(lambda now: bool(loop.call_soon_threadsafe(done.set)))
    await asyncio.wait_for(done.wait(), 60)
    assert "not to be found out" in caplog.text
    await started.stop(5)


async def test_one_kind_never_runs_twice_at_once(side, monkeypatch):
    """The first piece goes on until it was due five times more."""
    looks, begun, enough = count(), [], threading.Event()

    def look(gate, now):
        if next(looks) == 5:
            enough.set()
        return set(gate.kinds)

    monkeypatch.setattr(beside.Gate, "open", look)
    started = side(lambda now: bool(begun.append(enough.is_set()) or not enough.wait(30)))
    assert await asyncio.to_thread(enough.wait, 30)
    await started.stop(5)
    assert begun.count(False) == 1
