"""Lines against the end of what they are written in."""

import uuid

import pytest

from interactions import transcript
from interactions.actions import arrival
from interactions.models import Lane, Message
from interactions.states import State
from tests.races.gate import ROUNDS, Meeting, codes, is_whole, together

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


def test_control_a_line_that_takes_no_lane(site, served, monkeypatch):
    """Membership checked, then the lane taken: lines come after the end, or two want one number."""
    meeting = Meeting()
    append = _checks_first(meeting)
    broken = 0
    for _ in range(5):
        chat, now = served(), site.clock.tick()
        with monkeypatch.context() as patch:
            patch.setattr(transcript, "_append", append)
            results = together(
                write(site, chat, site.ana), lambda chat=chat, now=now: _met(meeting, arrival.leave, chat.id, now=now)
            )
        last = lines(chat)[-1]
        broken += codes(results) == ["", ""] and last[0] == "text"
    assert broken


def _met(meeting, action, *args, **kwargs):
    result = action(*args, **kwargs)
    meeting.wait()
    return result


def _checks_first(meeting):
    """The message path without its first line."""

    def append(author, lane, id, text, now):
        reader = transcript._writer(author, lane)
        meeting.wait()
        with transcript.transaction.atomic():
            transcript._take_number(author.interaction, lane)
            row = Lane.objects.get(pk=reader.lane_id)
            transcript._store(row, reader.party, Message.TEXT, id, text, now)

    return append


def test_the_same_id_from_four_threads_is_one_line(site, served):
    chat = served()
    for number in range(ROUNDS):
        same = write(site, chat, site.ana, f"line {number}", uuid.uuid4())
        results = together(*[same] * 4)
        assert codes(results) == [""] * 4
        assert len({result.number for result in results}) == 1
    assert [text for kind, text in lines(chat) if kind == "text"] == [f"line {number}" for number in range(ROUNDS)]
    is_whole(chat)
