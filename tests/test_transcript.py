"""The message path: numbers without a hole, each line once, to all who read the lane and nobody else."""

import threading
import uuid
from datetime import timedelta

import msgspec
import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from psycopg.errors import DeadlockDetected

from core import realtime
from core.errors import Conflict, Invalid, NotFound
from interactions import frames, transcript
from interactions.actions import arrival, closing, retention
from interactions.models import Lane, Message, Reader
from interactions.transcript import Author, Written, members, statements
from interactions.transcript.batch import write_all, write_one
from interactions.transcript.judging import Draft
from interactions.transcript.typing import Notice, tell
from tests.scenes import scene
from tests.support import NOON, assert_publishes, changes_nothing, fresh, party

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def chat(world):
    """Ana handles, Bo is in the conference."""
    return world.conferenced(world.handled(world.ana), world.ana, world.bo)


def lane(chat, name="public") -> Lane:
    return chat.lanes.get(name=name)


def numbers(chat, name="public") -> list[int]:
    return list(Message.objects.filter(lane=lane(chat, name)).order_by("number").values_list("number", flat=True))


def texts(page) -> list[str]:
    return [line.text for line in page.lines if line.kind == "text"]


# --- writing ----------------------------------------------------------------------------------


def test_a_line_gets_the_next_number_and_reaches_all_readers(world, chat):
    before = lane(chat).head
    with assert_publishes(world, chat) as posts:
        ack = world.line(chat, world.ana, "Hello")
    assert ack.number == before + 1 == lane(chat).head
    [post] = posts
    assert set(post.groups) == {world.ana.holder, world.bo.holder, chat.holder}
    assert post.lane == (transcript.lane_key(chat.id, "public"), ack.number)
    sent = msgspec.json.decode(post.frame, type=frames.Line)
    assert (sent.text, sent.party, sent.kind, sent.id) == ("Hello", party(chat, world.ana).id, "text", ack.id)


def test_internal_lines_reach_agents_only(world, chat):
    with assert_publishes(world, chat) as posts:
        world.line(chat, world.bo, "canary", lane="internal")
    assert set(posts[0].groups) == {world.ana.holder, world.bo.holder}


def test_the_same_id_again_gets_the_same_number_and_leaves_no_hole(world, chat):
    id = uuid.uuid4()
    first = world.line(chat, world.ana, "Hello", id=id)
    with changes_nothing(world, chat), assert_publishes(world, chat) as posts:
        assert world.line(chat, world.ana, "Hello", id=id) == first
    assert posts == []
    assert numbers(chat) == list(range(1, first.number + 1))


def test_the_same_id_is_acknowledged_even_after_leaving(world, chat):
    id = uuid.uuid4()
    first = world.line(chat, world.bo, "Hello", id=id)
    world.end(chat, world.bo, "leave")
    assert world.line(chat, world.bo, "Hello", id=id) == first


@pytest.mark.parametrize("again", [{"text": "Other"}, {"lane": "internal"}])
def test_an_id_belongs_to_one_line(world, chat, again):
    id = uuid.uuid4()
    world.line(chat, world.ana, "Hello", id=id)
    with changes_nothing(world, chat), pytest.raises(Conflict, match="id_reused"):
        world.line(chat, world.ana, **{"text": "Hello", "id": id} | again)


def test_two_parties_may_choose_the_same_id(world, chat):
    id = uuid.uuid4()
    assert world.line(chat, world.ana, "Hello", id=id).number + 1 == world.line(chat, world.bo, "Hello", id=id).number


def test_who_left_writes_nothing(world, chat):
    world.end(chat, world.bo, "leave")
    with changes_nothing(world, chat), pytest.raises(Conflict, match="not_party"):
        world.line(chat, world.bo, "too late")


def test_an_ended_chat_takes_no_line(world, chat):
    world.end(chat, world.bo, "leave")
    world.end(chat, world.ana, "close")
    for by in (world.ana, None):
        with changes_nothing(world, chat), pytest.raises(Conflict, match="ended"):
            world.line(chat, by, "too late")


