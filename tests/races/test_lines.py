"""Lines against the end of what they are written in."""

import asyncio
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import F

from core.batches import LATER
from core.db import db_call
from interactions import transcript
from interactions.actions import arrival
from interactions.models import Interaction, Lane, Message
from interactions.states import State
from interactions.transcript import batch
from interactions.transcript.judging import Draft
from interactions.transcript.statements import Statements
from tests.races.gate import ROUNDS, codes, is_whole, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(site):
    site.billing.agents.set([site.ana])

    def make():
        site.chat()
        site.offer()
        return site.accept(site.ana)

    return make


def write(site, chat, by, text="Hello", id=None):
    author, now = transcript.Author(chat.id, by and by.id), site.clock.tick()
    return lambda: transcript.append_now(author, lane="public", id=id or uuid.uuid4(), text=text, now=now)


def lines(chat) -> list[tuple]:
    return list(Message.objects.filter(lane__interaction=chat, lane__name="public").values_list("kind", "text"))


def test_no_line_after_the_end(site, served):
    for _ in range(ROUNDS):
        chat, now = served(), site.clock.tick()
        leave = lambda chat=chat, now=now: arrival.leave(chat.id, now=now)  # noqa: E731
        results = together(write(site, chat, None), write(site, chat, site.ana), leave)
        assert set(codes(results)) <= {"", "ended"}
        assert is_whole(chat).state == State.ENDED
        assert lines(chat)[-1] == ("system", "Kim Lee has left the chat")
        written = sum(not isinstance(result, Exception) for result in results[:2])
        assert len([kind for kind, _ in lines(chat) if kind == "text"]) == written


def test_control_a_line_that_looks_at_no_version(site, served, monkeypatch):
    """Judged, then stored whatever has become of the chat: a line comes after the end."""
    chat, now, judged, over = served(), site.clock.tick(), threading.Event(), threading.Event()
    for words in Statements.__args__:
        monkeypatch.setattr(words, "store", _whatever_became(chat, words.store, judged, over))

    def leave() -> None:
        assert judged.wait(60)
        arrival.leave(chat.id, now=now)
        over.set()

    assert codes(together(write(site, chat, site.ana), leave)) == ["", ""]
    assert [kind for kind, _ in lines(chat)][-2:] == ["system", "text"]


def _whatever_became(chat, store, judged, over):
    def stored(self, rows, lanes, *rest):
        judged.set()
        assert over.wait(60)
        now = Interaction.objects.get(pk=chat.pk).version
        return store(self, rows, [lane._replace(version=now) for lane in lanes], *rest)

    return stored


def test_the_same_id_from_four_threads_is_one_line(site, served):
    chat = served()
    for number in range(ROUNDS):
        same = write(site, chat, site.ana, f"line {number}", uuid.uuid4())
        results = together(*[same] * 4)
        assert codes(results) == [""] * 4
        assert len({result.number for result in results}) == 1
    assert [text for kind, text in lines(chat) if kind == "text"] == [f"line {number}" for number in range(ROUNDS)]
    is_whole(chat)


def test_a_chat_that_somebody_holds_does_not_hold_up_the_others(site, served):
    """On PostgreSQL; SQLite has one writer. The lines of the held lane come later, each once and in their order."""
    held, free = served(), served()
    drafts = [_draft(site, held, 1), _draft(site, free, 2), _draft(site, held, 3)]
    taken, done = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as others:
        action = others.submit(_hold, held, taken, done)
        assert taken.wait(5)
        if connection.vendor == "sqlite":
            done.set()
        outcomes = batch.write_all(drafts)
        if connection.vendor == "postgresql":
            assert [outcome is LATER for outcome in outcomes] == [True, False, True]
        done.set()
        action.result()
        batch.write_all([draft for draft, outcome in zip(drafts, outcomes, strict=True) if outcome is LATER])
    assert [text for kind, text in lines(held) if kind == "text"] == ["1", "3"]
    assert [text for kind, text in lines(free) if kind == "text"] == ["2"]
    is_whole(held)


def _draft(site, chat, number):
    author = transcript.Author(chat.id, site.ana.id)
    return Draft(author, "public", uuid.uuid4(), str(number), site.clock.tick())


def _hold(chat, taken, done) -> None:
    try:
        with transaction.atomic():
            Lane.lock(chat)
            taken.set()
            assert done.wait(5)
    finally:
        connection.close()


async def test_the_way_from_the_sockets_writes_all_chats(site, served):
    """Six chats, thirty lines each, actions in between: each line once, none lost, each lane in order."""
    chats = [await db_call(served) for _ in range(6)]

    async def talk(chat, by):
        author, numbers = transcript.Author(chat.id, by and by.id), []
        for number in range(15):
            line = {"lane": "public", "id": uuid.uuid4(), "text": f"{number}", "now": site.clock.tick()}
            numbers.append((await transcript.append(author, **line)).ack.number)
            if number == 7:
                await db_call(lambda: Lane.objects.filter(interaction=chat).update(head=F("head")))
        return numbers

    got = await asyncio.gather(*[talk(chat, by) for chat in chats for by in (site.ana, None)])
    await transcript.drain()
    for numbers in got:
        assert numbers == sorted(numbers)
    for chat in chats:
        assert len([kind for kind, _ in await db_call(lines, chat) if kind == "text"]) == 30
        await db_call(is_whole, chat)
