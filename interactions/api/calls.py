"""Calls about voice calls between agents."""

from functools import partial

from core.errors import NotFound
from interactions import events, frames, ice, scopes
from interactions.actions import calls
from interactions.models import Call

from . import forms, shapes
from .base import AgentView
from .describe import for_agents

PLACE = ("logged_off", "not_ready", "busy", "no_workspace")
of_call = partial(for_agents, errors=(404,))


class CallingView(AgentView):
    """A view that answers with a call as this agent sees it."""

    reads = writes = scopes.OF_BROWSER

    def shown(self, call: Call):
        return self.answer(events.call_view(call, self.agent))

    def carried(self, call: Call, status=200):
        """For the tab that carries it: with the servers that help it to reach the other."""
        view = events.call_view(call, self.agent)
        return self.answer(shapes.CarriedCall(view, ice.servers(self.agent, self.now)), status=status)


class Calls(CallingView):
    """Call an agent."""

    @of_call("call", shapes.CarriedCall, status=201, body=forms.NewCall, conflicts=PLACE)
    def post(self, request):
        """It rings at the agent. `tab` carries the sound. 409 says by name why not."""
        given = self.checked(forms.NewCall)
        about = given.get("interaction")
        made = calls.place(given["agent"], by=self.agent, tab=given["tab"], interaction_id=about, now=self.now)
        return self.carried(made, status=201)


class PartyCall(CallingView):
    """Call, in the party action menu."""

    @of_call(
        "call_party",
        shapes.CarriedCall,
        status=201,
        body=forms.CallTab,
        conflicts=(*PLACE, "ended", "not_party", "not_allowed"),
    )
    def post(self, request, interaction, party):
        """Call a party of the chat. 409 says by name why not."""
        tab = self.checked(forms.CallTab)["tab"]
        return self.carried(calls.place_to_party(interaction, party, by=self.agent, tab=tab, now=self.now), status=201)


class ConsultationCall(CallingView):
    """The sound of a voice consultation."""

    @of_call(
        "consultation_call",
        shapes.CarriedCall,
        status=201,
        body=forms.CallTab,
        conflicts=("ended", "not_voice", "busy", "logged_off", "no_workspace"),
    )
    def post(self, request, consultation):
        """Call the other of the two; at the requester's workspace it is answered by itself."""
        tab = self.checked(forms.CallTab)["tab"]
        return self.carried(calls.place_in_consultation(consultation, by=self.agent, tab=tab, now=self.now), status=201)


class OneCall(CallingView):
    """A call."""

    @of_call("call_state", frames.CallView)
    def get(self, request, call):
        """A call of one's own, also when it is over."""
        found = Call.objects.of(self.agent).with_people().filter(pk=call).first()
        if found is None:
            raise NotFound(message="There is no such call.")
        return self.shown(found)


class CallAccept(CallingView):
    """Accept."""

    @of_call("call_accept", shapes.CarriedCall, body=forms.CallTab, conflicts=("no_longer_available", "no_workspace"))
    def post(self, request, call):
        """Answer in this tab, which then has ten seconds to connect."""
        tab = self.checked(forms.CallTab)["tab"]
        return self.carried(calls.accept(call, by=self.agent, tab=tab, now=self.now))


class CallConnected(CallingView):
    """The sound is there."""

    @of_call("call_connected", frames.CallView, body=forms.Nothing, conflicts=("no_longer_available",))
    def post(self, request, call):
        """The browser of either side says that it is connected; again is harmless."""
        self.checked(forms.Nothing)
        return self.shown(calls.connected(call, by=self.agent, now=self.now))


class CallDecline(CallingView):
    """Decline."""

    @of_call("call_decline", frames.CallView, body=forms.Nothing, conflicts=("no_longer_available",))
    def post(self, request, call):
        """Do not answer."""
        self.checked(forms.Nothing)
        return self.shown(calls.decline(call, by=self.agent, now=self.now))


class CallHangUp(CallingView):
    """Hang up."""

    while_locked = True

    @of_call("call_hang_up", frames.CallView, body=forms.HangUp)
    def post(self, request, call):
        """End the call from any tab, also of a locked workspace; again is harmless. `why`: what the browser knows."""
        why = self.checked(forms.HangUp)["why"]
        return self.shown(calls.hang_up(call, by=self.agent, why=why, now=self.now))
