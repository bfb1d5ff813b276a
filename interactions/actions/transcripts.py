"""The chat by e-mail: asked for by its contact once it is over, sent by an engine as other mail."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from core.errors import Conflict, Invalid
from interactions import events, letter, mail_rules, permissions
from interactions.models import Interaction, OutgoingMail, Party

from . import mail

ADDRESS_LIMIT = 254


@transaction.atomic(durable=True)
def ask(interaction_id, *, id, to: str, now: datetime) -> Interaction:
    """The contact wants the chat at this address: the lines that they could read. The same id again changes nothing.

    Raises Invalid, Conflict (`not_ended`, `no_mail`, `not_offered`, `too_many`, `id_reused`), in the contact's words.
    Emits transcript.asked.
    """
    interaction = Interaction.lock(interaction_id)
    to = _address(to, interaction)
    if _is_stored(interaction, id, to):
        return interaction.untouched()
    asked = interaction.mails.filter(author=None).count()
    permissions.require(mail_rules.can_ask_transcript(interaction, asked))
    contact = interaction.parties.get(kind=Party.CONTACT)
    written = {"subject": letter.subject(interaction), "text": letter.text(interaction)}
    mail.queue(contact, id=id, author=None, to=to, **written, now=now)
    events.record(interaction, "transcript.asked", now=now, by="contact", mail=str(id))
    return interaction


def _address(given: str, interaction: Interaction) -> str:
    try:
        validate_email(given := given.strip())
    except ValidationError:
        given = ""
    if not given or len(given) > ADDRESS_LIMIT:
        words = interaction.wording.page["wrong_email"]
        raise Invalid(message=words, to=[words])
    return given


def _is_stored(interaction: Interaction, id, to: str) -> bool:
    found = OutgoingMail.objects.filter(pk=id).first()
    if found and (found.interaction_id, found.author_id, found.to) != (interaction.id, None, to):
        raise Conflict("id_reused", interaction.wording.transcript["id_reused"])
    return found is not None
