"""A site under arbitrary use: every verb may come at any moment; what must always hold is checked after each."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from interactions.models import Invitation
from routing import engine
from tests.support import candidates_of

from .always import Always
from .calls import CallVerbs
from .colleagues import ColleagueVerbs
from .contacts import ContactVerbs
from .doubt import sweep_in_doubt
from .ground import PICK, verb, verbs
from .handling import HandlingVerbs
from .people import PeopleVerbs

SECONDS = [1, 5, 31, 61, 130, 256, 301]


class SiteMachine(PeopleVerbs, ContactVerbs, HandlingVerbs, ColleagueVerbs, CallVerbs, Always):
    """People do anything; nobody's screen may ever differ from the rows."""

    @verb(2)
    def sweep(self, at, other, turn):
        self.sweep_now(steady=True)
        self._nobody_waits_while_a_suitable_agent_is_free()

    @verb(3)
    def time_passes(self, at, other, turn):
        sweep_in_doubt(self.tick(self.pick(turn, SECONDS)), steady=other > 3)
        self.sweep_now(steady=other > 3)
        self._nobody_waits_while_a_suitable_agent_is_free()

    def _nobody_waits_while_a_suitable_agent_is_free(self):
        for invitation in Invitation.objects.waiting_in_order():
            pool = candidates_of(invitation, self.world.now)
            chosen, verdicts = engine.choose(pool, self.world.now)
            assert chosen is None, f"waits although somebody is free: {verdicts}"


@rule(name=st.sampled_from(verbs(SiteMachine)), at=PICK, other=PICK, turn=PICK)
def step(self, name, at, other, turn):
    """One verb; the numbers choose among what there is at that moment."""
    self.tally["steps"] += 1
    getattr(self, name)(at, other, turn)


SiteMachine.step = step
