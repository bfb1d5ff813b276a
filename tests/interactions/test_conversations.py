"""Instant messages: private text between two agents, numbered, kept, and told to these two alone."""

import uuid
from contextlib import contextmanager

import msgspec
import pytest
from django.db import IntegrityError, transaction

from agents.models import Agent, Role
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.models import Event
from interactions import events, frames, inbox, permissions
from interactions.actions import conversations
from interactions.models import Conversation, ConversationMember, Inbox, InstantMessage
from tests.support import CANARY, assert_publishes, fresh

pytestmark = pytest.mark.django_db


def state() -> tuple:
    """All that a refusal must leave as it was."""
    members = tuple(ConversationMember.objects.order_by("id").values_list("seen", "unread"))
    versions = dict(Inbox.objects.values_list("agent_id", "version"))
    return InstantMessage.objects.count(), members, versions, Event.objects.count()


@contextmanager
def nothing_changes():
    before = state()
    yield
    assert state() == before


def sent(posts, agent) -> list:
    """The frames that this agent got."""
    mine = [post for post in posts if agent.holder in post.groups]
    return [msgspec.json.decode(post.frame, type=frames.ToAgent) for post in mine]


def texts(agent, colleague, **where) -> list[str]:
    return [line.text for line in inbox.lines(agent, colleague, **where).lines]


def look(world, agent, colleague, number) -> None:
    conversations.seen(agent, colleague.id, number, now=world.clock.tick())


# --- saying -----------------------------------------------------------------------------------


def test_a_line_starts_at_once_and_both_have_it(world):
    with assert_publishes(world) as posts:
        ack = world.im(world.ana, world.bo, f"Got a minute? {CANARY}")
    assert ack == frames.ImAck(ack.id, world.bo.id, 1)
    (mine,), (theirs,) = sent(posts, world.ana), sent(posts, world.bo)
    assert mine.line == theirs.line and mine.line.author == world.ana.id
    assert (mine.conversation.agent, mine.conversation.unread, mine.unread) == (world.bo.id, 0, 0)
    assert (theirs.conversation.agent, theirs.conversation.unread, theirs.unread) == (world.ana.id, 1, 1)


