"""The chat by e-mail: asked for by its contact when it is over, with the lines that they could read and no others."""

import re
import uuid

import msgspec
import pytest

from core.errors import Conflict, Invalid
from core.models import Event
from interactions import events, letter, postman
from interactions.actions import arrival, closing, mail, retention, transcripts
from interactions.models import Interaction, Message, OutgoingMail
from routing.models import ContactTexts
from routing.wording import TRANSCRIPT
from tests.scenes import scene
from tests.support import CANARY, assert_publishes, changes_nothing, fresh, loaded, party

pytestmark = pytest.mark.django_db

KIM = "kim@example.org"


@pytest.fixture
@scene
def chat(world):
    """Over: Ana answered Kim, who then left."""
    return over(world, said(world, world.handled(world.ana, email="kim@example.com")))


def said(world, chat) -> Interaction:
    world.line(chat, None, "I was charged twice")
    world.line(chat, world.ana, "One moment")
    return chat


def over(world, chat) -> Interaction:
    arrival.leave(chat.id, now=world.clock.tick())
    return loaded(chat)


def ask(world, chat, to=KIM, id=None) -> OutgoingMail:
    id = id or uuid.uuid4()
    transcripts.ask(chat.id, id=id, to=to, now=world.clock.tick())
    return OutgoingMail.objects.get(pk=id)


def deliver(world) -> None:
    while postman.deliver(world.now):
        pass


def refused(world, chat, code, **given):
    """It is refused with this code and leaves no row, version or event."""
    before = OutgoingMail.objects.count()
    with changes_nothing(world, chat), pytest.raises((Conflict, Invalid)) as refusal:
        ask(world, chat, **given)
    assert refusal.value.code == code and OutgoingMail.objects.count() == before
    return refusal.value


def offered(chat) -> tuple | None:
    """(address, left, to, state) as the contact's page has it."""
    found = events.snapshot_for_contact(loaded(chat)).transcript
    return found and msgspec.structs.astuple(found)


# --- asking -----------------------------------------------------------------------------------


def test_it_goes_to_the_address_asked_for(world, chat, mailoutbox):
    with assert_publishes(world, chat):
        asked = ask(world, chat, to=f" {KIM} ")
    assert (asked.author, asked.party, asked.to, asked.state) == (None, party(chat, None), KIM, "queued")
    with assert_publishes(world, chat):
        deliver(world)
    (sent,) = mailoutbox
    assert (sent.to, sent.reply_to, sent.subject) == ([KIM], [], f"Your chat with Harbour Net [{chat.reference}]")
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert fresh(asked).state == "sent"


def test_the_journal_has_no_address(world, chat):
    asked = ask(world, chat)
    deliver(world)
    told = Event.objects.get(name="transcript.asked")
    assert (told.actor, told.data) == ("contact", {"mail": str(asked.id)})
    assert not [event for event in Event.objects.all() if KIM in str(event.data)]


def test_the_contact_sees_what_became_of_it(world, chat):
    before = fresh(chat).public_version
    assert offered(chat) == ("kim@example.com", 3, None, None)
    asked = ask(world, chat)
    assert offered(chat) == ("kim@example.com", 2, KIM, "queued")
    mail.not_sent(asked.id, 0, "greylisted", for_good=False, now=world.clock.tick())
    assert fresh(chat).public_version == before + 1  # that it is tried again is no news for them
    mail.not_sent(asked.id, 0, "550 No such user", for_good=True, now=world.clock.tick())
    assert offered(chat) == ("kim@example.com", 2, KIM, "failed")
    assert fresh(chat).public_version == before + 2
    again = ask(world, chat, to="kim@example.net")
    mail.sent(again.id, now=world.clock.tick())
    assert offered(chat) == ("kim@example.com", 1, "kim@example.net", "sent")


