"""What went wrong when a mail was sent, in words for who wrote it."""

import smtplib
from typing import NamedTuple

from django.core.mail import BadHeaderError


class Problem(NamedTuple):
    """`for_good`: another attempt would meet the same answer."""

    words: str
    for_good: bool


def problem_of(error: Exception) -> Problem:
    """Of whatever a mail back end raises."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused) if refused:
            address, (code, answer) = next(iter(refused.items()))
            return Problem(f"The mail server does not take mail for {address}: {_said(code, answer)}", code >= 500)
        case smtplib.SMTPAuthenticationError():
            return Problem("The mail server does not accept this site's user name and password.", False)
        case smtplib.SMTPSenderRefused(smtp_code=code, smtp_error=answer, sender=sender):
            return Problem(f"The mail server does not take mail from {sender}: {_said(code, answer)}", code >= 500)
        case smtplib.SMTPServerDisconnected() | smtplib.SMTPConnectError():
            return Problem("The mail server broke off the connection.", False)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=answer):
            return Problem(f"The mail server refused the mail: {_said(code, answer)}", code >= 500)
        case BadHeaderError() | UnicodeError() | smtplib.SMTPNotSupportedError():
            return Problem("The mail server cannot take this mail: its address or subject has a wrong form.", True)
        case TimeoutError():
            return Problem("The mail server did not answer in time.", False)
        case OSError():
            return Problem(f"The mail server cannot be reached: {error.strerror or error}.", False)
    return Problem("The mail could not be sent; the server's log says why.", False)


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else str(answer)
    return f"{code} {' '.join(text.split())}"[:200]
