"""What is older than a site keeps goes whole, in small steps; figures stay, and so does all that is still needed."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Event
from interactions.actions import arrival, closing, mail, retention
from interactions.management.commands import retention as command
from interactions.models import Contact, InstantMessage, Interaction, OutgoingMail
from interactions.states import Mailed
from reporting import checking, counting
from tests.interactions.steps import rows
from tests.scenes import scene
from tests.support import CANARY, fresh, party

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
@scene
def chat(world):
    """Over and done: with a conference, a consultation, lines, a note and a mail, each with words of somebody."""
    chat = world.handled(world.ana, name=f"Kim {CANARY}", email=f"{CANARY}@example.com", message="")
    world.conferenced(chat, world.ana, world.bo)
    world.consulted(chat, world.ana, world.cy, note=CANARY)
    world.line(chat, None, CANARY)
    world.line(chat, world.ana, CANARY)
    to = party(chat, world.bo)
    about = {"id": uuid.uuid4(), "subject": CANARY, "text": CANARY, "by": world.ana}
    sent = mail.write(chat.id, to.id, **about, now=world.clock.tick())
    mail.not_sent(sent.id, sent.attempts, f"550 <{CANARY}@example.com>", for_good=True, now=world.clock.tick())
    world.im(world.ana, world.bo, "About this chat", about=chat)
    finish(world, chat, world.ana, world.bo, world.cy)
    return fresh(chat)


def finish(world, chat, *agents) -> None:
    arrival.leave(chat.id, now=world.clock.tick())
    for agent in agents:
        closing.mark_done(chat.id, by=agent, now=world.clock.tick())


def erase(world, days: float = 0, **kwargs) -> int:
    return retention.erase(world.now - days * DAY, now=world.clock.tick(), **kwargs)


def of_interactions() -> dict:
    """How many rows there are of what belongs to chats."""
    kept = ("Agent", "Disposition", "Favourite", "Inbox", "Conversation", "Instant", "Call")
    models = apps.get_app_config("interactions").get_models(include_auto_created=True)
    return {model.__name__: model.objects.count() for model in models if not model.__name__.startswith(kept)}


def test_a_chat_goes_with_every_word_in_it(world, chat):
    counting.catch_up_now()
    told, journal = counted(), Event.objects.count()
    assert any(CANARY in row for table in rows().values() for row in table)
    world.clock.pass_(3 * 86_400)
    assert erase(world, days=2) == 1
    assert {name: count for name, count in of_interactions().items() if count} == {}
    assert [row for table in rows().values() for row in table if CANARY in row] == []
    erased = Event.objects.get(name="interaction.erased")
    assert (erased.subject, erased.version, Event.objects.count()) == (chat.id, chat.version + 1, journal + 1)
    assert InstantMessage.objects.get().interaction is None
    counting.catch_up_now()
    assert counted() == told and list(checking.differences()) == [] and counting.behind() == 0
    assert erase(world) == 0


def counted() -> dict:
    models = apps.get_app_config("reporting").get_models()
    return {
        model.__name__: sorted(map(repr, model.objects.values())) for model in models if model.__name__ != "Progress"
    }


def test_what_is_younger_or_still_needed_stays(world, chat):
    world.absent(world.ana)
    world.absent(world.bo)
    alive = world.handled(world.cy, topic="Network")
    undone = world.handled(world.ana)
    arrival.leave(undone.id, now=world.clock.tick())
    world.clock.pass_(2 * 86_400)
    OutgoingMail.objects.update(state=Mailed.QUEUED, next_at=world.now)
    assert erase(world, days=1) == 0
    OutgoingMail.objects.update(state=Mailed.FAILED, next_at=None)
    assert erase(world, days=3) == 0
    assert erase(world, days=1) == 1
    assert set(Interaction.objects.values_list("pk", flat=True)) == {alive.id, undone.id}


def test_a_contact_who_came_back_stays_with_their_later_chat(world, chat):
    world.clock.pass_(2 * 86_400)
    again, _ = arrival.start(
        "website", client_id=str(uuid.uuid4()), name="", answers={}, previous=chat, now=world.clock.tick()
    )
    assert fresh(again).previous == chat
    assert erase(world, days=1) == 1
    assert fresh(again).previous is None and fresh(again).contact == chat.contact
    assert Contact.objects.count() == 1


def test_the_oldest_go_first_and_never_more_than_asked(world):
    chats = [world.chat() for _ in range(3)]
    for one in chats:
        arrival.leave(one.id, now=world.clock.tick())
    world.clock.pass_(86_400)
    assert erase(world, limit=2) == 2
    assert Interaction.objects.get() == chats[2]


def test_a_step_costs_the_same_whatever_the_chats_hold(world):
    costs = []
    for lines in (1, 40):
        one = world.chat()
        for _ in range(lines):
            world.line(one, None, "More")
        arrival.leave(one.id, now=world.clock.tick())
        world.clock.pass_(86_400)
        with CaptureQueriesContext(connection) as seen:
            assert erase(world) == 1
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_the_command_erases_step_by_step(world, chat, monkeypatch, capsys):
    other = world.chat()
    arrival.leave(other.id, now=world.clock.tick())
    monkeypatch.setattr(command, "now", lambda: world.now + 8 * DAY)
    call_command("retention", days=7, dry_run=True)
    assert "2 chats would be erased" in capsys.readouterr().out and Interaction.objects.count() == 2
    call_command("retention", days=7, batch=1, pause=0)
    assert "2 chats erased" in capsys.readouterr().out and not Interaction.objects.exists()


def test_the_command_leaves_half_of_the_time_to_everybody_else(monkeypatch, capsys):
    """However long a step takes; `clock` goes on while one is taken, and while nobody works."""
    clock, erased, slept = [0.0], [5, 5, 3, 0], []

    def work(before, *, limit, now) -> int:
        clock[0] += 2.0 if len(erased) == 4 else 0.01
        return erased.pop(0)

    def rest(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(retention, "erase", work)
    monkeypatch.setattr(command, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=rest))
    call_command("retention", days=7, batch=5, pause=0.1)
    assert "13 chats erased" in capsys.readouterr().out
    assert slept == [2.0, 0.1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": 0},
        {"days": 10**12},
        {"days": 7, "batch": 0},
        {"days": 7, "pause": -1},
        {"days": 7, "pause": float("nan")},
    ],
)
def test_the_command_says_what_it_takes(db, wrong):
    with pytest.raises(CommandError, match="at least 1"):
        call_command("retention", **{"days": 7} | wrong)
