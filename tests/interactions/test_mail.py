"""New E-mail: written to a party about a chat, kept with it, sent, tried again, given up."""

import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest

from agents.models import Agent, Role
from core.errors import Conflict, Invalid, NotAllowed, NotFound
from core.models import Event
from interactions import directory, events, mail_rules, postman
from interactions.actions import mail as actions
from interactions.models import Contact, OutgoingMail, Segment
from interactions.states import MAIL, Mailed
from tests.scenes import scene
from tests.support import CANARY, assert_publishes, changes_nothing, fresh, loaded, party

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def chat(world):
    """Ana handles Kim, whose address is known; Bo is in the conference."""
    chat = world.conferenced(world.handled(world.ana, email="kim@example.com"), world.ana, world.bo)
    return loaded(chat)


def write(world, chat, by, to, subject="Router", text="Hello", id=None) -> OutgoingMail:
    to = party(chat, to) if to is None or isinstance(to, Agent) else to
    now = world.clock.tick()
    return actions.write(chat.id, to.id, id=id or uuid.uuid4(), subject=subject, text=text, by=by, now=now)


def deliver(world, now=None) -> int:
    """All that is due; how many attempts were made."""
    now = now or world.clock.tick()
    return sum(iter(lambda: int(postman.deliver(now)), 0))


@contextmanager
def no_mail(world, chat):
    before = OutgoingMail.objects.count()
    with changes_nothing(world, chat):
        yield
    assert OutgoingMail.objects.count() == before


def shown(chat, agent) -> list[tuple]:
    return [(mail.subject.split(" [")[0], mail.state) for mail in events.snapshot(loaded(chat), agent).mails]


# --- writing ----------------------------------------------------------------------------------


def test_a_mail_to_a_colleague_is_queued_and_shown_in_the_chat(world, chat):
    with assert_publishes(world, chat):
        mail = write(world, chat, world.ana, world.bo, text=f"Inside: {CANARY}")
    assert (mail.to, mail.state, mail.author) == ("bo@harbour.example", "queued", world.ana)
    assert mail.subject == f"Router [{chat.reference}]"
    assert shown(chat, world.ana) == shown(chat, world.bo) == [("Router", "queued")]
    event = Event.objects.get(name="mail.queued")
    assert (event.actor, event.data["mail"]) == (f"agent:{world.ana.id}", str(mail.id))
    assert CANARY not in str(event.data)


def test_a_mail_to_the_contact_changes_nothing_that_they_see(world, chat):
    before = fresh(chat).public_version
    with assert_publishes(world, chat) as posts:
        mail = write(world, chat, world.ana, None)
    assert mail.to == "kim@example.com"
    assert fresh(chat).public_version == before
    assert not [post for post in posts if chat.holder in post.groups]


def test_the_reference_stands_in_the_subject_once(world, chat):
    mail = write(world, chat, world.ana, world.bo, f"Again [{chat.reference}]")
    assert mail.subject == f"Again [{chat.reference}]"


def test_the_same_id_again_is_one_mail(world, chat):
    id = uuid.uuid4()
    first = write(world, chat, world.ana, world.bo, id=id)
    with no_mail(world, chat):
        assert write(world, chat, world.ana, world.bo, id=id) == first
        for more in ({"text": "Else"}, {"subject": "Else"}):
            with pytest.raises(Conflict, match="id_reused"):
                write(world, chat, world.ana, world.bo, id=id, **more)
        with pytest.raises(Conflict, match="id_reused"):
            write(world, chat, world.bo, None, id=id)


@pytest.mark.parametrize(
    "subject", ["Hello\r\nBcc: all@example.com", "Hello\nBcc: x@y.z", "a\r b\u2028c\x85d", "Hello\x00\tthere"]
)
def test_no_subject_makes_a_second_header(world, chat, subject, mailoutbox):
    mail = write(world, chat, world.ana, None, subject)
    assert len(mail.subject.splitlines()) == 1
    deliver(world, world.now)
    (sent,) = mailoutbox
    names = [name for name, _ in sent.message().items()]
    assert sent.recipients() == ["kim@example.com"]
    assert "Bcc" not in names and names.count("Subject") == 1


@pytest.mark.parametrize(
    ("subject", "text"), [("", "x"), (" \r\n", "x"), ("s" * 151, "x"), ("s", ""), ("s", " \n"), ("s", "x" * 20_001)]
)
def test_a_mail_needs_a_subject_and_a_text_of_some_length(world, chat, subject, text):
    with no_mail(world, chat), pytest.raises(Invalid):
        write(world, chat, world.ana, world.bo, subject, text)


# --- refusals ---------------------------------------------------------------------------------


def test_refusals_in_words(world, chat, settings):
    cases = [
        (world.ana, world.ana, "self"),
        (world.cy, world.ana, "not_found"),
    ]
    for by, to, code in cases:
        with no_mail(world, chat), pytest.raises((Conflict, NotFound), match=code):
            write(world, chat, by, to)
    with no_mail(world, chat), pytest.raises(NotFound):
        actions.write(chat.id, uuid.uuid4(), id=uuid.uuid4(), subject="s", text="t", by=world.ana, now=world.now)
    settings.MAIL_READY = False
    with no_mail(world, chat), pytest.raises(Conflict, match="not set up"):
        write(world, chat, world.ana, world.bo)


