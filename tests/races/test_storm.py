"""Everything at once: no deadlock, no half state, nobody over capacity, no error that is no refusal."""

import random
import uuid

import pytest

from agents.models import Agent, Site
from core.errors import ParleyError
from core.models import Event
from interactions import events, transcript
from interactions.actions import arrival, closing, conference, invitations, presence, status, sweep
from interactions.models import Interaction, Ring
from tests.races.gate import is_whole, together, without_guard

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
STEPS = 200
HAPPENED = {"invitation.accepted", "party.lost"}


class Storm:
    """One thread's random use of the site."""

    def __init__(self, site, seed: int, steps: int = STEPS):
        self.site, self.dice, self.steps, self.errors = site, random.Random(seed), steps, []
        self.people = [site.ana, site.bo, site.cy]

    def __call__(self) -> list:
        verbs = [self.start, self.answer, self.answer, self.answer, self.invite, self.invite, self.invite]
        verbs += [self.end, self.remove, self.write, self.done, self.done, self.status, self.leave, self.lose]
        verbs += [self.sweep] * 3
        for _ in range(self.steps):
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
        if Interaction.objects.live().count() < 8:
            return arrival.start("website", client_id=str(uuid.uuid4()), now=self.now)[0]
        return Interaction.objects.live().first() or Interaction.objects.first()

    def answer(self):
        for ring in Ring.objects.open().select_related("agent")[:1]:
            verb = self.dice.choice([invitations.accept, invitations.accept, invitations.reject])
            verb(ring.invitation_id, by=ring.agent, now=self.now)

    def member(self, chat):
        """An agent who is in the chat, mostly."""
        here = [party.agent for party in chat.parties.here().agents().select_related("agent")]
        return self.dice.choice(here or self.people)

    def invite(self):
        chat = self.chat()
        conference.invite(chat.id, self.agent().id, by=self.member(chat), now=self.now)

    def end(self):
        chat = self.chat()
        agent = self.member(chat)
        shown = events.snapshot(chat, agent) if chat.segments.filter(agent=agent).exists() else None
        if shown and shown.end:
            closing.end(chat.id, by=agent, expect=shown.end.expect, version=shown.owner_version, now=self.now)

    def remove(self):
        chat = self.chat()
        here = list(chat.parties.here())
        if here:  # else another thread has ended it meanwhile
            whom = self.dice.choice(here).id
            conference.remove(chat.id, whom, by=self.member(chat), version=chat.owner_version, now=self.now)

    def write(self):
        author = transcript.Author(self.chat().id, self.dice.choice([None, self.agent().id]))
        transcript.append_now(author, lane="public", id=uuid.uuid4(), text="Hello", now=self.now)

    def done(self):
        for chat in Interaction.objects.filter(segments__agent=(agent := self.agent()), segments__done_at=None)[:1]:
            closing.mark_done(chat.id, by=agent, now=self.now)

    def status(self):
        to = self.dice.choice(["ready"] * 6 + ["not_ready", "logged_off"])
        status.set_status(self.agent().id, to, now=self.now)

    def leave(self):
        if self.dice.random() < 0.1:
            arrival.leave(self.chat().id, now=self.now)

    def sweep(self):
        sweep.sweep(self.now, steady=False)

    def lose(self):
        """Somebody's connection is gone for too long, and there again."""
        for party in self.chat().parties.here().agents().select_related("agent")[:1]:
            self.site.absent(party.agent)
            presence.went_away(party.id, since=self.now, now=self.now)
            presence.agent_lost(party.id, now=self.now)
            self.site.present(party.agent)
            presence.agent_appeared(party.agent_id, self.now)


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once(site, seed, caplog):
    Site.objects.update(capacity=3, unclosed_limit=1000)
    results = together(*[Storm(site, seed * 100 + number) for number in range(6)])
    assert [error for errors in results for error in errors] == []
    assert caplog.text == ""
    for chat in Interaction.objects.all():
        is_whole(chat)
    assert set(Event.objects.values_list("name", flat=True)) >= HAPPENED
    for agent in Agent.objects.all():
        assert Ring.objects.open().filter(agent=agent, routed=True).count() <= 1


def test_control_everything_at_once_without_the_lock(site, monkeypatch):
    with without_guard(monkeypatch, Interaction):
        results = together(*[Storm(site, number, steps=15) for number in range(4)])
    assert [error for errors in results for error in errors]
