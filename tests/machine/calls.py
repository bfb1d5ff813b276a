"""Agents call each other: by name, from the party menu, in a voice consultation; and everything that ends a call."""

from core import leases
from core.models import Event
from interactions.actions import calls, status
from interactions.models import Call, Consultation
from interactions.states import CallEnd

from .ground import Ground, verb

SAYS = [CallEnd.HUNG_UP, CallEnd.HUNG_UP, CallEnd.MICROPHONE, CallEnd.PAGE]


class CallVerbs(Ground):
    @verb(2)
    def goes_on_voice(self, at, other, turn):
        """Opens a workspace that can carry sound, and chooses a status for voice."""
        agent = self.person(at)
        if (agent.holder, agent.nickname) not in leases.tabs([agent.holder], self.world.now):
            self.world.tab(agent)
        to = self.pick(turn, ["ready"] * 6 + ["not_ready", "logged_off"])
        self.do(status.set_status, agent.id, to, channel="voice", now=self.tick())

    @verb(2)
    def call(self, at, other, turn):
        by = self.person(at)
        about = self.chat(turn).id if turn > 9 and self.chats else None
        self.do(calls.place, self.person(other).id, by=by, tab=by.nickname, interaction_id=about, now=self.tick())

    @verb(2)
    def call_a_party(self, at, other, turn):
        chat, by = self.seat(at)
        if party := self.pick(other, list(chat.parties.all())):
            self.do(calls.place_to_party, chat.id, party.id, by=by, tab=by.nickname, now=self.tick())

    @verb(3)
    def speak_in_consultation(self, at, other, turn):
        rows = Consultation.objects.filter(medium="voice").select_related("requester__agent", "consultant__agent")
        if found := self.pick(at, list(rows.order_by("-started_at", "id")[:2])):
            by = self.pick(other, [found.requester.agent, found.consultant.agent])
            self.do(calls.place_in_consultation, found.id, by=by, tab=by.nickname, now=self.tick())

    @verb(4)
    def answer_a_call(self, at, other, turn):
        if call := self._call(at):
            by = call.caller if other > 16 else call.callee
            self.do(calls.accept, call.id, by=by, tab=by.nickname, now=self.tick())

    @verb(3)
    def a_call_connects(self, at, other, turn):
        if call := self._call(at):
            self.do(calls.connected, call.id, by=self.pick(other, call.agents), now=self.tick())

    @verb(2)
    def a_call_ends(self, at, other, turn):
        """Declined, hung up, failed; by one of the two, or by somebody who has nothing to do with it."""
        if call := self._call(at):
            by = self.person(turn) if other > 16 else self.pick(other, call.agents)
            if turn > 14:
                self.do(calls.decline, call.id, by=by, now=self.tick())
            else:
                self.do(calls.hang_up, call.id, by=by, why=self.pick(turn, SAYS), now=self.tick())

    def _call(self, number) -> Call | None:
        """One of the newest, which may be over."""
        return self.pick(number, list(Call.objects.select_related("caller", "callee").order_by("-placed_at", "id")[:2]))

    def calls_are_sound(self):
        """Nobody speaks twice at once, one action is one version is one event, and what is over says why."""
        for call in Call.objects.all():
            assert Event.objects.filter(subject=call.pk).count() == call.version, "a version without an event"
            assert call.live == (call.ended_at is None) == (not call.cause), "an end without a cause, or before it"
        people = [id for pair in Call.objects.live().values_list("caller", "callee") for id in pair]
        assert len(people) == len(set(people)), "in two calls at once"
