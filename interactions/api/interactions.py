"""Calls about interactions and invitations."""

from functools import partial

import msgspec

from core.errors import Conflict, NotFound
from interactions import events, frames, permissions, scopes, transcript
from interactions.actions import case, closing, conference, invitations, outcomes, status, transfer
from interactions.actions import consultation as consulting
from interactions.auto_answer import Presence
from interactions.models import Interaction, Invitation, RoutingDecision
from interactions.picture import Picture, pending_view

from . import forms, shapes
from .base import AgentView
from .describe import for_agents

OPEN = ("no_longer_available", "ended")
TARGET = ("already_party", "already_invited", "logged_off", "not_ready", "at_capacity", "unstaffed")
CONFERENCE = ("ended", "not_party", "party_limit", *TARGET)
CONSULT = ("ended", "not_party", "no_contact", "already_consulted", "busy", *TARGET)
QUEUE = ("closed", "staffed", "not_alone", "invitation_pending")
CHANGE = ("not_party", "not_allowed", "stale", "transfer_pending")
TRANSFER = ("ended", "not_party", "stale", "transfer_pending", *TARGET, *QUEUE)
END = ("last_agent", "parties_changed", "stale", "invitation_pending")
OUTCOME = ("done", "no_outcomes", "too_early", "retired_code")
DELETE_FROM_CONFERENCE = ("ended", "not_party", "is_owner", "not_allowed", "stale")

of_interaction = partial(for_agents, errors=(404,))
of_invitation = partial(for_agents, errors=(404,), conflicts=OPEN)


class InvitationAccept(AgentView):
    """Accept."""

    writes = scopes.CHATS_WRITE

    @for_agents(
        "invitation_accept", shapes.Accepted, errors=(404,), body=forms.Accept, conflicts=(*OPEN, "not_automatic")
    )
    def post(self, request, invitation):
        """Take what rings. 409 `no_longer_available` or `ended` when it no longer does.

        409 `not_automatic` where nobody clicked and it may not be answered by itself, or not yet.
        """
        automatic = self.checked(forms.Accept).get("automatic")
        presence = automatic and Presence(**automatic)
        interaction = invitations.accept(invitation, by=self.agent, automatic=presence, now=self.now)
        return self.answer(shapes.Accepted(events.snapshot(interaction, self.agent)))


class InvitationReject(AgentView):
    """Reject."""

    writes = scopes.CHATS_WRITE

    @of_invitation("invitation_reject", shapes.Empty, body=forms.Nothing)
    def post(self, request, invitation):
        """Decline what rings."""
        self.checked(forms.Nothing)
        invitations.reject(invitation, by=self.agent, now=self.now)
        return self.answer(shapes.Empty())


class InvitationCancel(AgentView):
    """Cancel."""

    writes = scopes.CHATS_WRITE

    @of_invitation("invitation_cancel", shapes.Empty, body=forms.Nothing)
    def post(self, request, invitation):
        """Take an open request back; its inviter and the owner may."""
        self.checked(forms.Nothing)
        invitations.cancel(invitation, by=self.agent, now=self.now)
        return self.answer(shapes.Empty())


class InteractionView(AgentView):
    """A view of one interaction that the agent is or was a party of; any other is 404."""

    reads, writes = scopes.CHATS_READ, scopes.CHATS_WRITE

    def found(self, id) -> Interaction:
        """The interaction, if the agent ever had a segment of it. Raises NotFound."""
        rows = Interaction.objects.select_related("contact", "queue", "routing_point", "owner__agent")
        interaction = rows.filter(pk=id).first()
        if interaction is None:
            raise NotFound(message="There is no such interaction.")
        permissions.segment_of(interaction, self.agent)
        return interaction

    def snapshot(self, interaction):
        return self.answer(events.snapshot(interaction, self.agent))


class One(InteractionView):
    """One interaction."""

    @of_interaction("interaction", frames.InteractionView)
    def get(self, request, interaction):
        """The interaction as this agent may see it."""
        return self.snapshot(self.found(interaction))


