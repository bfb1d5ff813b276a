"""Delivered and seen: told by who may read the lane, to who reads it; they only rise, and the heads add them up."""

import re
import threading

import msgspec
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from interactions import frames, heads, marks
from interactions.actions import arrival, conference
from interactions.events import snapshot, snapshot_for_contact
from interactions.models import Reader
from interactions.transcript import Author
from tests.scenes import scene
from tests.support import assert_publishes, fresh, party, reached
from tests.test_realtime import until

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def chat(world):
    """Ana handles, Bo is in the conference."""
    return world.conferenced(world.handled(world.ana), world.ana, world.bo)


def reader(chat, agent, lane="public") -> Reader:
    return Reader.objects.get(party=party(chat, agent), lane__name=lane)


def held(chat, agent, lane="public") -> tuple[int, int]:
    row = reader(chat, agent, lane)
    return row.delivered, row.seen


def told(posts) -> list[tuple]:
    decoded = [msgspec.json.decode(post.frame, type=frames.Seen | frames.Delivered) for post in posts]
    return [(type(frame).__name__, frame.lane, frame.number) for frame in decoded]


def test_marks_only_rise_and_stay_within_the_lane(world, chat):
    head = world.line(chat, None, "Hello").number
    with assert_publishes(world, chat) as posts:
        reached(chat, world.ana, delivered=head)
        reached(chat, world.ana, delivered=head - 1, seen=head - 1)
        reached(chat, world.ana, seen=10_000)
        reached(chat, world.ana, delivered=10_000, seen=1)
    assert held(chat, world.ana) == (head, head)
    assert told(posts) == [("Delivered", "public", head), ("Seen", "public", head - 1), ("Seen", "public", head)]
    assert all(set(post.groups) == {world.ana.holder, world.bo.holder, chat.holder} for post in posts)


def test_who_has_seen_a_line_has_received_it(world, chat):
    head = world.line(chat, None, "Hello").number
    with assert_publishes(world, chat) as posts:
        reached(chat, world.bo, seen=head)
    assert held(chat, world.bo) == (head, head)
    assert told(posts) == [("Seen", "public", head)]


def test_several_parties_are_marked_in_one_transaction(world, chat, django_assert_max_num_queries):
    head = world.line(chat, None, "Hello").number
    authors = [Author(chat.id, world.ana.id), Author(chat.id, world.bo.id), Author(chat.id)]
    batch = {(author, "public"): marks.Reached(delivered=head) for author in authors}
    with assert_publishes(world, chat), django_assert_max_num_queries(6):
        assert marks.mark(batch) == {}
    assert {held(chat, agent)[0] for agent in (world.ana, world.bo, None)} == {head}


def test_what_is_known_costs_one_look(world, chat, django_assert_num_queries):
    reached(chat, world.ana, seen=1)
    with assert_publishes(world, chat) as posts, django_assert_num_queries(1):
        reached(chat, world.ana, delivered=1, seen=1)
    assert posts == []


def test_batches_of_all_sizes_are_few_statements(world, chat):
    """A statement for each size would be put into words, and planned, anew each time."""
    chats = [world.chat(name=f"Guest {n}") for n in range(7)]
    said: set[str] = set()
    for size in range(1, 8):
        for one in chats[:size]:
            world.line(one, None, "Hello")
        batch = {(Author(one.id), "public"): marks.Reached(delivered=size) for one in chats[:size]}
        with CaptureQueriesContext(connection) as asked:
            assert marks.mark(batch) == {}
        said |= {shape(query["sql"]) for query in asked if "reader" in query["sql"]}
    assert len(said) <= 9, "of two questions one for 1, 2, 4 and 8 each, and one update"


def shape(sql: str) -> str:
    """Without the values, and without how often it was done."""
    return re.sub(r"'[^']*'(::uuid)?|\b\d+\b", "?", re.sub(r"^\d+ times: ", "", sql))


