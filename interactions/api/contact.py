"""Calls of the contact's page."""

from drf_spectacular.utils import extend_schema
from rest_framework.throttling import AnonRateThrottle

from core import leases
from interactions import events, transcript
from interactions.actions import arrival, presence

from . import forms, shapes
from .base import ContactView, View


class StartThrottle(AnonRateThrottle):
    """New chats per address."""

    scope = "start"


class Chats(View):
    """Start a chat."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (StartThrottle,)

    @extend_schema(request=forms.Start, responses={201: shapes.STARTED}, operation_id="contact_start")
    def post(self, request):
        """Start, or return to the chat that this `client_id` has."""
        given = self.checked(forms.Start)
        interaction, token = arrival.start(
            given["routing_point"],
            client_id=str(given["client_id"]),
            name=given["name"],
            email=given["email"],
            answers=given["fields"],
            now=self.now,
        )
        leases.touch(interaction.holder, self.now)
        place = events.waiting(interaction, self.now)
        body = {
            "chat": interaction.id,
            "token": token,
            "state": str(interaction.state),
            "position": place and place.position,
            "estimated_wait": place and place.estimated_wait,
            "staffed": place.staffed if place else True,
        }
        return self.answer(body, status=201)


class Chat(ContactView):
    """The chat as its contact may see it."""

    @extend_schema(parameters=[forms.ContactQuery], responses=shapes.CONTACT_CHAT, operation_id="contact_chat")
    def get(self, request, chat):
        """Snapshot and public lines after a number. A poll keeps a contact without a socket present."""
        after = self.checked(forms.ContactQuery, request.query_params)["after"]
        leases.touch(self.interaction.holder, self.now)
        presence.contact_appeared(self.interaction.id, self.now)
        lines = transcript.page(_author(chat), lane="public", after=after, limit=500).lines
        place = events.waiting(self.interaction, self.now)
        body = {"snapshot": events.snapshot_for_contact(self.interaction), "messages": lines, "waiting": place}
        return self.answer(body)


class ChatMessages(ContactView):
    """Lines of the contact."""

    @extend_schema(request=forms.Line, responses={201: shapes.ACK}, operation_id="contact_send")
    def post(self, request, chat):
        """Send one line; the same `id` again gets the same number."""
        given = self.checked(forms.Line)
        ack = transcript.append_now(_author(chat), lane="public", now=self.now, **given)
        return self.answer(ack, status=201)


class ChatLeave(ContactView):
    """The contact leaves."""

    @extend_schema(request=forms.Nothing, responses=shapes.CONTACT_SNAPSHOT, operation_id="contact_leave")
    def post(self, request, chat):
        """Leave; the chat is over. Leaving twice is harmless."""
        self.checked(forms.Nothing)
        interaction = arrival.leave(chat, now=self.now)
        return self.answer({"snapshot": events.snapshot_for_contact(interaction)})


def _author(chat) -> transcript.Author:
    return transcript.Author(chat)