@pytest.mark.parametrize("address", ["", "kim", "kim@example.com\nBcc: x@y.z", "a b@example.com"])
def test_without_an_address_it_says_so(world, chat, address):
    Contact.objects.filter(pk=chat.contact_id).update(email=address)
    with no_mail(world, chat), pytest.raises(Conflict, match="no_address"):
        write(world, chat, world.ana, None)
    kim = next(one for one in events.snapshot(loaded(chat), world.ana).parties if one.kind == "contact")
    assert "address" in kim.mail
    assert kim.message == "Instant messages go to agents only."


def test_who_no_longer_works_here_gets_no_mail(world, chat):
    world.bo.user.is_active = False
    world.bo.user.save()
    with no_mail(world, chat), pytest.raises(Conflict, match="no longer works here"):
        write(world, chat, world.ana, world.bo)


def test_a_role_without_mail(world, chat):
    Agent.objects.filter(pk=world.ana.pk).update(role=Role.objects.create(name="Trainee", allowed=["use_chat"]))
    ana = fresh(world.ana)
    with no_mail(world, chat), pytest.raises(NotAllowed, match="You may not send e-mail: Trainee"):
        write(world, chat, ana, world.bo)
    bo = next(one for one in events.snapshot(loaded(chat), ana).parties if one.agent == world.bo.id)
    assert "Trainee" in bo.mail and "Trainee" in bo.message


def test_until_mark_done(world, chat):
    world.end(chat, world.ana, "pass")
    assert write(world, chat, world.ana, world.bo).state == "queued"
    Segment.objects.filter(agent=world.ana).update(done_at=world.now)
    with no_mail(world, chat), pytest.raises(Conflict, match="done"):
        write(world, chat, world.ana, world.bo)


# --- who sees it ------------------------------------------------------------------------------


def test_who_joins_later_sees_the_mails_to_the_contact_and_none_between_colleagues(world, chat):
    write(world, chat, world.ana, None, "To Kim")
    write(world, chat, world.ana, world.bo, "To Bo")
    world.conferenced(chat, world.ana, world.cy)
    assert shown(chat, world.cy) == [("To Kim", "queued")]
    write(world, chat, world.bo, world.ana, "To Ana")
    assert [subject for subject, _ in shown(chat, world.cy)] == ["To Kim", "To Ana"]


def test_who_left_sees_their_own_and_no_later_ones(world, chat):
    write(world, chat, world.ana, None, "Before")
    world.end(chat, world.bo, "leave")
    write(world, chat, world.ana, None, "After")
    write(world, chat, world.bo, None, "From Bo")
    assert [subject for subject, _ in shown(chat, world.bo)] == ["Before", "From Bo"]


def test_a_consultant_writes_to_colleagues_only_and_sees_what_the_contact_got(world, chat):
    write(world, chat, world.ana, None, "To Kim")
    world.consulted(chat, world.ana, world.cy)
    with no_mail(world, chat), pytest.raises(Conflict, match="knows nothing of you"):
        write(world, chat, world.cy, None)
    write(world, chat, world.ana, world.bo, "To Bo")
    write(world, chat, world.cy, world.ana, "To Ana")
    assert [subject for subject, _ in shown(chat, world.cy)] == ["To Kim", "To Ana"]


# --- sending ----------------------------------------------------------------------------------


def test_it_is_sent_once_and_said(world, chat, mailoutbox):
    mail = write(world, chat, world.ana, world.bo, text="Line 1\nLine 2")
    with assert_publishes(world, chat):
        assert deliver(world) == 1
    assert deliver(world) == 0
    (sent,) = mailoutbox
    assert (sent.to, sent.subject, sent.body) == (["bo@harbour.example"], mail.subject, "Line 1\nLine 2")
    assert sent.extra_headers["Message-ID"] == mail.message_id
    assert sent.reply_to == ["ana@harbour.example"]
    assert shown(chat, world.ana) == [("Router", "sent")]
    assert list(Event.objects.filter(name__startswith="mail.").values_list("name", flat=True)) == [
        "mail.queued",
        "mail.sent",
    ]


def test_a_contact_gets_what_was_written_and_nothing_else(world, chat, mailoutbox):
    world.line(chat, world.ana, f"Careful {CANARY}", lane="internal")
    write(world, chat, world.bo, world.ana, text=f"Inside {CANARY}")
    write(world, chat, world.ana, None, text="Your router is on its way.")
    deliver(world, world.now)
    mine = [mail for mail in mailoutbox if mail.to == ["kim@example.com"]]
    assert [mail.body for mail in mine] == ["Your router is on its way."]
    whole = mine[0].message().as_bytes()
    assert CANARY.encode() not in whole and b"harbour.example" not in whole  # no address of an agent either