def test_a_mail_that_an_agent_writes_is_no_transcript(world, chat):
    about = {"id": uuid.uuid4(), "subject": "Router", "text": "Hello", "by": world.ana}
    mail.write(chat.id, party(chat, None).id, **about, now=world.clock.tick())
    assert offered(chat) == ("kim@example.com", 3, None, None)


def test_the_same_id_again_is_one_mail(world, chat):
    id = uuid.uuid4()
    ask(world, chat, id=id)
    with changes_nothing(world, chat):
        ask(world, chat, id=id)
    assert OutgoingMail.objects.count() == 1
    refused(world, chat, "id_reused", id=id, to="kim@example.net")
    other = over(world, world.handled(world.ana))
    refused(world, other, "id_reused", id=id)


# --- refusals ---------------------------------------------------------------------------------


def test_not_while_the_chat_goes_on(world):
    chat = world.handled(world.ana)
    refused(world, chat, "not_ended")
    assert offered(chat) is None


def test_not_where_mail_is_not_set_up(world, chat, settings):
    settings.MAIL_READY = False
    refused(world, chat, "no_mail")
    assert offered(chat) is None


@pytest.mark.parametrize(("site", "queue", "wanted"), [(False, None, False), (True, False, False), (False, True, True)])
def test_where_the_site_or_the_queue_offers_it(world, chat, site, queue, wanted):
    type(world.site).objects.update(transcript_mail=site)
    type(world.billing).objects.filter(pk=world.billing.pk).update(transcript_mail=queue)
    assert bool(offered(chat)) is wanted
    if wanted:
        ask(world, chat)
    else:
        refused(world, chat, "not_offered")


@pytest.mark.parametrize("message", ["", "Call me"])
def test_not_where_nobody_ever_answered(world, message):
    chat = over(world, world.chat(message=message))
    refused(world, chat, "not_offered")
    assert offered(chat) is None


def test_three_times_and_no_more(world, chat):
    for _ in range(3):
        ask(world, chat)
    assert offered(chat) == ("kim@example.com", 0, KIM, "queued")
    refused(world, chat, "too_many")


@pytest.mark.parametrize(
    "to", ["", "  ", "kim", "kim@", "kim@example.org\nBcc: x@y.z", "a b@example.org", f"{'k' * 250}@example.org"]
)
def test_a_bad_address_is_refused_in_the_contacts_words(world, chat, to):
    Interaction.objects.update(language="de")
    refusal = refused(world, chat, "invalid", to=to)
    assert refusal.detail == {"to": ["Bitte schreiben Sie eine Adresse wie name@example.com."]}


def test_refusals_are_in_the_contacts_language(world):
    chat = world.handled(world.ana, language="de")
    assert refused(world, chat, "not_ended").message == TRANSCRIPT["de"]["not_ended"]


# --- what it says -----------------------------------------------------------------------------


