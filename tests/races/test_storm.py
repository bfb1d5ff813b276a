"""Everything at once: no deadlock, no half state, nobody over capacity, no error that is no refusal."""

import random
import uuid

import pytest

from agents.models import Agent, Site
from core.errors import ParleyError
from interactions import events, transcript
from interactions.actions import arrival, closing, conference, invitations, presence, status, sweep
from interactions.models import Interaction, Ring
from tests.races.gate import is_whole, together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
STEPS = 40


class Storm:
    """One thread's random use of the site."""

    def __init__(self, site, seed: int):
        self.site, self.dice, self.errors = site, random.Random(seed), []
        self.people = [site.ana, site.bo, site.cy]

    def __call__(self) -> list:
        verbs = [self.start, self.answer, self.answer, self.answer, self.invite, self.end, self.end, self.remove]
        verbs += [self.write, self.done, self.status, self.leave, self.sweep, self.sweep, self.lose]
        for _ in range(STEPS):
            verb = self.dice.choice(verbs)
            try:
                verb()
            except ParleyError:
                continue
            except Exception as error:
                self.errors.append(f"{verb.__name__}: {error!r}")
        return self.errors

    @property
    def now(self):
        return self.site.clock.tick()

    def agent(self):
        return self.dice.choice(self.people)

    def chat(self):
        found = list(Interaction.objects.live())
        return self.dice.choice(found) if found else self.start()

    def start(self):
        if Interaction.objects.live().count() < 4:
            return arrival.start("website", client_id=str(uuid.uuid4()), now=self.now)[0]
        return Interaction.objects.live().first() or Interaction.objects.first()

    def answer(self):
        for ring in Ring.objects.open().select_related("agent")[:1]:
            verb = self.dice.choice([invitations.accept, invitations.accept, invitations.reject])
            verb(ring.invitation_id, by=ring.agent, now=self.now)

    def invite(self):
        conference.invite(self.chat().id, self.agent().id, by=self.agent(), now=self.now)

    def end(self):
        chat, agent = self.chat(), self.agent()
        if shown := chat.segments.filter(agent=agent, left_at=None).exists() and events.snapshot(chat, agent):
            expect = shown.end.expect if shown.end else "close"
            closing.end(chat.id, by=agent, expect=expect, version=shown.owner_version, now=self.now)

    def remove(self):
        chat = self.chat()
        for party in chat.parties.here().agents()[:1]:
            conference.remove(chat.id, party.id, by=self.agent(), version=chat.owner_version, now=self.now)

    def write(self):
        author = transcript.Author(self.chat().id, self.dice.choice([None, self.agent().id]))
        transcript.append_now(author, lane="public", id=uuid.uuid4(), text="Hello", now=self.now)

    def done(self):
        for chat in Interaction.objects.on_desk_of(agent := self.agent())[:1]:
            closing.mark_done(chat.id, by=agent, now=self.now)

    def status(self):
        to = self.dice.choice(["ready", "ready", "ready", "not_ready", "logged_off"])
        status.set_status(self.agent().id, to, now=self.now)

    def leave(self):
        if self.dice.random() < 0.3:
            arrival.leave(self.chat().id, now=self.now)

    def sweep(self):
        sweep.sweep(self.now, steady=False)

    def lose(self):
        for party in self.chat().parties.here().agents()[:1]:
            presence.went_away(party.id, since=self.now, now=self.now)
            presence.agent_lost(party.id, now=self.now)
            presence.agent_appeared(party.agent_id, self.now)


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once(site, seed, caplog):
    Site.objects.update(capacity=3, unclosed_limit=1000)
    results = together(*[Storm(site, seed * 100 + number) for number in range(6)])
    assert [error for errors in results for error in errors] == []
    assert caplog.text == ""
    for chat in Interaction.objects.all():
        is_whole(chat)
    assert Interaction.objects.count() > 3
    for agent in Agent.objects.all():
        assert Ring.objects.open().filter(agent=agent, routed=True).count() <= 1
