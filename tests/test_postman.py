"""Mail over a real SMTP server: taken, refused, away, with TLS and a password."""

import asyncio
import email
import smtplib
import subprocess
import uuid
from email.policy import default as policy

import pytest

from core import realtime
from core.db import db_call
from interactions import letter, postman, runner
from interactions.actions import arrival, transcripts
from interactions.actions import mail as actions
from interactions.models import Contact, OutgoingMail
from interactions.smtp_words import problem_of
from tests import servers
from tests.support import CANARY, fresh, loaded, party

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def box():
    with servers.smtp() as box:
        yield box


@pytest.fixture
def over(settings):
    """over(port, ...): mail leaves through this server."""

    def choose(port: int, **more) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        given = {
            "HOST": "127.0.0.1",
            "PORT": port,
            "HOST_USER": "",
            "HOST_PASSWORD": "",
            "USE_TLS": False,
            "USE_SSL": False,
        }
        for name, value in {**given, **more}.items():
            setattr(settings, f"EMAIL_{name}", value)

    return choose


@pytest.fixture
def write(world):
    chat = loaded(world.handled(world.ana, email="kim@example.com"))

    def make(to="kim@example.com", subject="Größe ✓", text="Hallo,\n.\nbis morgen") -> OutgoingMail:
        Contact.objects.filter(pk=chat.contact_id).update(email=to)
        kim = party(chat, None)
        return actions.write(
            chat.id, kim.id, id=uuid.uuid4(), subject=subject, text=text, by=world.ana, now=world.clock.tick()
        )

    return make


def deliver(world) -> int:
    now = world.clock.tick()
    return sum(iter(lambda: int(postman.deliver(now)), 0))


def test_it_arrives_whole(world, write, box, over):
    over(box.port)
    mail = write()
    assert deliver(world) == 1
    got = box.mails()[-1]
    message = email.message_from_string(got["content"], policy=policy)
    assert got["to"] == ["kim@example.com"]
    assert message["Subject"] == mail.subject and message["Message-ID"] == mail.message_id
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == "Hallo,\n.\nbis morgen"
    assert fresh(mail).state == "sent"


def test_a_transcript_arrives_whole(world, box, over):
    over(box.port)
    chat = world.handled(world.ana)
    world.line(chat, None, "Größe ✓ " + "x" * 1990)
    world.line(chat, world.ana, CANARY, lane="internal")
    arrival.leave(chat.id, now=world.clock.tick())
    transcripts.ask(chat.id, id=uuid.uuid4(), to="kim@example.org", now=world.clock.tick())
    assert deliver(world) == 1
    got = box.mails()[-1]
    message = email.message_from_string(got["content"], policy=policy)
    assert (got["to"], message["Auto-Submitted"]) == (["kim@example.org"], "auto-generated")
    text = message.get_content().replace("\r\n", "\n")
    assert text.rstrip("\n") == letter.text(loaded(chat)).rstrip("\n")
    assert "Kim Lee: Größe ✓ xx" in text and CANARY not in text


@pytest.mark.parametrize(
    ("to", "state", "words"),
    [
        ("unknown@example.com", "failed", "550 5.1.1 No such user"),
        ("spam@example.com", "failed", "554 5.7.1 Looks like spam"),
        ("later@example.com", "queued", "451 4.3.0 Try again later"),
    ],
)
def test_what_the_server_refuses_is_said_in_its_words(world, write, box, over, to, state, words):
    over(box.port)
    mail, before = write(to), len(box.mails())
    deliver(world)
    assert fresh(mail).state == state and words in fresh(mail).problem
    assert len(box.mails()) == before


def test_a_server_that_is_down_and_comes_back(world, write, over):
    port = servers.free_port()
    over(port)
    mail = write()
    deliver(world)
    assert (fresh(mail).state, fresh(mail).problem) == (
        "queued",
        "The mail server cannot be reached: Connection refused.",
    )
    with servers.smtp(port=port) as box:
        assert deliver(world) == 0
        world.clock.pass_(61)
        assert deliver(world) == 1
        assert [one["to"] for one in box.mails()] == [["kim@example.com"]]
    assert fresh(mail).state == "sent" and fresh(mail).problem == ""


def test_one_that_cannot_be_sent_holds_up_no_other(world, write, box, over):
    over(box.port)
    bad, good = write("later@example.com"), write("kim@example.com")
    assert deliver(world) == 2
    assert (fresh(bad).state, fresh(good).state) == ("queued", "sent")


@pytest.mark.parametrize("kind", ["tls", "ssl"])
def test_tls_with_user_and_password(world, write, over, tmp_path, monkeypatch, kind):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run([*make.split(), "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    with servers.smtp(kind, str(cert), str(key), "parley", "secret") as box:
        secure = {"HOST": "localhost", f"USE_{kind.upper()}": True, "HOST_USER": "parley"}
        over(box.port, **secure, HOST_PASSWORD="secret")
        mail = write()
        deliver(world)
        assert "certificate" in fresh(mail).problem.lower() and box.mails() == []  # nobody vouches for it
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        over(box.port, **secure, HOST_PASSWORD="wrong")
        world.clock.pass_(61)
        deliver(world)
        assert "does not accept this site's user name" in fresh(mail).problem
        over(box.port, **secure, HOST_PASSWORD="secret")
        world.clock.pass_(121)
        deliver(world)
        assert [(one["tls"], one["user"]) for one in box.mails()] == [(True, True)]
    assert fresh(mail).state == "sent"


@pytest.mark.parametrize(
    ("error", "for_good"),
    [
        (smtplib.SMTPSenderRefused(550, b"no", "parley@example.com"), True),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (smtplib.SMTPHeloError(421, b"busy"), False),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), True),
        (TimeoutError("timed out"), False),
        (UnicodeEncodeError("ascii", "ö", 0, 1, "no"), True),
        (RuntimeError("whatever"), False),
    ],
)
def test_every_failure_has_words(error, for_good):
    found = problem_of(error)
    assert found.words.endswith((".", "no", "busy")) and found.for_good is for_good


async def test_every_engine_sends_beside_its_sweep(world, write, box, over, monkeypatch):
    over(box.port)
    monkeypatch.setattr(runner.clock, "now", lambda: world.clock.tick())
    mail, sent, loop = await db_call(write), asyncio.Event(), asyncio.get_running_loop()
    mark = actions.sent

    def marked(*args, **kwargs):
        mark(*args, **kwargs)
        loop.call_soon_threadsafe(sent.set)

    monkeypatch.setattr(postman.actions, "sent", marked)
    await runner.start()
    try:
        async with asyncio.timeout(10):
            await sent.wait()
    finally:
        await runner.stop()
        await realtime.stop()
    assert (await db_call(fresh, mail)).state == "sent"
