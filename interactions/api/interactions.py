"""Calls about interactions and invitations."""

from drf_spectacular.utils import OpenApiParameter, extend_schema

from interactions import events, permissions, transcript
from interactions.actions import closing, conference, invitations
from interactions.models import Interaction, RoutingDecision
from interactions.picture import Picture, pending_view

from . import forms, shapes
from .base import AgentView


class InvitationAccept(AgentView):
    """Accept."""

    @extend_schema(request=forms.Nothing, responses=shapes.ACCEPTED, operation_id="invitation_accept")
    def post(self, request, invitation):
        """Take what rings. 409 `no_longer_available` or `ended` when it no longer does."""
        self.checked(forms.Nothing)
        interaction = invitations.accept(invitation, by=self.agent, now=self.now)
        return self.answer({"interaction": events.snapshot(interaction, self.agent)})


class InvitationReject(AgentView):
    """Reject."""

    @extend_schema(request=forms.Nothing, responses=shapes.EMPTY, operation_id="invitation_reject")
    def post(self, request, invitation):
        """Decline what rings."""
        self.checked(forms.Nothing)
        invitations.reject(invitation, by=self.agent, now=self.now)
        return self.answer({})


class InvitationCancel(AgentView):
    """Cancel."""

    @extend_schema(request=forms.Nothing, responses=shapes.EMPTY, operation_id="invitation_cancel")
    def post(self, request, invitation):
        """Take an open request back; its inviter and the owner may."""
        self.checked(forms.Nothing)
        invitations.cancel(invitation, by=self.agent, now=self.now)
        return self.answer({})


class InteractionView(AgentView):
    """A view of one interaction that the agent is or was a party of; any other is 404."""

    def found(self, id) -> Interaction:
        """The interaction, if the agent ever had a segment of it. Raises NotFound."""
        rows = Interaction.objects.select_related("contact", "queue", "routing_point", "owner__agent")
        interaction = rows.filter(pk=id).first()
        if interaction is None:
            raise permissions.NotFound(message="There is no such interaction.")
        permissions.segment_of(interaction, self.agent)
        return interaction

    def snapshot(self, interaction):
        return self.answer(events.snapshot(interaction, self.agent))


class One(InteractionView):
    """One interaction."""

    @extend_schema(responses=shapes.INTERACTION, operation_id="interaction")
    def get(self, request, interaction):
        """The interaction as this agent may see it."""
        return self.snapshot(self.found(interaction))


class Messages(InteractionView):
    """The transcript."""

    @extend_schema(parameters=[forms.LineQuery], responses=shapes.LINES, operation_id="messages")
    def get(self, request, interaction):
        """Lines of the lanes the agent may read."""
        self.found(interaction)
        given = self.checked(forms.LineQuery, request.query_params)
        found = transcript.page(self._author(interaction), **given)
        return self.answer({"results": found.lines, "more": found.more})

    @extend_schema(request=forms.AgentLine, responses={201: shapes.ACK}, operation_id="send")
    def post(self, request, interaction):
        """Send one line; the same `id` again gets the same number."""
        given = self.checked(forms.AgentLine)
        return self.answer(transcript.append_now(self._author(interaction), now=self.now, **given), status=201)

    def _author(self, interaction) -> transcript.Author:
        return transcript.Author(interaction, self.agent.id)


class Conference(InteractionView):
    """Instant conference."""

    @extend_schema(request=forms.Invite, responses={202: shapes.INVITED}, operation_id="conference")
    def post(self, request, interaction):
        """Invite a target into the chat. 409 says by name why it cannot be."""
        given = self.checked(forms.Invite)
        made = conference.invite(interaction, given["target"]["id"], by=self.agent, note=given["note"], now=self.now)
        picture = Picture(self.found(interaction))
        my = picture.by_id[picture.segments[self.agent.id].party_id]
        return self.answer({"invitation": pending_view(picture, my, made)}, status=202)


class End(InteractionView):
    """End."""

    @extend_schema(request=forms.End, responses=shapes.INTERACTION, operation_id="end")
    def post(self, request, interaction):
        """Pass the chat on, leave, or close it, as `expect` says; refused when that is no longer what End does."""
        given = self.checked(forms.End)
        return self.snapshot(closing.end(interaction, by=self.agent, now=self.now, **given))


class OneParty(InteractionView):
    """A party of an interaction."""

    @extend_schema(
        parameters=[OpenApiParameter("version", int, required=True)],
        responses=shapes.INTERACTION,
        operation_id="delete_from_conference",
    )
    def delete(self, request, interaction, party):
        """Delete From Conference."""
        version = self.checked(forms.OwnerVersion, request.query_params.dict())["version"]
        return self.snapshot(conference.remove(interaction, party, by=self.agent, version=version, now=self.now))


class Disposition(InteractionView):
    """The outcome."""

    @extend_schema(request=forms.Disposition, responses=shapes.INTERACTION, operation_id="disposition")
    def put(self, request, interaction):
        """Choose the outcome of the agent's own segment."""
        codes = self.checked(forms.Disposition)["codes"]
        return self.snapshot(closing.set_disposition(interaction, codes, by=self.agent, now=self.now))


class Note(InteractionView):
    """The note."""

    @extend_schema(request=forms.Note, responses=shapes.INTERACTION, operation_id="note")
    def put(self, request, interaction):
        """Keep a note on the agent's own segment."""
        text = self.checked(forms.Note)["text"]
        return self.snapshot(closing.set_note(interaction, text, by=self.agent, now=self.now))


class Done(AgentView):
    """Mark Done."""

    @extend_schema(request=forms.Nothing, responses=shapes.EMPTY, operation_id="done")
    def post(self, request, interaction):
        """Close the agent's own segment. 409 `disposition_required` says what is missing."""
        self.checked(forms.Nothing)
        closing.mark_done(interaction, by=self.agent, now=self.now)
        return self.answer({})


class Routing(InteractionView):
    """Why this agent?"""

    @extend_schema(responses=shapes.ROUTING, operation_id="routing")
    def get(self, request, interaction):
        """Every routing decision with its candidates and why each was or was not chosen."""
        found = self.found(interaction)
        rows = RoutingDecision.objects.filter(invitation__interaction=found).select_related("queue", "chosen")
        return self.answer({"results": [_decision(row) for row in rows]})


def _decision(row) -> dict:
    chosen = row.chosen and row.chosen.nickname
    return {"at": row.at, "queue": row.queue.name, "chosen": chosen, "candidates": row.candidates}