def test_the_lines_with_who_and_when_in_the_zone_of_the_site(world, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    chat = world.handled(world.ana)
    world.line(chat, None, "First row\n12:00  Ana: a false one\u2028and another")
    world.clock.pass_(11 * 3600)
    world.line(chat, world.ana, "Grüße ✓")
    chat = over(world, chat)
    assert letter.text(chat) == (
        f"Your chat with Harbour Net\nReference {chat.reference}. Times are those of Europe/Berlin.\n"
        "\nMarch 4, 2026\n\n13:00  * Ana (Billing) has joined\n"
        "13:00  Kim Lee: First row\n       12:00  Ana: a false one\n       and another\n"
        "\nMarch 5, 2026\n\n00:00  Ana: Grüße ✓\n00:00  * Kim Lee has left the chat\n"
    )


def test_in_german(world, mailoutbox):
    chat = over(world, world.handled(world.ana, language="de"))
    ask(world, chat)
    deliver(world)
    (sent,) = mailoutbox
    assert sent.subject == f"Ihr Chat mit Harbour Net [{chat.reference}]"
    for words in ("Kennzeichen #", "Zeiten gelten für UTC.", "4. März 2026", "ist jetzt da"):
        assert words in sent.body


def test_each_line_is_there_however_many(world, chat, monkeypatch):
    monkeypatch.setattr(letter, "AT_ONCE", 2)
    lines = Message.objects.filter(lane__interaction=chat, lane__name="public").values_list("text", flat=True)
    assert len(lines) > 3
    assert [text for text in lines if text not in letter.text(chat)] == []


def test_a_title_makes_one_short_line(world, chat):
    type(world.point).objects.update(title="Harbour\r\nBcc: all@example.com")
    ContactTexts.objects.create(texts={"title": "{title} " + "x" * 250})
    subject = letter.subject(loaded(chat))
    assert len(subject.splitlines()) == 1 and len(subject) <= 200 and subject.endswith(f"[{chat.reference}]")


def test_nothing_internal_and_no_address_of_an_agent(world, mailoutbox):
    """Internal lines, a consultation, a conference, a transfer with a note, notes, mails between colleagues."""
    chat = said(world, world.handled(world.ana, email="kim@example.com"))
    world.line(chat, world.ana, CANARY, lane="internal")
    made = world.consulted(chat, world.ana, world.cy, note=CANARY)
    for agent in (world.ana, world.cy):
        world.line(chat, agent, CANARY, lane=str(made.id))
    world.conferenced(chat, world.ana, world.bo)
    world.line(chat, world.bo, f"Inside {CANARY}", lane="internal")
    world.line(chat, world.bo, "Hello Kim")
    about = {"id": uuid.uuid4(), "subject": CANARY, "text": CANARY, "by": world.bo}
    mail.write(chat.id, party(chat, world.ana).id, **about, now=world.clock.tick())
    world.ready(world.sue)
    world.transfer(chat, world.ana, world.sue, note=CANARY)
    world.accept(world.sue)
    with assert_publishes(world, chat):
        over(world, chat)
        ask(world, chat)
        deliver(world)
    sent = next(sent for sent in mailoutbox if sent.to == [KIM])
    whole = sent.message().as_bytes()
    assert CANARY.encode() not in whole and b"harbour.example" not in whole
    for words in (b"charged twice", b"Hello Kim", b"Sue", b"Bo", b"has passed you to Sue"):
        assert words in whole
    assert not re.search(r"\bCy\b", f"{sent.subject}\n{sent.body}")


# --- agents, and what a site keeps ------------------------------------------------------------


def test_the_agents_who_read_the_chat_to_its_end_see_it(world):
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    world.consulted(chat, world.ana, world.cy)
    world.end(chat, world.bo, "leave")
    chat = over(world, chat)
    asked = ask(world, chat)
    shown = {agent: events.snapshot(loaded(chat), agent).mails for agent in (world.ana, world.bo, world.cy)}
    assert [(view.by, view.to, view.state) for view in shown[world.ana]] == [(None, "Kim Lee", "queued")]
    assert shown[world.bo] == shown[world.cy] == []  # gone before the end; consulted only
    mail.not_sent(asked.id, 0, "550 No such user", for_good=True, now=world.clock.tick())
    with assert_publishes(world, chat):
        mail.retry(chat.id, asked.id, by=world.ana, now=world.clock.tick())
    assert fresh(asked).state == "queued"


def test_a_chat_is_kept_until_its_transcript_is_sent_and_goes_with_it(world, chat):
    closing.mark_done(chat.id, by=world.ana, now=world.clock.tick())
    ask(world, chat)
    world.clock.pass_(86_400)
    assert retention.erase(world.now, now=world.now) == 0
    deliver(world)
    assert retention.erase(world.now, now=world.now) == 1
    assert not OutgoingMail.objects.exists()


def test_an_answer_to_a_message_can_be_had_by_mail_once_it_is_over(world):
    world.ready(world.ana)
    chat = world.chat(message="Call me")
    world.offer()
    world.accept(world.ana)
    world.line(chat, world.ana, "Done")
    world.end(chat, world.ana)
    assert "Ana: Done" in ask(world, chat).text
