"""Several engines and one mail."""

import threading
import uuid

import pytest

from interactions import letter, postman
from interactions.actions import arrival, transcripts
from interactions.actions import mail as actions
from interactions.models import Interaction, OutgoingMail
from tests.races.gate import ROUNDS, Meeting, codes, is_whole, together, without_guard
from tests.support import fresh, loaded, party

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chat(site):
    return loaded(site.handled(site.ana, email="kim@example.com"))


def write(site, chat) -> OutgoingMail:
    to, now = party(chat, None).id, site.clock.tick()
    return actions.write(chat.id, to, id=uuid.uuid4(), subject="Router", text="Hello", by=site.ana, now=now)


def engines(site, count: int = 4) -> list:
    """Each sends until there is nothing left."""
    now = site.clock.tick()
    return together(*[lambda: work(now)] * count)


def work(now) -> None:
    while postman.deliver(now):
        pass


def test_several_engines_send_each_mail_once(site, chat, mailoutbox):
    for _ in range(ROUNDS):
        mails = [write(site, chat) for _ in range(2)]
        mailoutbox.clear()
        assert codes(engines(site)) == [""] * 4
        assert sorted(one.extra_headers["Message-ID"] for one in mailoutbox) == sorted(m.message_id for m in mails)
    is_whole(chat)


def test_a_retry_and_an_engine(site, chat, mailoutbox):
    for _ in range(ROUNDS):
        mail = write(site, chat)
        actions.not_sent(mail.id, 0, "away", for_good=False, now=site.now)
        mailoutbox.clear()
        now = site.clock.pass_(61)
        retry = lambda mail=mail, now=now: actions.retry(chat.id, mail.id, by=site.ana, now=now)  # noqa: E731
        results = together(retry, lambda now=now: work(now))
        assert codes(results[:1])[0] in ("", "mail_sent", "queued")
        work(site.clock.tick())
        assert len(mailoutbox) == 1 and fresh(mail).state == "sent"
    is_whole(chat)


def test_control_without_the_claim_it_goes_out_twice(site, chat, mailoutbox, monkeypatch):
    meeting = Meeting()

    def claim(self, now):
        meeting.wait()
        return True

    write(site, chat)
    monkeypatch.setattr(OutgoingMail, "claim", claim)
    now = site.clock.tick()
    together(*[lambda: postman.deliver(now)] * 2)
    assert len(mailoutbox) > 1


@pytest.fixture
def over(site, chat):
    """A chat that its contact has left."""
    arrival.leave(chat.id, now=site.clock.tick())
    return chat


def wishes(site, chat, *ids):
    """The contact asks for the transcript with each id, at once."""
    now = site.clock.tick()
    return [lambda id=id: transcripts.ask(chat.id, id=id, to="kim@example.org", now=now) for id in ids]


def some(count: int) -> list:
    return [uuid.uuid4() for _ in range(count)]


def asked_twice(site, chat) -> None:
    chat.mails.all().delete()
    for wish in wishes(site, chat, *some(2)):
        wish()


def test_one_wish_from_two_tabs_is_one_mail(site, over):
    for _ in range(ROUNDS):
        over.mails.all().delete()
        (id,) = some(1)
        assert codes(together(*wishes(site, over, id, id))) == ["", ""]
        assert over.mails.get().pk == id
    is_whole(over)


def test_wishes_at_the_limit(site, over):
    for _ in range(ROUNDS):
        asked_twice(site, over)
        assert codes(together(*wishes(site, over, *some(3)))) == ["", "too_many", "too_many"]
        assert over.mails.count() == 3
    is_whole(over)


def test_control_without_the_lock_both_pass_the_limit(site, over, monkeypatch):
    """Both have counted before either writes. On SQLite the second is stopped by the database, not by the limit."""
    asked_twice(site, over)
    counted = threading.Barrier(2)
    monkeypatch.setattr(letter, "text", lambda chat: f"Number {counted.wait(60)}")
    with without_guard(monkeypatch, Interaction):
        found = codes(together(*wishes(site, over, *some(2))))
    assert "" in found and not {"too_many", "BrokenBarrierError"} & set(found)
