"""The feed against transactions that commit in another order than they wrote: nothing is read twice or never."""

import threading
import uuid

import pytest
from django.db import connection, transaction

from core import feed
from core.models import Event
from interactions.actions import closing, offering
from interactions.actions.deciding import Decision
from tests.races.gate import ROUNDS, together
from tests.support import NOON

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def write(subject=None, version=1) -> int:
    return Event.objects.create(subject=subject or uuid.uuid4(), version=version, name="test.made", at=NOON).id


def handled(site):
    chat = site.chat()
    offering.ring(chat.invitations.get(), Decision(site.ana.id), now=site.clock.tick())
    return site.accept(site.ana)


def overtaken(look) -> None:
    """An event is written, another is written and committed and looked for, and only then the first is committed.

    SQLite lets nobody write beside another: there the second waits.
    """
    written, read = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            write()
            written.set()
            read.wait(10 if connection.vendor == "postgresql" else 0.1)

    def quick() -> None:
        written.wait(10)
        write()
        look()
        read.set()

    assert together(slow, quick) == [None, None]
    look()


def test_who_reads_by_place_misses_nothing_and_who_reads_by_id_does():
    by_place, by_id = [], []

    def look() -> None:
        by_place.extend(feed.after(by_place[-1].position if by_place else 0, 10))
        by_id.extend(Event.objects.filter(id__gt=max(by_id, default=0)).values_list("id", flat=True))

    overtaken(look)
    assert sorted(row.id for row in by_place) == sorted(Event.objects.values_list("id", flat=True))
    assert len(by_id) == (1 if connection.vendor == "postgresql" else 2)


def test_readers_beside_writers_each_read_all_once_in_the_subjects_order(site):
    """Chats under many hands, three readers, each with a cursor of its own."""
    chats = [handled(site) for _ in range(3)]
    notes = [
        lambda chat=chat, n=n: closing.set_note(chat.id, str(n), by=site.ana, now=site.now)
        for chat in chats
        for n in range(ROUNDS // 4)
    ]
    done = threading.Event()

    def reader() -> list[Event]:
        found = []
        while True:
            last = done.is_set()
            found += feed.after(found[-1].position if found else 0, 7)
            if last and not (found[-1:] and feed.after(found[-1].position, 1)):
                return found

    def writers() -> None:
        together(*notes)
        done.set()

    *read, wrote = together(reader, reader, reader, writers)
    assert wrote is None
    everything = set(Event.objects.values_list("uid", flat=True))
    for found in read:
        assert not isinstance(found, Exception), found
        assert len(found) == len(everything)
        assert {event.uid for event in found} == everything
        for chat in chats:
            versions = [event.version for event in found if event.subject == chat.id]
            assert versions == sorted(versions)


def test_two_who_give_places_give_each_once(site):
    for _ in range(ROUNDS):
        made = [write() for _ in range(5)]
        together(feed.settle, feed.settle)
        places = list(Event.objects.filter(pk__in=made).order_by("id").values_list("position", flat=True))
        assert places == list(range(places[0], places[0] + 5))


def test_places_are_given_some_at_a_time(db):
    made = [write() for _ in range(5)]
    assert [feed.settle(3), feed.settle(3), feed.settle(3)] == [3, 2, 0]
    assert [event.id for event in feed.after(0, 10)] == made
    assert [event.id for event in feed.after(2, 2)] == made[2:4]