def test_internal_marks_stay_among_agents(world, chat):
    number = world.line(chat, world.ana, "words", lane="internal").number
    before = heads.of_contacts({chat.id})
    with assert_publishes(world, chat) as posts:
        reached(chat, world.bo, lane="internal", delivered=number)
        reached(chat, world.bo, lane="internal", seen=number)
        reached(chat, None, lane="internal", delivered=number, seen=number)
    assert all(set(post.groups) == {world.ana.holder, world.bo.holder} for post in posts) and len(posts) == 2
    assert heads.of_contacts({chat.id}) == before


@pytest.mark.parametrize("lane", ["public", "internal", "invented"])
def test_who_is_no_party_marks_nothing(world, chat, lane):
    before = list(Reader.objects.order_by("id").values())
    with assert_publishes(world, chat) as posts:
        reached(chat, world.cy, lane=lane, delivered=3, seen=3)
    assert (posts, list(Reader.objects.order_by("id").values())) == ([], before)


def test_who_left_marks_up_to_there(world, chat):
    world.end(chat, world.bo, "leave")
    head = reader(chat, world.bo).until
    world.line(chat, None, "After Bo")
    with assert_publishes(world, chat):
        reached(chat, world.bo, delivered=head + 1, seen=head + 1)
    assert held(chat, world.bo) == (head, head)


def sums(view: frames.InteractionView) -> dict[str, int]:
    """What a client adds up of what it holds."""
    lanes = [lane.lane for lane in view.lanes]
    return {
        lane: sum(party.seen.get(lane, 0) + party.delivered.get(lane, 0) for party in view.parties) for lane in lanes
    }


def test_the_contacts_page_hears_of_marks_after_the_end(world, chat):
    """Its picture of who has seen what stays right when agents read on."""
    head = world.line(chat, None, "Hello").number
    arrival.leave(chat.id, now=world.clock.tick())
    with assert_publishes(world, chat) as posts:
        reached(chat, world.ana, seen=head)
    assert [set(post.groups) for post in posts] == [{world.ana.holder, chat.holder}]


def test_the_heads_add_up_what_the_snapshots_hold(world, chat):
    head = world.line(chat, None, "Hello").number
    world.line(chat, world.bo, "words", lane="internal")
    reached(chat, world.ana, seen=head)
    reached(chat, world.ana, lane="internal", delivered=1)
    reached(chat, None, delivered=head - 1, seen=1)
    world.end(chat, world.bo, "leave")
    reached(chat, world.bo, seen=2)
    for agent in (world.ana, world.bo):
        view = snapshot(fresh(chat), agent)
        assert heads.of_agents({agent.id})[agent.id].interactions[chat.id].marks == sums(view), agent
    contact = snapshot_for_contact(fresh(chat))
    assert heads.of_contacts({chat.id})[chat.id].heads.marks == sum(a.seen + a.delivered for a in contact.agents) > 0


def adds_up(chat, *agents) -> bool:
    """What a beat says of the marks is what each of these desks holds."""
    held = {agent.id: sums(snapshot(fresh(chat), agent)) for agent in agents}
    beats = heads.of_agents(set(held))
    return held == {id: beats[id].interactions[chat.id].marks for id in held}


def test_how_far_a_consultant_reads_along_is_nobody_elses_business(world, chat):
    head = world.line(chat, None, "Hello").number
    world.consulted(chat, world.ana, world.cy)
    before = heads.of_contacts({chat.id}), [snapshot(fresh(chat), agent) for agent in (world.ana, world.bo)]
    contact = snapshot_for_contact(fresh(chat))
    with assert_publishes(world, chat) as posts:
        reached(chat, world.cy, delivered=head)
        reached(chat, world.cy, seen=head)
    assert held(chat, world.cy) == (head, head)
    assert [post.groups for post in posts] == [(world.cy.holder,)] * 2
    assert snapshot_for_contact(fresh(chat)) == contact
    assert before == (heads.of_contacts({chat.id}), [snapshot(fresh(chat), agent) for agent in (world.ana, world.bo)])
    assert adds_up(chat, world.ana, world.bo, world.cy)


