"""The postman: each engine sends the mails that are due, one after the other, beside its sweep.

A mail is claimed first, so several engines send it once; sent outside of any transaction, because mail servers are
slow; then marked. A process that dies between sending and marking leaves the claim to run out: the mail goes out
again, with the same Message-ID.
"""

import logging
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime

from django.core.mail import EmailMessage, get_connection

from .actions import mail as actions
from .models import OutgoingMail
from .smtp_words import problem_of

log = logging.getLogger("parley.mail")


def due(now: datetime) -> list:
    """Rows of which any makes a look worthwhile."""
    return [OutgoingMail.objects.due(now)]


def deliver(now: datetime) -> bool:
    """Send the mail that is due first. True: look again, there may be another."""
    mail = OutgoingMail.objects.due(now).select_related("author__user", "party").first()
    if mail is None:
        return False
    if mail.claim(now):
        _attempt(mail, now)
    return True


def _attempt(mail: OutgoingMail, now: datetime) -> None:
    try:
        _send(mail)
    except Exception as error:
        problem = problem_of(error)
        log.warning("mail %s was not sent: %r", mail.pk, error)
        actions.not_sent(mail.pk, mail.attempts, problem.words, for_good=problem.for_good, now=now)
    else:
        actions.sent(mail.pk, now=now)


def _send(mail: OutgoingMail) -> None:
    """A server that refused us may still hold its connection open: it is closed whatever happened."""
    connection = get_connection()
    try:
        _message(mail, connection).send()
    finally:
        with suppress(Exception):
            connection.close()


def _message(mail: OutgoingMail, connection) -> EmailMessage:
    """Colleagues can answer the writer; contacts answer the site, they know no address of an agent.

    What nobody wrote says so (RFC 3834), and no absent person's mailbox answers it.
    """
    answer_to = [] if mail.is_to_contact or not mail.author.user.email else [mail.author.user.email]
    headers = {"Message-ID": mail.message_id, "Date": format_datetime(mail.created_at)}
    headers |= {"Auto-Submitted": "auto-generated"} if mail.is_transcript else {}
    more = {"to": [mail.to], "reply_to": answer_to, "headers": headers, "connection": connection}
    return EmailMessage(mail.subject, mail.text, **more)
