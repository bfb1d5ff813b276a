"""New E-mail: written by an agent to a party about a chat, sent later by an engine, tried again, given up.

Sending itself is slow and happens in no transaction: see `postman`.
"""

from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction

from agents.models import Agent
from core.errors import Conflict, Invalid, NotFound
from core.outbox import pause
from interactions import events, mail_rules, permissions
from interactions.models import Interaction, OutgoingMail, Party
from interactions.states import Mailed
from interactions.transcript.text import without_controls

TEXT_LIMIT, SUBJECT_LIMIT = 20_000, 150
GIVE_UP = timedelta(days=1)


@transaction.atomic(durable=True)
def write(interaction_id, party_id, *, id, subject: str, text: str, by: Agent, now: datetime) -> OutgoingMail:
    """New E-mail to a party. The same id again changes nothing.

    Raises Invalid, NotFound, NotAllowed, Conflict (`done`, `self`, `not_party`, `gone`, `no_address`,
    `no_mail`, `id_reused`).
    Emits mail.queued.
    """
    subject, text = _line(subject), _text(text)
    interaction = Interaction.lock(interaction_id)
    segment = permissions.segment_of(interaction, by)
    party = interaction.parties.select_related("agent__user").filter(pk=party_id).first()
    if party is None:
        raise NotFound(message="There is no such party.")
    subject = subject if interaction.reference in subject else f"{subject} [{interaction.reference}]"
    if stored := _stored(id, party, subject, text, by):
        interaction.untouched()
        return stored
    permissions.require(mail_rules.can_mail(interaction, by, segment, party))
    to = mail_rules.address_of(interaction, party)
    mail = queue(party, id=id, author=by, to=to, subject=subject, text=text, now=now)
    events.record(interaction, "mail.queued", now=now, by=f"agent:{by.id}", mail=str(id), party=str(party.id))
    return mail


def queue(party: Party, *, id, author: Agent | None, to: str, subject: str, text: str, now: datetime) -> OutgoingMail:
    """A part of actions: it goes out soon. `author` None: the site."""
    return OutgoingMail.objects.create(
        id=id,
        interaction_id=party.interaction_id,
        party=party,
        author=author,
        to=to,
        subject=subject,
        text=text,
        message_id=_message_id(id),
        created_at=now,
        queued_at=now,
        next_at=now,
    )


@transaction.atomic(durable=True)
def retry(interaction_id, mail_id, *, by: Agent, now: datetime) -> Interaction:
    """Try again now, and for a day.

    Raises NotFound, NotAllowed, Conflict (`mail_sent`, `queued`). Emits mail.retried.
    """
    interaction = Interaction.lock(interaction_id)
    permissions.segment_of(interaction, by)
    mail = visible(interaction, by).filter(pk=mail_id).first()
    if mail is None:
        raise NotFound(message="There is no such mail.")
    permissions.require(mail_rules.can_retry(by, mail))
    _again(interaction, mail, f"agent:{by.id}", now)
    return interaction


@transaction.atomic(durable=True)
def retry_for_all(mail_id, *, by: str, now: datetime) -> None:
    """As `retry`, by an administrator. Raises Conflict (`mail_sent`, `queued`). Emits mail.retried."""
    interaction, mail = _locked(mail_id)
    permissions.require(mail_rules.waits_for_retry(mail))
    _again(interaction, mail, by, now)


@transaction.atomic(durable=True)
def sent(mail_id, *, now: datetime) -> None:
    """The mail server has taken it. Again changes nothing. Emits mail.sent."""
    interaction, mail = _locked(mail_id)
    if mail.state == Mailed.SENT:
        interaction.untouched()
        return
    mail.move(Mailed.SENT, sent_at=now, next_at=None, claimed_until=None, problem="")
    events.record(interaction, "mail.sent", now=now, mail=str(mail.id))


@transaction.atomic(durable=True)
def not_sent(mail_id, attempt: int, problem: str, *, for_good: bool, now: datetime) -> None:
    """This attempt failed: later again, after a day or for good never. Emits mail.delayed or mail.failed."""
    interaction, mail = _locked(mail_id)
    if mail.state != Mailed.QUEUED or mail.attempts != attempt:
        interaction.untouched()
        return
    over = for_good or now - mail.queued_at >= GIVE_UP
    next_at = None if over else now + pause(now - mail.queued_at)
    state = Mailed.FAILED if over else Mailed.QUEUED
    mail.move(state, problem=problem[:300], next_at=next_at, claimed_until=None)
    name = "mail.failed" if over else "mail.delayed"
    events.record(interaction, name, now=now, mail=str(mail.id), problem=mail.problem)


def visible(interaction: Interaction, agent: Agent):
    """The mails that this agent may see, the oldest first."""
    rows = interaction.mails.select_related("party", "author").order_by("created_at", "id")
    segments = list(interaction.segments.filter(agent=agent).select_related("party"))
    return rows.filter(pk__in=[mail.pk for mail in rows if mail_rules.sees_mail(mail, agent, segments)])


def _locked(mail_id) -> tuple[Interaction, OutgoingMail]:
    interaction = Interaction.lock(OutgoingMail.objects.values_list("interaction_id", flat=True).get(pk=mail_id))
    return interaction, OutgoingMail.objects.get(pk=mail_id)


def _again(interaction: Interaction, mail: OutgoingMail, by: str, now) -> None:
    mail.move(Mailed.QUEUED, problem="", queued_at=now, next_at=now)
    events.record(interaction, "mail.retried", now=now, by=by, mail=str(mail.id))


def _stored(id, party: Party, subject: str, text: str, by: Agent) -> OutgoingMail | None:
    mail = OutgoingMail.objects.filter(pk=id).first()
    if mail and (mail.party_id, mail.subject, mail.text, mail.author_id) != (party.id, subject, text, by.id):
        raise Conflict("id_reused", "This id belongs to another mail.")
    return mail


def _line(subject: str) -> str:
    """One line, whatever was pasted: a header can hold no second one."""
    subject = " ".join(without_controls(subject).split())
    if not subject:
        raise Invalid(message="A mail needs a subject.", subject=["A mail needs a subject."])
    if len(subject) > SUBJECT_LIMIT:
        words = f"A subject has at most {SUBJECT_LIMIT} characters."
        raise Invalid(message=words, subject=[words])
    return subject


def _text(text: str) -> str:
    text = without_controls(text)
    if not text.strip():
        raise Invalid(message="A mail needs some text.", text=["A mail needs some text."])
    if len(text) > TEXT_LIMIT:
        words = f"A mail has at most {TEXT_LIMIT} characters."
        raise Invalid(message=words, text=[words])
    return text


def _message_id(id) -> str:
    """The same at each attempt, so that a mail that goes out twice can be known as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{id}@{domain}>"