def test_the_two_of_a_consultation_see_how_far_the_other_is(world, chat):
    lane = str(world.consulted(chat, world.ana, world.cy).id)
    number = world.line(chat, world.ana, "words", lane=lane).number
    with assert_publishes(world, chat) as posts:
        reached(chat, world.cy, lane=lane, seen=number)
        reached(chat, world.bo, lane=lane, seen=number)
    assert [set(post.groups) for post in posts] == [{world.ana.holder, world.cy.holder}]
    assert adds_up(chat, world.ana, world.bo, world.cy)


def test_marks_add_up_after_a_consultation_too(world, chat):
    made = world.consulted(chat, world.ana, world.cy)
    reached(chat, world.cy, seen=2)
    reached(chat, world.cy, lane=str(made.id), seen=1)
    conference.invite_consultant(chat.id, made.id, by=world.ana, now=world.clock.tick())
    world.accept(world.cy)
    with assert_publishes(world, chat):
        reached(chat, world.cy, seen=1)
        reached(chat, world.ana, lane=str(made.id), seen=2)
    assert adds_up(chat, world.ana, world.bo, world.cy)


@pytest.mark.django_db(transaction=True)
def test_marks_wait_for_no_row(world, chat):
    """A row that an action holds is left for the next time; SQLite has one writer and holds no rows."""
    key, left = (Author(chat.id, world.ana.id), "public"), []

    def tell() -> None:
        left.append(marks.mark({key: marks.Reached(seen=1)}))
        connection.close()

    other = threading.Thread(target=tell)
    with transaction.atomic():
        Reader.objects.filter(pk=reader(chat, world.ana).pk).update(start=1)
        other.start()
        other.join(0.5)
    other.join()
    assert left == [{key: marks.Reached(seen=1)} if connection.vendor == "postgresql" else {}]
    assert marks.mark(left[0]) == {}
    assert held(chat, world.ana) == (1, 1)


# --- gathering --------------------------------------------------------------------------------


@pytest.fixture
def written(monkeypatch):
    """What would be written, batch by batch; `failures` batches fail first."""
    batches, failures = [], []

    async def db_call(_, told):
        batches.append(dict(told))
        if failures:
            raise failures.pop()
        return {}

    monkeypatch.setattr(marks, "db_call", db_call)
    monkeypatch.setattr(marks, "EVERY", 0.01)
    monkeypatch.setattr(marks, "AGAIN", 0.01)
    return batches, failures


async def test_what_is_told_meanwhile_is_written_together(written):
    batches, _ = written
    gathering, kim, ana = marks.Gathering(), Author(1), Author(1, 2)
    for number in (1, 3, 2):
        gathering.tell(kim, "public", marks.Reached(delivered=number))
    gathering.tell(kim, "public", marks.Reached(seen=2))
    gathering.tell(ana, "public", marks.Reached(seen=5))
    await gathering._task
    assert batches == [{(kim, "public"): marks.Reached(3, 2), (ana, "public"): marks.Reached(5, 5)}]


async def test_a_database_that_is_away_gets_them_later(written):
    batches, failures = written
    failures.append(OSError("away"))
    gathering, kim = marks.Gathering(), Author(1)
    gathering.tell(kim, "public", marks.Reached(delivered=1))
    await until(lambda: batches)
    gathering.tell(kim, "public", marks.Reached(seen=1))  # before it is tried again
    await gathering._task
    assert [batch[(kim, "public")].delivered for batch in batches] == [1, 1] and batches[1][(kim, "public")].seen == 1


async def test_nobody_fills_the_memory(written, monkeypatch):
    monkeypatch.setattr(marks, "AT_MOST", 2)
    gathering = marks.Gathering()
    for number in range(5):
        gathering.tell(Author(number), "public", marks.Reached(delivered=1))
    await gathering._task
    assert [len(batch) for batch in written[0]] == [2]