class Messages(InteractionView):
    """The transcript."""

    @of_interaction("messages", shapes.Lines, query=forms.LineQuery)
    def get(self, request, interaction):
        """Lines of the lanes the agent may read."""
        self.found(interaction)
        given = self.checked(forms.LineQuery, request.query_params)
        found = transcript.page(self._author(interaction), **given)
        return self.answer(shapes.Lines(found.lines, found.more))

    @of_interaction(
        "send", frames.Ack, status=201, body=forms.NewAgentLine, conflicts=("ended", "not_party", "id_reused")
    )
    def post(self, request, interaction):
        """Send one line; the same `id` again gets the same number."""
        given = self.checked(forms.NewAgentLine)
        ack = transcript.append_now(self._author(interaction), now=self.now, **given)
        status.wrote(self.agent.id, now=self.now)
        return self.answer(ack, status=201)

    def _author(self, interaction) -> transcript.Author:
        return transcript.Author(interaction, self.agent.id)


class Asking(InteractionView):
    """A view that asks for a colleague."""

    def pending(self, interaction, invitation):
        """The request as its inviter sees it."""
        picture = Picture(self.found(interaction))
        my = picture.by_id[picture.segments[self.agent.id].party_id]
        return pending_view(picture, my, invitation)


class Conference(Asking):
    """Instant conference."""

    @of_interaction("conference", shapes.InvitedTarget, status=202, body=forms.Invite, conflicts=CONFERENCE)
    def post(self, request, interaction):
        """Invite a target, or whom one consults, into the chat. 409 says by name why it cannot be."""
        made = self._invite(interaction, by=self.agent, now=self.now, **self.checked(forms.Invite))
        return self.answer(shapes.InvitedTarget(self.pending(interaction, made)), status=202)

    def _invite(self, interaction, *, target=None, consultation=None, **how):
        if consultation:
            return conference.invite_consultant(interaction, consultation, **how)
        if target["type"] == "agent":
            return conference.invite(interaction, target["id"], **how)
        return conference.invite_pool(interaction, target["type"], target["id"], **how)


class Consultations(Asking):
    """Consultation."""

    @of_interaction("consult", shapes.InvitedTarget, status=202, body=forms.Consult, conflicts=CONSULT)
    def post(self, request, interaction):
        """Ask for a consultation beside the chat; the contact learns nothing of it."""
        made = self._request(interaction, by=self.agent, now=self.now, **self.checked(forms.Consult))
        return self.answer(shapes.InvitedTarget(self.pending(interaction, made)), status=202)

    def _request(self, interaction, *, target, **how):
        if target["type"] == "agent":
            return consulting.request(interaction, target["id"], **how)
        return consulting.request_pool(interaction, target["type"], target["id"], **how)


class ConsultationEnd(InteractionView):
    """The end of a consultation."""

    @of_interaction("consultation_end", frames.InteractionView, body=forms.Nothing)
    def post(self, request, consultation):
        """End it for both; the chat goes on."""
        self.checked(forms.Nothing)
        return self.snapshot(consulting.end(consultation, by=self.agent, now=self.now))


class Transfer(Asking):
    """Transfer."""

    @of_interaction("transfer", shapes.Transferred, status=202, body=forms.Transfer, conflicts=TRANSFER)
    def post(self, request, interaction):
        """Give one's place to a target, or to whom one consults. Refused or timed out changes nothing.

        To a queue or a routing point the agent leaves at once.
        """
        made = self._transfer(interaction, by=self.agent, now=self.now, **self.checked(forms.Transfer))
        pending = self.pending(interaction, made) if isinstance(made, Invitation) else None
        snapshot = events.snapshot(self.found(interaction), self.agent)
        return self.answer(shapes.Transferred(pending, snapshot), status=202)

    def _transfer(self, interaction, *, as_message, target=None, consultation=None, **how):
        if consultation:
            return transfer.to_consultant(interaction, consultation, **how)
        type, id = target["type"], target["id"]
        if type in forms.QUEUES:
            return transfer.to_queue(interaction, type, id, as_message=as_message, **how)
        if type == "agent":
            return transfer.to_agent(interaction, id, **how)
        return transfer.to_pool(interaction, type, id, **how)