def failing(monkeypatch, error=None):
    def send(message):
        if error:
            raise error

    monkeypatch.setattr(postman.EmailMessage, "send", send)


def test_tried_again_for_a_day_then_given_up(world, chat, monkeypatch):
    failing(monkeypatch, ConnectionRefusedError(111, "Connection refused"))
    mail = write(world, chat, world.ana, world.bo)
    waits = []
    while fresh(mail).state == "queued":
        before = world.clock.now = max(world.now, fresh(mail).next_at)
        assert deliver(world, world.now) == 1
        waits += [(fresh(mail).next_at - before).total_seconds() / 60] if fresh(mail).next_at else []
    assert [round(wait) for wait in waits[:8]] == [1, 1, 2, 4, 8, 16, 32, 60]
    assert set(map(round, waits[8:])) == {60}
    assert world.now - mail.created_at >= timedelta(days=1)
    (view,) = events.snapshot(loaded(chat), world.ana).mails
    assert (view.state, view.problem) == ("failed", "The mail server cannot be reached: Connection refused.")
    assert view.retry is True


@pytest.mark.parametrize("for_good", [True, False])
def test_what_became_of_an_attempt_is_told(world, chat, for_good):
    mail = write(world, chat, world.ana, world.bo)
    with assert_publishes(world, chat):
        actions.not_sent(mail.id, 0, f"away {CANARY}", for_good=for_good, now=world.clock.tick())
    assert shown(chat, world.bo) == [("Router", "failed" if for_good else "queued")]


def test_tried_again_by_hand(world, chat, monkeypatch):
    failing(monkeypatch, OSError("broken"))
    mail = write(world, chat, world.ana, world.bo)
    with no_mail(world, chat), pytest.raises(Conflict, match="about to be sent"):
        actions.retry(chat.id, mail.id, by=world.ana, now=world.now)
    deliver(world, world.now)
    assert deliver(world, world.now) == 0  # not before its time
    with assert_publishes(world, chat):
        actions.retry(chat.id, mail.id, by=world.bo, now=world.clock.tick())
    failing(monkeypatch)
    assert deliver(world, world.now) == 1
    assert fresh(mail).state == "sent"
    with no_mail(world, chat), pytest.raises(Conflict, match="sent already"):
        actions.retry(chat.id, mail.id, by=world.ana, now=world.now)


def test_only_who_sees_a_mail_tries_it_again(world, chat):
    mail = write(world, chat, world.ana, world.bo)
    actions.not_sent(mail.id, 0, "No such user", for_good=True, now=world.now)
    world.conferenced(chat, world.ana, world.cy)
    for by, id in ((world.cy, mail.id), (world.sue, mail.id), (world.ana, uuid.uuid4())):
        with no_mail(world, chat), pytest.raises(NotFound):
            actions.retry(chat.id, id, by=by, now=world.now)


def test_an_answer_to_an_older_attempt_changes_nothing(world, chat):
    mail = write(world, chat, world.ana, world.bo)
    assert mail.claim(world.now)
    with no_mail(world, chat):
        actions.not_sent(mail.id, 0, "late", for_good=True, now=world.now)
    actions.sent(mail.id, now=world.now)
    with no_mail(world, chat):
        actions.sent(mail.id, now=world.now)
        actions.not_sent(mail.id, 1, "late", for_good=True, now=world.now)


def test_a_process_that_dies_after_sending_sends_again_with_the_same_id(world, chat, mailoutbox, monkeypatch):
    write(world, chat, world.ana, world.bo)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "sent", lambda *args, **kwargs: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            deliver(world, world.now)
    assert deliver(world, world.now) == 0  # it is claimed
    world.clock.pass_(301)
    assert deliver(world, world.now) == 1
    first, second = mailoutbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.extra_headers["Date"] == second.extra_headers["Date"]


@pytest.mark.parametrize("state", list(Mailed))
@pytest.mark.parametrize("to", list(Mailed))
def test_states_move_as_the_table_has_it(world, chat, state, to):
    mail = write(world, chat, world.ana, world.bo)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=state)
    if state in MAIL[to]:
        mail.move(to)
        assert fresh(mail).state == to
    else:
        with pytest.raises(Conflict):
            mail.move(to)
        assert fresh(mail).state == state


def test_actions_and_views_share_one_predicate(world, chat):
    segment = Segment.objects.get(agent=world.ana)
    assert mail_rules.can_mail(chat, world.ana, segment, party(chat, world.bo)) is None
    bo = next(one for one in events.snapshot(chat, world.ana).parties if one.agent == world.bo.id)
    assert bo.mail is True and bo.message is True


def test_the_team_communicator_offers_it_for_parties_of_the_chat(world, chat):
    def offered(agent, **about):
        found = directory.look(fresh(world.ana), [("agent", agent.id)], now=world.now, **about).hits[0]
        return next(action.can for action in found.actions if action.verb == "mail")

    assert offered(world.bo, interaction_id=chat.id) is True
    assert "Cy is not in this chat" in offered(world.cy, interaction_id=chat.id)
    assert offered(world.bo) == "Open a chat to write a mail about it."
