"""Instant messages of two who write at the same moment."""

import uuid

import pytest

from interactions import inbox
from interactions.actions import conversations
from interactions.models import Conversation, ConversationMember, Inbox, InstantMessage
from tests.races.gate import ROUNDS, Meeting, codes, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def write(site, by, to, text="Hello", id=None):
    now = site.clock.tick()
    return lambda: conversations.say_now(by, to.id, id=id or uuid.uuid4(), text=text, now=now)


def forget():
    for model in (InstantMessage, ConversationMember, Conversation, Inbox):
        model.objects.all().delete()


def is_whole() -> None:
    for talk in Conversation.objects.all():
        numbers = list(talk.lines.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, talk.head + 1))
        for member in talk.members.all():
            assert member.unread == talk.lines.exclude(author=member.agent).filter(number__gt=member.seen).count()


def test_both_begin_at_once_and_it_is_one_conversation(site):
    for _ in range(ROUNDS):
        forget()
        results = together(write(site, site.ana, site.bo), write(site, site.bo, site.ana))
        assert sorted(ack.number for ack in results) == [1, 2]
        assert Conversation.objects.count() == 1
        is_whole()


def test_four_who_write_to_each_other_never_wait_for_ever(site):
    ring = [site.ana, site.bo, site.cy, site.sue]
    for _ in range(ROUNDS):
        pairs = [(by, to) for by in ring for to in ring if by != to]
        assert codes(together(*(write(site, by, to) for by, to in pairs))) == [""] * 12
    assert set(Inbox.objects.values_list("version", flat=True)) == {6 * ROUNDS}
    is_whole()


def test_the_same_line_from_two_tabs_is_stored_once(site):
    for _ in range(ROUNDS):
        id = uuid.uuid4()
        results = together(*[write(site, site.ana, site.bo, "Once", id)] * 3)
        assert len({ack.number for ack in results}) == 1
    assert InstantMessage.objects.count() == ROUNDS
    is_whole()


def test_a_mark_and_a_line_count_what_is_unread(site):
    write(site, site.ana, site.bo)()
    for number in range(1, ROUNDS + 1):
        look = lambda number=number: conversations.seen(site.bo, site.ana.id, number, now=site.now)  # noqa: E731
        assert codes(together(write(site, site.ana, site.bo), look)) == ["", ""]
        is_whole()


def test_control_without_the_inboxes_numbers_collide(site, monkeypatch):
    """Read, meet, then write: two lines want one number, or two conversations are begun."""
    meeting, broken = Meeting(), 0
    between = inbox.between

    def read_and_meet(agent, colleague):
        found = between(agent, colleague).first()
        meeting.wait()
        return _Found(found)

    for _ in range(5):
        forget()
        Inbox.objects.bulk_create(Inbox(agent=agent) for agent in (site.ana, site.bo))
        with monkeypatch.context() as patch:
            patch.setattr(Inbox, "lock", classmethod(lambda cls, *ids: dict.fromkeys(ids, 1)))
            patch.setattr("core.sqlite.base.DatabaseWrapper._start_transaction_under_autocommit", _begin)
            patch.setattr(conversations.inbox, "between", read_and_meet)
            results = together(write(site, site.ana, site.bo), write(site, site.bo, site.ana))
        broken += any(isinstance(result, Exception) for result in results)
    assert broken


class _Found:
    def __init__(self, found):
        self.found = found

    def first(self):
        return self.found


def _begin(self) -> None:
    self.cursor().execute("BEGIN")
