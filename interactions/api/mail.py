"""Calls about mail to a party of an interaction."""

import uuid

from interactions import frames
from interactions.actions import mail
from interactions.picture import mail_view

from . import forms, shapes
from .describe import for_agents
from .interactions import InteractionView

WRITE = ("done", "self", "not_party", "gone", "no_address", "no_mail", "id_reused")


class PartyMail(InteractionView):
    """New E-mail."""

    @for_agents("mail", shapes.QueuedMail, status=202, errors=(404,), body=forms.Mail, conflicts=WRITE)
    def post(self, request, interaction, party):
        """Write to this party about the interaction, whose reference is put into the subject. It is sent soon."""
        given = self.checked(forms.Mail)
        given.setdefault("id", uuid.uuid4())
        made = mail.write(interaction, party, by=self.agent, now=self.now, **given)
        return self.answer(shapes.QueuedMail(mail_view(made, self.agent)), status=202)


class Mails(InteractionView):
    """The mails about an interaction."""

    @for_agents("mails", shapes.Mails, errors=(404,))
    def get(self, request, interaction):
        """Those that the agent may see, with their text."""
        found = mail.visible(self.found(interaction), self.agent)
        results = [shapes.MailText(mail_view(row, self.agent), row.to, row.text) for row in found]
        return self.answer(shapes.Mails(results))


class MailRetry(InteractionView):
    """A mail that could not be sent."""

    @for_agents(
        "mail_retry", frames.InteractionView, errors=(404,), body=forms.Nothing, conflicts=("mail_sent", "queued")
    )
    def post(self, request, interaction, mail_id):
        """Try again now."""
        self.checked(forms.Nothing)
        return self.snapshot(mail.retry(interaction, mail_id, by=self.agent, now=self.now))
