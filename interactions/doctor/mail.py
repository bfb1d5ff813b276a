"""Mail: does the server take us? A mail is sent only where somebody asked for one."""

from contextlib import suppress

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from core.doctor import Asked, bad, doubtful, examine, good
from interactions.smtp_words import problem_of

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@examine("Mail")
def takes_us(asked: Asked):
    if not settings.MAIL_READY:
        return [doubtful("Mail is not set up: agents cannot write any.", "Set EMAIL_URL, or leave it if nobody is to.")]
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return [doubtful("Mail is printed into the log and sent to nobody.", "Set EMAIL_URL to your mail server.")]
    return [_tried(asked.mail_to)]


def _tried(to: str) -> tuple:
    connection = get_connection(fail_silently=False)
    try:
        connection.open()
        if to:
            EmailMessage("Parley can send mail", "The doctor sent this.", to=[to], connection=connection).send()
    except Exception as error:
        return bad(problem_of(error).words, "Put EMAIL_URL and PARLEY_MAIL_FROM right.")
    finally:
        with suppress(Exception):
            connection.close()
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return good(f"{where} took a mail to {to}." if to else f"{where} takes us; --mail ADDRESS sends one.")