def test_who_never_was_a_party_learns_nothing(world, chat):
    with changes_nothing(world, chat), pytest.raises(NotFound) as known:
        world.line(chat, world.cy, "hello")
    with pytest.raises(NotFound) as unknown:
        transcript.append_now(
            Author(uuid.uuid4(), world.cy.id), lane="public", id=uuid.uuid4(), text="hello", now=world.now
        )
    assert str(known.value) == str(unknown.value)


def test_the_contact_knows_no_internal_lane(world, chat):
    with changes_nothing(world, chat), pytest.raises(NotFound) as internal:
        world.line(chat, None, "hello", lane="internal")
    with pytest.raises(NotFound) as invented:
        world.line(chat, None, "hello", lane="invented")
    assert str(internal.value) == str(invented.value)


def test_the_contact_writes_while_waiting(world):
    kim = world.chat()
    ack = world.line(kim, None, "anybody there?")
    assert (ack.number, lane(kim).unanswered_since) == (lane(kim).head, world.now)


def test_the_pending_response_runs_from_the_first_unanswered_line(world, chat):
    world.line(chat, None, "Hello?")
    asked = world.now
    world.line(chat, None, "Hello??")
    assert lane(chat).unanswered_since == asked
    world.line(chat, world.bo, "internal words", lane="internal")
    assert lane(chat).unanswered_since == asked
    world.line(chat, world.ana, "One moment")
    assert lane(chat).unanswered_since is None


