"""Calls about the contact's other chats."""

from functools import partial

from interactions import history, permissions
from interactions.actions import reading

from . import forms, shapes
from .describe import for_agents
from .interactions import InteractionView

of_history = partial(for_agents, errors=(403, 404), conflicts=("done",))


class HistoryView(InteractionView):
    def allowed(self, interaction):
        """The agent's chat, if they may read what else the contact wrote."""
        found = self.found(interaction)
        permissions.require(permissions.can_read_history(self.agent, permissions.segment_of(found, self.agent)))
        return found


class History(HistoryView):
    """The contact."""

    @of_history("history", shapes.History, query=forms.HistoryQuery)
    def get(self, request, interaction):
        """Who the contact is, and their other chats with agents, dispositions and notes, newest first."""
        chat = self.allowed(interaction)
        given = self.checked(forms.HistoryQuery, request.query_params)
        chats, more = history.others(chat, **given)
        return self.answer(shapes.History(history.record_of(chat), chats, more))


class Past(HistoryView):
    """Another chat of the contact."""

    @of_history("past_chat", history.PastLines, query=forms.PastQuery)
    def get(self, request, interaction, past):
        """Its public transcript; that it was opened is kept in the journal."""
        chat, after = self.allowed(interaction), self.checked(forms.PastQuery, request.query_params)["after"]
        opened = history.other(chat, past) if after else reading.open_other(chat, past, by=self.agent, now=self.now)
        return self.answer(history.lines(opened, after))
