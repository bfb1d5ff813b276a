"""Calls about instant messages between agents."""

from interactions import directory, frames, inbox, scopes
from interactions.actions import conversations

from . import forms, shapes
from .base import AgentView
from .describe import for_agents


class Conversations(AgentView):
    """The agent's conversations."""

    reads = scopes.IM_READ

    @for_agents("conversations", shapes.Conversations, query=forms.ConversationQuery)
    def get(self, request):
        """With whom the agent has written, the latest first."""
        given = self.checked(forms.ConversationQuery, request.query_params.dict())
        version = inbox.of_agents([self.agent.id])[self.agent.id]  # read first: what follows may only be newer
        found = inbox.listed(self.agent, **given)
        unread = inbox.unread(self.agent.id)
        return self.answer(shapes.Conversations(version, unread, found.conversations, found.next))


class ConversationMessages(AgentView):
    """The lines of one conversation."""

    reads, writes = scopes.IM_READ, scopes.IM_WRITE

    @for_agents("conversation", shapes.ConversationLines, errors=(404,), query=forms.InstantMessageQuery)
    def get(self, request, agent):
        """The conversation with a colleague and its lines; also one that nobody has begun."""
        given = self.checked(forms.InstantMessageQuery, request.query_params.dict())
        colleague = inbox.other(agent)
        view = inbox.conversation(self.agent, colleague)
        found = inbox.lines(self.agent, colleague, **given)
        return self.answer(shapes.ConversationLines(view, self._presence(agent), found.lines, found.more))

    @for_agents(
        "instant_message",
        frames.ImAck,
        status=201,
        errors=(404,),
        body=forms.InstantMessage,
        conflicts=("self", "gone", "id_reused"),
    )
    def post(self, request, agent):
        """Write to a colleague; the same `id` again gets the same number."""
        given = self.checked(forms.InstantMessage)
        line = {"id": given["id"], "text": given["text"], "about": given.get("interaction")}
        return self.answer(conversations.say_now(self.agent, agent, **line, now=self.now), status=201)

    def _presence(self, id) -> str:
        found = directory.look(self.agent, [("agent", id)], now=self.now).hits
        return found[0].presence.text if found else ""


class ConversationSeen(AgentView):
    """The own mark in one conversation."""

    writes = scopes.IM_WRITE

    @for_agents("conversation_seen", shapes.Empty, errors=(404,), body=forms.SeenUpTo)
    def post(self, request, agent):
        """The lines up to this number were looked at; a lower one changes nothing."""
        conversations.seen(self.agent, agent, self.checked(forms.SeenUpTo)["number"], now=self.now)
        return self.answer(shapes.Empty())
