"""Calls about the agent themselves."""

from drf_spectacular.utils import extend_schema

from core import leases
from interactions import directory, events
from interactions.actions import presence, status

from . import forms, shapes
from .base import AgentView


class Desk(AgentView):
    """The workspace."""

    @extend_schema(responses=shapes.DESK, operation_id="desk")
    def get(self, request):
        """All that the workspace shows; lines are fetched apart."""
        return self.answer(events.desk(self.agent, self.now))


class MyStatus(AgentView):
    """The agent's channel status."""

    @extend_schema(request=forms.SetStatus, responses=shapes.AGENT, operation_id="me_status")
    def post(self, request):
        """Set the chat status. 409 `interactions_open` when logging off with chats open."""
        given = self.checked(forms.SetStatus)
        agent = status.set_status(self.agent.id, given["status"], reason_id=given.get("reason"), now=self.now)
        return self.answer(events.agent_state(agent))


class MyBeat(AgentView):
    """Presence without a socket."""

    @extend_schema(request=forms.Nothing, responses=shapes.EMPTY, operation_id="me_beat")
    def post(self, request):
        """Keep an agent without a socket present for thirty seconds."""
        self.checked(forms.Nothing)
        leases.touch(self.agent.holder, self.now)
        presence.agent_appeared(self.agent.id, self.now)
        return self.answer({})


class Targets(AgentView):
    """The Team Communicator."""

    @extend_schema(parameters=[forms.TargetQuery], responses=shapes.TARGETS, operation_id="targets")
    def get(self, request):
        """Internal targets with presence and what can be done with each."""
        given = self.checked(forms.TargetQuery, request.query_params)
        hits = directory.search(self.agent, given["q"], interaction_id=given.get("interaction"), now=self.now)
        return self.answer({"results": hits, "next": None})