@pytest.mark.parametrize(
    "given, kept",
    [
        ("a\x00b\x07c\x9f", "abc"),
        ("one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
        ("\ud800 pair \U0001f600", " pair \U0001f600"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 2000 + "\x00", "x" * 2000),
    ],
)
def test_control_characters_are_taken_out(given, kept):
    assert transcript.clean(given) == kept


@pytest.mark.parametrize("given", ["", "  \n\t ", "\x00\x01", "x" * 2001])
def test_a_line_has_some_text_and_not_too_much(world, chat, given):
    with changes_nothing(world, chat), pytest.raises(Invalid):
        world.line(chat, world.ana, given)


def test_system_lines_are_numbered_with_the_others(world, chat):
    first = world.line(chat, world.ana, "Hello")
    with assert_publishes(world, chat) as posts, transaction.atomic():
        transcript.system_line(chat, "public", "Bo has left", party(chat, world.bo), world.now)
    [post] = posts
    sent = msgspec.json.decode(post.frame, type=frames.Line)
    assert (sent.number, sent.kind, sent.party) == (first.number + 1, "system", party(chat, world.bo).id)


def test_nothing_is_pushed_when_the_action_fails(world, chat):
    head = lane(chat).head
    with assert_publishes(world, chat) as posts, pytest.raises(ZeroDivisionError), transaction.atomic():
        transcript.system_line(chat, "public", "Bo has left", None, world.now)
        _ = 1 / 0
    assert (posts, lane(chat).head) == ([], head)


# --- many at once -----------------------------------------------------------------------------


def draft(chat, by, text="Hello", lane="public", id=None, at=None) -> Draft:
    return Draft(Author(chat.id, by and by.id), lane, id or uuid.uuid4(), text, at or NOON)


def said(outcomes) -> list:
    """Numbers of what was written, codes of what was refused."""
    return [outcome.ack.number if isinstance(outcome, Written) else outcome.code for outcome in outcomes]


def test_one_bad_line_does_not_spoil_the_others(world, chat):
    other, id = world.chat(name="Lou Park"), uuid.uuid4()
    start, others = lane(chat).head, lane(other).head
    with assert_publishes(world, chat, other) as posts:
        outcomes = write_all(
            [
                draft(chat, world.ana, id=id),
                draft(chat, world.cy),
                draft(chat, None, lane="internal"),
                draft(other, None),
                draft(chat, world.ana, id=id),
                draft(chat, world.ana, "Other words", id=id),
                draft(chat, world.ana, lane="internal", id=id),
                draft(chat, None),
            ]
        )
    refused = ["not_found", "not_found"], ["id_reused", "id_reused"]
    assert said(outcomes) == [start + 1, *refused[0], others + 1, start + 1, *refused[1], start + 2]
    assert [(set(post.groups), post.lane[1]) for post in posts] == [
        ({world.ana.holder, world.bo.holder, chat.holder}, start + 1),
        ({other.holder}, others + 1),
        ({world.ana.holder, world.bo.holder, chat.holder}, start + 2),
    ]
    assert numbers(chat) == list(range(1, start + 3))


def looks(*drafts) -> tuple[list, int]:
    """What became of these drafts, and how often the database was asked what was written before."""
    with CaptureQueriesContext(connection) as seen:
        outcomes = said(write_all(list(drafts)))
    return outcomes, sum("line.client_id" in query["sql"] for query in seen)


def test_nobody_looks_for_new_lines(world, chat):
    old, start = uuid.uuid4(), lane(chat).head
    assert looks(draft(chat, world.ana, id=old), draft(chat, None)) == ([start + 1, start + 2], 0)
    assert looks(draft(chat, world.bo), draft(chat, world.ana, id=old)) == ([start + 3, start + 1], 1)


def test_lines_again_among_new_ones_are_no_failure(world, chat, caplog):
    ids, start = [uuid.uuid4() for _ in range(4)], lane(chat).head
    drafts = [draft(chat, by, id=id) for by, id in zip([world.ana, None, world.bo, world.ana], ids, strict=True)]
    assert said(write_all(drafts[1:3])) == [start + 1, start + 2]
    with assert_publishes(world, chat) as posts:
        assert said(write_all(drafts)) == [start + 3, start + 1, start + 2, start + 4]
    assert [post.lane[1] for post in posts] == [start + 3, start + 4]
    assert numbers(chat) == list(range(1, start + 5))
    assert caplog.text == ""


def test_who_came_again_sends_again_what_they_wrote_before(world, chat):
    """As another party: that the id is known the database would not see by itself."""
    old = draft(chat, world.bo)
    [number] = said(write_all([old]))
    world.end(chat, world.bo, "leave")
    assert looks(old) == ([number], 1)
    world.conferenced(chat, world.ana, world.bo)
    assert looks(draft(chat, None), old) == ([lane(chat).head, number], 1)
    assert looks(draft(chat, world.bo, "Other", id=old.id))[0] == ["id_reused"]


def test_the_clocks_of_a_lane_see_each_line_of_a_batch(world, chat):
    def at(second: int):
        return NOON + timedelta(hours=1, seconds=second)

    write_all([draft(chat, None, at=at(1)), draft(chat, None, at=at(2))])
    row = lane(chat)
    assert (row.unanswered_since, row.quiet_since) == (at(1), None)
    write_all([draft(chat, None, at=at(3)), draft(chat, world.ana, at=at(4))])
    row = lane(chat)
    assert (row.unanswered_since, row.quiet_since) == (None, at(4))
    write_all([draft(chat, world.bo, at=at(5)), draft(chat, None, at=at(6)), draft(chat, None, at=at(7))])
    row = lane(chat)
    assert (row.unanswered_since, row.quiet_since) == (at(6), None)


def test_a_line_that_the_database_does_not_take_fails_alone(world, chat, caplog):
    start = lane(chat).head
    outcomes = write_all([draft(chat, None, "one"), draft(chat, None, "a\0b"), draft(chat, world.ana, "two")])
    if connection.vendor == "sqlite":  # takes whatever it is given
        assert said(outcomes) == [start + 1, start + 2, start + 3]
    else:
        assert [type(outcome).__name__ for outcome in outcomes] == ["Written", "DataError", "Written"]
        assert numbers(chat) == list(range(1, start + 3))
        assert "one by one" in caplog.text


def test_what_fails_in_a_batch_is_tried_alone(world, chat, monkeypatch, caplog):
    start, store = lane(chat).head, statements.Statements.__args__
    for words in store:
        monkeypatch.setattr(words, "store", _allergic(words.store))
    outcomes = write_all([draft(chat, None, "one"), draft(chat, None, "poison"), draft(chat, world.ana, "two")])
    assert [type(outcome).__name__ for outcome in outcomes] == ["Written", "ZeroDivisionError", "Written"]
    assert numbers(chat) == list(range(1, start + 3))


def _allergic(store):
    def checked(self, rows, *rest):
        assert all(row.text for row in rows)
        return 1 / 0 if any(row.text == "poison" for row in rows) else store(self, rows, *rest)

    return checked


def test_without_a_database_nobody_gets_a_number(world, chat, monkeypatch):
    head = lane(chat).head

    def away(self, *_):
        raise OperationalError("the database is away")

    for words in statements.Statements.__args__:
        monkeypatch.setattr(words, "store", away)
    with assert_publishes(world, chat) as posts, pytest.raises(OperationalError):
        write_all([draft(chat, None, "one"), draft(chat, world.ana, "two")])
    assert (posts, lane(chat).head) == ([], head)


def test_a_batch_that_gave_way_to_somebody_is_written_one_by_one(world, chat, monkeypatch):
    """Who uses the same ids in two lanes of two processes makes a deadlock; the lines of all others must not pay."""
    start = lane(chat).head
    for words in statements.Statements.__args__:
        monkeypatch.setattr(words, "store", _giving_way(words.store))
    outcomes = write_all([draft(chat, None, "one"), draft(chat, world.ana, "crossed"), draft(chat, world.bo, "two")])
    assert [type(outcome).__name__ for outcome in outcomes] == ["Written", "OperationalError", "Written"]
    assert numbers(chat) == list(range(1, start + 3))


def _giving_way(store):
    def checked(self, rows, *rest):
        if any(row.text == "crossed" for row in rows):
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return store(self, rows, *rest)

    return checked


@pytest.mark.django_db(transaction=True)
def test_lines_whose_commit_was_not_heard_of_are_acknowledged_when_they_come_again(world, chat, monkeypatch):
    """The connection ended between the commit and its answer: nobody has an ack, everybody sends again."""
    drafts, start = [draft(chat, world.ana), draft(chat, None)], lane(chat).head

    def cut(store):
        def stored(self, *given):
            store(self, *given)
            raise OperationalError("the connection was cut")

        return stored

    with monkeypatch.context() as patch, realtime.capture() as posts, pytest.raises(OperationalError):
        for words in statements.Statements.__args__:
            patch.setattr(words, "store", cut(words.store))
        write_all(drafts)
    assert (posts, numbers(chat)) == ([], list(range(1, start + 3)))
    assert said(write_all([*drafts, draft(chat, world.bo)])) == [start + 1, start + 2, start + 3]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_takes_nothing_more_loses_nothing_and_goes_on(world, chat):
    """A full disk on SQLite; on PostgreSQL one that may only be read, as after a change-over to a standby."""
    head, line = lane(chat).head, draft(chat, None, "x" * 2000)
    if connection.vendor == "sqlite":
        full, back = "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000"  # never below what there is
    else:
        full, back = "SET default_transaction_read_only = on", "SET default_transaction_read_only = off"
    with connection.cursor() as cursor:
        cursor.execute(full)
        assert all(isinstance(outcome, Exception) for outcome in _written(line, 20))
        cursor.execute(back)
    assert lane(chat).head == head
    assert said(write_all([line])) == [head + 1]


def _written(line: Draft, copies: int) -> list:
    """What became of so many like it."""
    drafts = [line._replace(id=uuid.uuid4()) for _ in range(copies)]
    try:
        return write_all(drafts)
    except OperationalError as error:
        return [error] * copies


def test_whoever_missed_invitations_is_told_of(world, chat):
    world.bo.missed = 1
    world.bo.save()
    outcomes = write_all([draft(chat, world.ana), draft(chat, world.bo), draft(chat, None)])
    assert [outcome.missed for outcome in outcomes] == [False, True, False]


def test_a_chat_is_read_once_for_each_version(world, chat):
    def reads(*drafts) -> int:
        with CaptureQueriesContext(connection) as seen:
            outcomes = write_all(list(drafts))
        assert all(isinstance(outcome, Written) for outcome in outcomes)
        return sum("interactions_reader" in query["sql"] for query in seen)

    assert reads(draft(chat, world.ana), draft(chat, world.bo)) == 1
    assert reads(draft(chat, world.ana), draft(chat, None, lane="public")) == 0
    world.consulted(chat, world.ana, world.cy)
    assert reads(draft(chat, None), draft(chat, world.ana)) == 1


@pytest.fixture
def before_storing(monkeypatch):
    """before_storing(do): once, when the next drafts are judged and before any is stored."""

    def arrange(do) -> None:
        todo = [do]

        def first(store):
            def stored(self, *given):
                while todo:
                    todo.pop()()
                return store(self, *given)

            return stored

        for words in statements.Statements.__args__:
            monkeypatch.setattr(words, "store", first(words.store))

    return arrange


def test_who_leaves_while_their_line_is_judged_is_refused(world, chat, before_storing):
    write_all([draft(chat, world.bo)])
    before_storing(lambda: world.end(chat, world.bo, "leave"))
    with assert_publishes(world, chat) as posts:
        outcomes = write_all([draft(chat, world.bo), draft(chat, world.ana), draft(chat, world.bo, lane="internal")])
    assert said(outcomes) == ["not_party", lane(chat).head, "not_party"]
    [line] = [post for post in posts if post.lane == (transcript.lane_key(chat.id, "public"), lane(chat).head)]
    assert set(line.groups) == {world.ana.holder, chat.holder}


def test_control_a_version_that_nobody_looks_at(world, chat, monkeypatch, request):
    """Then who has left still writes, and is told what they may not read."""

    def blind(store):
        def stored(self, rows, lanes, *rest):
            return store(self, rows, [lane._replace(version=fresh(chat).version) for lane in lanes], *rest)

        return stored

    write_all([draft(chat, world.bo)])
    for words in statements.Statements.__args__:
        monkeypatch.setattr(words, "store", blind(words.store))
    request.getfixturevalue("before_storing")(lambda: world.end(chat, world.bo, "leave"))
    with pytest.raises(AssertionError, match=world.bo.holder), assert_publishes(world, chat):
        [outcome] = write_all([draft(chat, world.bo)])
    assert isinstance(outcome, Written)


def test_who_joins_while_a_line_is_judged_hears_it(world, chat, before_storing):
    write_all([draft(chat, world.ana)])
    before_storing(lambda: world.conferenced(chat, world.ana, world.cy))
    with assert_publishes(world, chat) as posts:
        [outcome] = write_all([draft(chat, world.ana)])
    assert world.cy.holder in posts[-1].groups
    assert posts[-1].lane[1] == outcome.ack.number == lane(chat).head


def test_a_chat_that_is_gone_when_its_line_is_stored_is_unknown(world, chat, before_storing):
    other = world.handled(world.ana)
    write_all([draft(chat, world.bo), draft(other, None)])
    before_storing(lambda: erased(world, chat))
    unknown, taken = write_all([draft(chat, None), draft(other, None)])
    assert (unknown.code, taken.ack.number) == ("not_found", lane(other).head)


def erased(world, chat) -> None:
    arrival.leave(chat.id, now=world.clock.tick())
    for agent in (world.ana, world.bo):
        closing.mark_done(chat.id, by=agent, now=world.clock.tick())
    assert retention.erase(world.clock.tick(), now=world.clock.tick()) == 1


def test_lines_that_are_judged_again_are_written_once(world, chat, before_storing):
    """Others of the batch are committed by then; the database sees the second one of an id again."""
    other, id, start = world.handled(world.ana), uuid.uuid4(), lane(chat).head
    twice = draft(chat, world.ana, id=id)
    write_all([draft(chat, None), draft(other, None)])
    others = lane(other).head
    before_storing(lambda: world.conferenced(chat, world.ana, world.cy))
    outcomes = said(write_all([twice, draft(other, None), twice, draft(other, world.ana), draft(chat, None)]))
    first = outcomes[0]
    assert first > start + 1
    assert outcomes == [first, others + 1, first, others + 2, first + 1]
    assert Message.objects.filter(client_id=id).count() == 1
    assert numbers(chat) == list(range(1, first + 2))


def test_lines_that_come_to_two_processes_at_once_are_written_once(world, chat, monkeypatch, caplog):
    """As after a process froze: whenever this one stores, the other has just stored one more of the same lines."""
    drafts, start = [draft(chat, None), draft(chat, world.ana), draft(chat, world.bo)], lane(chat).head
    theirs, numbered = drafts[:2], []

    def raced(store):
        def stored(self, rows, *rest):
            if theirs and len(rows) > 1:
                numbered.append(write_one(theirs.pop(0)).ack.number)
            return store(self, rows, *rest)

        return stored

    for words in statements.Statements.__args__:
        monkeypatch.setattr(words, "store", raced(words.store))
    assert said(write_all(drafts)) == [*numbered, start + 3]
    assert numbered == [start + 1, start + 2]
    assert numbers(chat) == list(range(1, start + 4))
    assert "one by one" in caplog.text and "Traceback" not in caplog.text


def test_only_so_many_chats_are_kept(world, chat, monkeypatch):
    monkeypatch.setattr(members, "KEPT", 1)
    other = world.handled(world.ana)
    for _ in range(2):
        assert all(isinstance(outcome, Written) for outcome in write_all([draft(chat, None), draft(other, None)]))
    assert len(members._kept._chats) == 1


# --- reading ----------------------------------------------------------------------------------


def test_pages_of_a_lane(world, chat):
    start = lane(chat).head
    for number in range(10):
        world.line(chat, world.ana, f"line {number}")
    me = Author(chat.id, world.ana.id)
    newest = transcript.page(me, lane="public", limit=3)
    assert (texts(newest), newest.more) == (["line 7", "line 8", "line 9"], True)
    older = transcript.page(me, lane="public", before=newest.lines[0].number, limit=3)
    assert (texts(older), older.more) == (["line 4", "line 5", "line 6"], True)
    after = transcript.page(me, lane="public", after=start + 7, limit=500)
    assert (texts(after), after.more) == (["line 7", "line 8", "line 9"], False)
    some = transcript.page(me, lane="public", after=start, limit=2)
    assert (texts(some), some.more) == (["line 0", "line 1"], True)


def test_lanes_are_merged_by_time(world, chat):
    world.line(chat, None, "one")
    world.line(chat, world.ana, "two", lane="internal")
    world.line(chat, world.bo, "three")
    page = transcript.page(Author(chat.id, world.ana.id))
    assert texts(page) == ["one", "two", "three"]
    assert [line.at for line in page.lines] == sorted(line.at for line in page.lines)


def test_each_reads_what_the_role_allows(world):
    chat = world.handled(world.ana)
    world.line(chat, None, "I was charged twice")
    world.line(chat, world.ana, "before Bo", lane="internal")
    world.conferenced(chat, world.ana, world.bo)
    world.line(chat, world.ana, "with Bo", lane="internal")
    assert "before Bo" not in texts(transcript.page(Author(chat.id, world.bo.id)))
    assert texts(transcript.page(Author(chat.id, world.bo.id))) == ["I was charged twice", "with Bo"]
    assert texts(transcript.page(Author(chat.id))) == ["I was charged twice"]
    with pytest.raises(NotFound):
        transcript.page(Author(chat.id), lane="internal")
    with pytest.raises(NotFound):
        transcript.page(Author(chat.id, world.cy.id))


def test_who_left_reads_up_to_there(world, chat):
    world.line(chat, world.ana, "before")
    world.end(chat, world.bo, "leave")
    with assert_publishes(world, chat) as posts:
        world.line(chat, world.ana, "after")
    assert world.bo.holder not in posts[0].groups
    bo = Author(chat.id, world.bo.id)
    assert texts(transcript.page(bo)) == ["before"]
    assert texts(transcript.page(bo, lane="public", after=0)) == ["before"]
    assert "after" not in [line.text for line in transcript.since(bo, {"public": 0})]


def test_what_was_missed_comes_per_lane_or_is_too_much(world, chat, monkeypatch):
    me = Author(chat.id, world.ana.id)
    public, internal = lane(chat).head, lane(chat, "internal").head
    world.line(chat, None, "one")
    world.line(chat, world.bo, "two", lane="internal")
    missed = transcript.since(me, {"public": public, "internal": internal, "invented": 0})
    assert [(line.lane, line.text) for line in missed] == [("public", "one"), ("internal", "two")]
    assert transcript.since(me, {"public": public + 1}) == []
    monkeypatch.setattr(transcript.reading, "RESUME_LIMIT", 2)
    assert transcript.since(me, {"public": public - 2}) is None


# --- typing -----------------------------------------------------------------------------------


def test_typing_is_told_to_the_others(world, chat):
    with assert_publishes(world, chat) as posts:
        transcript.typing(Author(chat.id, world.ana.id), lane="public", on=True, now=world.now)
        transcript.typing(Author(chat.id, world.ana.id), lane="internal", on=True, now=world.now)
        transcript.typing(Author(chat.id), lane="public", on=False, now=world.now)
    told = [set(post.groups) for post in posts]
    assert told == [
        {world.bo.holder, chat.holder},
        {world.bo.holder},
        {world.ana.holder, world.bo.holder},
    ]


def test_of_what_somebody_says_twice_the_last_is_told(world, chat):
    def notice(by, on, lane="public"):
        return Notice(Author(chat.id, by and by.id), lane, on, world.now)

    with assert_publishes(world, chat) as posts:
        outcomes = tell([notice(world.ana, True), notice(None, True), notice(world.cy, True), notice(world.ana, False)])
    assert [outcome and outcome.code for outcome in outcomes] == [None, None, "not_found", None]
    shown = [msgspec.json.decode(post.frame, type=frames.Typing) for post in posts]
    assert [(one.party, one.on) for one in shown] == [
        (party(chat, world.ana).id, False),
        (party(chat, None).id, True),
    ]


# --- races ------------------------------------------------------------------------------------


def at_once(count: int, do) -> list:
    """Run `do(n)` in so many threads that begin together; returns what they return or raise."""
    gate, results = threading.Barrier(count), [None] * count

    def one(number: int) -> None:
        try:
            gate.wait()
            results[number] = do(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_twelve_writers_leave_no_hole(self, world, chat):
        start = lane(chat).head
        who = [world.ana, world.bo, None]

        def write(number: int) -> list[int]:
            by = who[number % 3]
            return [
                transcript.append_now(
                    Author(chat.id, by and by.id), lane="public", id=uuid.uuid4(), text=f"{number}", now=world.now
                ).number
                for _ in range(5)
            ]

        with realtime.capture() as posts:
            results = at_once(12, write)
        given = sorted(number for got in results for number in got)
        assert given == list(range(start + 1, start + 61)) == numbers(chat)[start:]
        assert sorted(post.lane[1] for post in posts) == given

    def test_the_same_id_from_four_threads_is_one_line(self, world, chat):
        start = lane(chat).head
        for _ in range(5):
            id = uuid.uuid4()
            acks = at_once(4, lambda _, id=id: world.line(chat, world.ana, "Hello", id=id))
            assert len(set(msgspec.json.encode(ack) for ack in acks)) == 1
        assert numbers(chat)[start:] == list(range(start + 1, start + 6))

    def test_the_same_id_in_two_lanes_is_one_line(self, world, chat):
        for _ in range(5):
            id = uuid.uuid4()
            results = at_once(2, lambda n, id=id: world.line(chat, world.ana, "Hello", ("public", "internal")[n], id))
            assert sorted(type(result).__name__ for result in results) == ["Ack", "Conflict"]
            assert Message.objects.filter(client_id=id).count() == 1

    def test_no_line_slips_past_a_leaving(self, world, chat):
        def leave_or_write(number: int):
            if number == 0:
                return world.end(chat, world.bo, "leave")
            return world.line(chat, world.bo, f"{number}")

        results = at_once(6, leave_or_write)
        until = Reader.objects.get(party=party(chat, world.bo), lane=lane(chat)).until
        written = [result.number for result in results if isinstance(result, frames.Ack)]
        refused = [result.code for result in results if isinstance(result, Conflict)]
        assert len(written) + len(refused) == 5 and set(refused) <= {"not_party"}
        assert all(number <= until for number in written)

    def test_control_reading_before_writing_gives_numbers_twice(self, world, chat):
        """What the write at the beginning is for: without it, threads take the same number."""
        row, met = lane(chat), threading.Barrier(4)

        def take(_) -> int:
            head = Lane.objects.get(pk=row.pk).head
            met.wait()
            Lane.objects.filter(pk=row.pk).update(head=F("head") + 1)
            return head + 1

        assert len(set(at_once(4, take))) == 1
        assert fresh(row).head == row.head + 4