class InvitationTransfer(InteractionView):
    """An open invitation that becomes a transfer."""

    @of_interaction("invitation_transfer", frames.InteractionView, body=forms.OwnerVersion, conflicts=(*OPEN, *CHANGE))
    def post(self, request, invitation):
        """Who accepts takes the inviter's place instead of joining."""
        version = self.checked(forms.OwnerVersion)["version"]
        return self.snapshot(transfer.make_transfer(invitation, by=self.agent, version=version, now=self.now))


class End(InteractionView):
    """End."""

    @of_interaction("end", frames.InteractionView, body=forms.End, conflicts=END)
    def post(self, request, interaction):
        """Pass the chat on, leave, or close it, as `expect` says; refused when that is no longer what End does."""
        given = self.checked(forms.End)
        try:
            ended = closing.end(interaction, by=self.agent, now=self.now, **given)
        except Conflict as refusal:
            refusal.detail["interaction"] = events.plain(events.snapshot(self.found(interaction), self.agent))
            raise
        return self.snapshot(ended)


class OneParty(InteractionView):
    """A party of an interaction."""

    @of_interaction(
        "delete_from_conference", frames.InteractionView, query=forms.OwnerVersion, conflicts=DELETE_FROM_CONFERENCE
    )
    def delete(self, request, interaction, party):
        """Delete From Conference."""
        version = self.checked(forms.OwnerVersion, request.query_params.dict())["version"]
        return self.snapshot(conference.remove(interaction, party, by=self.agent, version=version, now=self.now))


class Disposition(InteractionView):
    """The outcome."""

    @of_interaction("disposition", frames.InteractionView, body=forms.Disposition, conflicts=OUTCOME)
    def put(self, request, interaction):
        """Choose the outcome of the agent's own segment: all codes anew.

        400 `unknown_code`, `folder_chosen`, `too_many_codes`.
        """
        codes = self.checked(forms.Disposition)["codes"]
        return self.snapshot(outcomes.set_disposition(interaction, codes, by=self.agent, now=self.now))


class Note(InteractionView):
    """The note."""

    @of_interaction("note", frames.InteractionView, body=forms.Note, conflicts=("done",))
    def put(self, request, interaction):
        """Keep a note on the agent's own segment."""
        text = self.checked(forms.Note)["text"]
        return self.snapshot(closing.set_note(interaction, text, by=self.agent, now=self.now))


class Case(InteractionView):
    """The case data."""

    @of_interaction("case", frames.InteractionView, body=forms.SetCase, conflicts=("done", "case_changed"))
    def put(self, request, interaction):
        """Set one key; 409 `case_changed` with its value in `detail` when it is not what `expect` says."""
        given = self.checked(forms.SetCase)
        return self.snapshot(case.set_case(interaction, **given, by=self.agent, now=self.now))


class Done(AgentView):
    """Mark Done."""

    writes = scopes.CHATS_WRITE

    @of_interaction("done", shapes.Empty, body=forms.Nothing, conflicts=("not_ended", "disposition_required"))
    def post(self, request, interaction):
        """Close the agent's own segment. 409 `disposition_required` says what is missing."""
        self.checked(forms.Nothing)
        closing.mark_done(interaction, by=self.agent, now=self.now)
        return self.answer(shapes.Empty())


class Tail(AgentView):
    """After-call work of a chat marked done."""

    writes = scopes.CHATS_WRITE

    @of_interaction("tail", shapes.Empty, body=forms.SetTail, conflicts=("no_longer_available",))
    def post(self, request, interaction):
        """Extend it, or with 0 end it."""
        closing.set_tail(interaction, self.checked(forms.SetTail)["seconds"], by=self.agent, now=self.now)
        return self.answer(shapes.Empty())


class Routing(InteractionView):
    """Why this agent?"""

    @of_interaction("routing", shapes.Decisions)
    def get(self, request, interaction):
        """Every routing decision with its candidates and why each was or was not chosen."""
        found = self.found(interaction)
        rows = RoutingDecision.objects.filter(invitation__interaction=found).select_related("chosen")
        return self.answer(shapes.Decisions([_decision(row) for row in rows]))


def _decision(row) -> shapes.Decision:
    candidates = msgspec.convert(row.candidates, list[shapes.Candidate])
    return shapes.Decision(row.at, row.pool, row.chosen and row.chosen.nickname, candidates, row.notes)