def test_nobody_else_gets_anything(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    with assert_publishes(world, chat) as posts:
        world.im(world.ana, world.bo, f"About Kim {CANARY}", about=chat)
    assert {group for post in posts for group in post.groups} == {world.ana.holder, world.bo.holder}
    assert events.desk(fresh(world.cy), world.now).inbox == frames.InboxView(0, 0, [])
    assert inbox.listed(world.cy).conversations == []
    assert texts(world.cy, world.ana) == texts(world.cy, world.bo) == []
    assert texts(world.sue, world.ana) == []


def test_lines_of_both_are_one_row_of_numbers(world):
    numbers = [world.im(by, to, "x").number for by, to in [(world.ana, world.bo), (world.bo, world.ana)] * 3]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert Conversation.objects.count() == 1
    assert texts(world.ana, world.bo) == texts(world.bo, world.ana) == ["x"] * 6


def test_the_first_line_is_one_event_and_later_ones_none(world):
    world.im(world.ana, world.bo)
    world.im(world.bo, world.ana)
    event = Event.objects.get(name="conversation.started")
    assert (event.actor, event.data) == (f"agent:{world.ana.id}", {"with": str(world.bo.id)})
    assert event.subject == Conversation.objects.get().id


def test_the_inbox_counts_over_all_conversations_without_holes(world):
    with assert_publishes(world) as posts:
        world.im(world.ana, world.bo)
        world.im(world.cy, world.ana)
        look(world, world.ana, world.cy, 1)
        world.im(world.bo, world.ana)
    assert [frame.inbox for frame in sent(posts, world.ana)] == [1, 2, 3, 4]
    assert [frame.inbox for frame in sent(posts, world.cy)] == [1, 2]


@pytest.mark.parametrize("to_whom", ["bo", "cy"])
def test_the_same_id_again(world, to_whom):
    id = uuid.uuid4()
    first = world.im(world.ana, world.bo, "Once", id=id)
    with nothing_changes(), assert_publishes(world) as posts:
        assert world.im(world.ana, world.bo, "Once", id=id) == first
        with pytest.raises(Conflict, match="id_reused"):
            world.im(world.ana, world.bo, "Something else", id=id)
        if to_whom == "cy":
            with pytest.raises(Conflict, match="id_reused"):
                world.im(world.ana, world.cy, "Once", id=id)
    assert posts == []
    assert world.im(world.bo, world.ana, "An id of my own", id=id).number == 2


def test_text_is_cleaned_as_in_chats(world):
    world.im(world.ana, world.bo, "a\r\nb\x00c")
    assert texts(world.ana, world.bo) == ["a\nbc"]
    with nothing_changes():
        for text in (" \n", "x" * 2001):
            with pytest.raises(Invalid):
                world.im(world.ana, world.bo, text)


# --- refusals ---------------------------------------------------------------------------------


def test_nobody_writes_to_themselves(world):
    world.im(world.ana, world.bo, "for Bo")
    with nothing_changes(), pytest.raises(Conflict, match="self"):
        world.im(world.ana, world.ana)
    assert texts(world.ana, world.ana) == []
    assert inbox.conversation(world.ana, world.ana).head == 0


def test_unknown_colleagues_do_not_exist(world):
    with nothing_changes(), pytest.raises(NotFound):
        conversations.say_now(world.ana, uuid.uuid4(), id=uuid.uuid4(), text="Hello", now=world.now)
    with nothing_changes(), pytest.raises(NotFound):
        conversations.seen(world.ana, uuid.uuid4(), 1, now=world.now)


def test_who_no_longer_works_here_is_read_but_not_written_to(world):
    world.im(world.bo, world.ana, "Bye")
    world.bo.user.is_active = False
    world.bo.user.save()
    with nothing_changes(), pytest.raises(Conflict, match="Bo no longer works here"):
        world.im(world.ana, Agent.objects.get(pk=world.bo.pk))
    assert texts(world.ana, world.bo) == ["Bye"]
    assert inbox.listed(world.ana).conversations[0].can == "Bo no longer works here."


def test_a_role_without_instant_messages_reads_but_does_not_write(world):
    role = Role.objects.create(name="Trainee", allowed=["use_chat"])
    Agent.objects.filter(pk=world.ana.pk).update(role=role)
    with assert_publishes(world):
        world.im(world.bo, world.ana, "Hello")
    with nothing_changes(), pytest.raises(NotAllowed, match="You may not send instant messages: Trainee"):
        world.im(world.ana, world.bo)
    assert "Trainee" in inbox.listed(fresh(world.ana)).conversations[0].can
    assert texts(world.ana, world.bo) == ["Hello"]


def test_actions_and_views_share_one_predicate(world):
    assert permissions.can_message(world.ana, world.bo) is None
    assert inbox.conversation(world.ana, world.bo).can is True


# --- about a chat -----------------------------------------------------------------------------


def test_the_chat_it_is_about_is_named_to_who_was_a_party(world):
    chat = world.handled(world.ana)
    with assert_publishes(world, chat) as posts:
        world.im(world.ana, world.bo, "Do you know him?", about=chat)
    about = frames.About(chat.id, "Kim Lee")
    assert sent(posts, world.ana)[0].line.about == about
    assert sent(posts, world.bo)[0].line.about is None
    world.conferenced(chat, world.ana, world.bo)
    assert inbox.lines(world.bo, world.ana).lines[0].about == about


def test_a_foreign_chat_does_not_exist(world):
    chat = world.handled(world.ana)
    with nothing_changes():
        with pytest.raises(NotFound):
            world.im(world.bo, world.ana, "Hello", about=chat)
        with pytest.raises(NotFound):
            conversations.say_now(world.ana, world.bo.id, id=uuid.uuid4(), text="x", about=uuid.uuid4(), now=world.now)
    assert Conversation.objects.count() == 0


def test_a_chat_that_ended_may_still_be_written_about(world):
    chat = world.handled(world.ana)
    world.end(chat, world.ana)
    world.im(world.ana, world.bo, "How was that?", about=chat)
    assert inbox.lines(world.ana, world.bo).lines[0].about.interaction == chat.id


# --- seen -------------------------------------------------------------------------------------


def test_marks_rise_and_tell_both(world):
    for text in ("1", "2", "3"):
        world.im(world.ana, world.bo, text)
    with assert_publishes(world) as posts:
        look(world, world.bo, world.ana, 2)
    (mine,), (theirs,) = sent(posts, world.ana), sent(posts, world.bo)
    assert (mine.conversation.their_seen, mine.conversation.seen) == (2, 0)
    assert (theirs.conversation.seen, theirs.conversation.unread, theirs.unread) == (2, 1, 1)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_lower_mark_changes_nothing(world, number):
    world.im(world.ana, world.bo)
    world.im(world.ana, world.bo)
    look(world, world.bo, world.ana, 2)
    with nothing_changes(), assert_publishes(world) as posts:
        look(world, world.bo, world.ana, number)
    assert posts == []


def test_nobody_sees_beyond_the_head(world):
    world.im(world.ana, world.bo)
    look(world, world.bo, world.ana, 2**53)
    assert inbox.conversation(world.bo, world.ana).seen == 1
    world.im(world.ana, world.bo)
    assert inbox.conversation(world.bo, world.ana).unread == 1


def test_a_mark_of_what_nobody_began_makes_nothing(world):
    with nothing_changes():
        look(world, world.bo, world.ana, 3)


def test_own_lines_are_never_unread(world):
    world.im(world.ana, world.bo)
    world.im(world.bo, world.ana)
    world.im(world.bo, world.ana)
    look(world, world.ana, world.bo, 2)
    assert inbox.conversation(world.ana, world.bo).unread == 1
    assert inbox.conversation(world.bo, world.ana).unread == 1


# --- reading ----------------------------------------------------------------------------------


def test_pages_in_both_directions(world):
    for number in range(1, 8):
        world.im(world.ana, world.bo, str(number))
    newest = inbox.lines(world.bo, world.ana, limit=3)
    assert ([line.text for line in newest.lines], newest.more) == (["5", "6", "7"], True)
    assert texts(world.bo, world.ana, before=5, limit=3) == ["2", "3", "4"]
    assert inbox.lines(world.bo, world.ana, before=2, limit=3).more is False
    assert texts(world.bo, world.ana, after=4, limit=2) == ["5", "6"]
    assert inbox.lines(world.bo, world.ana, after=5, limit=2).more is False


def test_the_latest_conversation_stands_first_page_by_page(world):
    for colleague in (world.bo, world.cy, world.sue):
        world.im(world.ana, colleague, f"to {colleague.nickname}")
    world.im(world.bo, world.ana, "back")
    first = inbox.listed(world.ana, limit=2)
    assert [view.nickname for view in first.conversations] == ["Bo", "Sue"]
    assert (first.conversations[0].last, first.conversations[0].mine) == ("back", False)
    second = inbox.listed(world.ana, limit=2, cursor=first.next)
    assert ([view.nickname for view in second.conversations], second.next) == (["Cy"], None)
    with pytest.raises(Invalid):
        inbox.listed(world.ana, cursor="nonsense")


def test_the_desk_begins_with_what_is_unread(world):
    world.im(world.bo, world.ana, "one")
    world.im(world.cy, world.ana, "two")
    look(world, world.ana, world.bo, 1)
    box = events.desk(fresh(world.ana), world.now).inbox
    assert (box.version, box.unread, [view.nickname for view in box.conversations]) == (3, 1, ["Cy"])


# --- the rows themselves ----------------------------------------------------------------------


def test_there_is_one_row_for_two_whoever_begins(world):
    pair = Conversation.of(world.bo.id, world.ana.id)
    assert pair == Conversation.of(world.ana.id, world.bo.id)
    more = {"started_at": world.now, "last_at": world.now}
    Conversation.objects.create(**pair, **more)
    for wrong in (pair, {"first_id": pair["second_id"], "second_id": pair["first_id"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Conversation.objects.create(**wrong, **more)
