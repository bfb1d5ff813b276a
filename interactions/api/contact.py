"""Calls of the contact's page."""

import logging

from rest_framework.throttling import AnonRateThrottle

from core import leases
from interactions import events, frames, marks, scopes, transcript
from interactions.actions import arrival, overflow, presence, survey, transcripts
from interactions.models import ContactSession

from . import forms, shapes
from .base import ContactView, View
from .describe import for_contacts

SEND = ("ended", "not_party", "id_reused")
TRANSCRIPT = ("not_ended", "no_mail", "not_offered", "too_many", "id_reused")

log = logging.getLogger("parley.rates")


class StartThrottle(AnonRateThrottle):
    """New chats per address. A cache that is away limits nothing."""

    scope = "start"

    def get_ident(self, request):
        """The peer as the server knows it: what a client writes into a header is no address."""
        return request.META.get("REMOTE_ADDR", "")

    def allow_request(self, request, view):
        try:
            return super().allow_request(request, view)
        except Exception as error:
            log.warning("the cache did not answer, starts are not counted: %r", error)
            return True


class Chats(View):
    """Start a chat."""

    authentication_classes = ()
    permission_classes = ()
    writes = scopes.OF_ANYBODY
    throttle_classes = (StartThrottle,)

    @for_contacts(
        "contact_start", shapes.Started, status=201, errors=(404, 429), body=forms.Start, conflicts=("closed",)
    )
    def post(self, request):
        """Start, or return to the chat that this `client_id` has."""
        given = self.checked(forms.Start)
        interaction, token = arrival.start(
            given["routing_point"],
            client_id=str(given["client_id"]),
            name=given["name"],
            email=given["email"],
            answers=given["fields"],
            message=given["message"],
            previous=_proven(given.get("previous")),
            language=given["language"],
            page=given["page"],
            now=self.now,
        )
        leases.touch(interaction.holder, self.now)
        place = events.waiting(interaction, self.now)
        started = shapes.Started(
            chat=interaction.id,
            token=token,
            state=interaction.state,
            position=place and place.position,
            estimated_wait=place and place.estimated_wait,
            staffed=place.staffed if place else True,
        )
        return self.answer(started, status=201)


def _proven(previous: dict | None):
    """The earlier interaction that the token opens; anything else is as if it were not named."""
    return previous and ContactSession.authenticate(previous["chat"], previous["token"])


class Chat(ContactView):
    """The chat as its contact may see it."""

    @for_contacts("contact_chat", shapes.ContactChat, query=forms.ContactQuery)
    def get(self, request, chat):
        """Snapshot and public lines after a number: what has arrived up to it is delivered, up to `seen` it is seen.

        A poll keeps a contact without a socket present.
        """
        given = self.checked(forms.ContactQuery, request.query_params)
        after = given["after"]
        leases.touch(self.interaction.holder, self.now)
        presence.contact_appeared(self.interaction.id, self.now)
        marks.mark({(_author(chat), "public"): marks.Reached(delivered=after, seen=min(given["seen"], after))})
        lines = transcript.page(_author(chat), lane="public", after=after, limit=500).lines
        place = events.waiting(self.interaction, self.now)
        return self.answer(shapes.ContactChat(events.snapshot_for_contact(self.interaction), lines, place))


class ChatMessages(ContactView):
    """Lines of the contact."""

    @for_contacts(
        "contact_send", frames.Ack, status=201, body=forms.NewLine, conflicts=("ended", "not_party", "id_reused")
    )
    def post(self, request, chat):
        """Send one line; the same `id` again gets the same number."""
        given = self.checked(forms.NewLine)
        ack = transcript.append_now(_author(chat), lane="public", now=self.now, **given)
        return self.answer(ack, status=201)


class ChatMessage(ContactView):
    """A message instead of waiting."""

    @for_contacts(
        "contact_leave_message",
        shapes.ContactLeft,
        body=forms.LeftMessage,
        conflicts=("ended", "no_longer_available", "id_reused"),
    )
    def post(self, request, chat):
        """Stop waiting; what was written is answered later. 409 `no_longer_available`: an agent is there already."""
        given = self.checked(forms.LeftMessage)
        interaction = overflow.leave_message(chat, id=given["id"], text=given["text"], now=self.now)
        return self.answer(shapes.ContactLeft(events.snapshot_for_contact(interaction)))


class ChatSurvey(ContactView):
    """What the contact says of the chat."""

    @for_contacts(
        "contact_answer",
        shapes.ContactLeft,
        body=forms.SurveyAnswers,
        conflicts=("not_ended", "no_survey", "answered"),
    )
    def post(self, request, chat):
        """Answer the survey, all questions at once. The same answers again are harmless."""
        interaction = survey.answer(chat, self.checked(forms.SurveyAnswers)["answers"], now=self.now)
        return self.answer(shapes.ContactLeft(events.snapshot_for_contact(interaction)))


class ChatLeave(ContactView):
    """The contact leaves."""

    @for_contacts("contact_leave", shapes.ContactLeft, body=forms.Nothing)
    def post(self, request, chat):
        """Leave; the chat is over. Leaving twice is harmless."""
        self.checked(forms.Nothing)
        interaction = arrival.leave(chat, now=self.now)
        return self.answer(shapes.ContactLeft(events.snapshot_for_contact(interaction)))


class ChatTranscript(ContactView):
    """The chat by e-mail."""

    @for_contacts(
        "contact_transcript", shapes.ContactAsked, status=202, body=forms.AskedTranscript, conflicts=TRANSCRIPT
    )
    def post(self, request, chat):
        """Once the chat is over: send its public lines to this address, soon. The same `id` again is one mail."""
        given = self.checked(forms.AskedTranscript)
        interaction = transcripts.ask(chat, **given, now=self.now)
        return self.answer(shapes.ContactAsked(events.snapshot_for_contact(interaction)), status=202)


def _author(chat) -> transcript.Author:
    return transcript.Author(chat)
