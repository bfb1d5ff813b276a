"""An overflow step meets an accept, and a message instead meets whoever comes at the same moment."""

import uuid

import pytest

from core.models import Event
from interactions.actions import arrival, invitations, overflow
from interactions.actions.sweep import sweep
from interactions.models import Interaction
from interactions.states import State
from routing.models import OverflowStep
from tests.races.gate import ROUNDS, codes, is_whole, together
from tests.races.test_accepting import ringing
from tests.support import fresh

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def leave_message(chat, now):
    return lambda: overflow.leave_message(chat.id, id=uuid.uuid4(), text="Call me", now=now)


def test_a_message_instead_against_an_accept(site):
    """Accept first: an agent is there. The message first: the agent has accepted a message."""
    for _ in range(ROUNDS // 2):
        chat, invitation, _ = ringing(site, site.ana)
        now = site.clock.tick()
        accept = lambda i=invitation, n=now: invitations.accept(i.id, by=site.ana, now=n)  # noqa: E731
        results = together(accept, leave_message(chat, now))
        assert codes(results) in (["", ""], ["", "no_longer_available"])
        row = is_whole(chat)
        assert row.state == State.ACTIVE and row.offline == (codes(results) == ["", ""])
        arrival.leave(chat.id, now=site.clock.tick())


def test_a_message_instead_against_leaving_and_itself(site):
    for _ in range(ROUNDS // 2):
        chat, now = site.chat(), site.clock.tick()
        leave = lambda c=chat, n=now: arrival.leave(c.id, now=n)  # noqa: E731
        results = together(leave_message(chat, now), leave_message(chat, now), leave)
        assert set(codes(results)) <= {"", "ended"}
        row = is_whole(chat)
        assert row.state == State.ENDED and row.lanes.get(name="public").messages.filter(kind="text").count() <= 1


def test_a_step_against_accept_and_leave_with_three_engines(site):
    """Whatever comes first: one offer, one ring at most, nothing twice."""
    OverflowStep.objects.create(queue=site.billing, after=0, target=site.network)
    OverflowStep.objects.create(queue=site.billing, after=0, action="message")
    site.billing.agents.clear()
    for number in range(ROUNDS // 2):
        chat, now = site.chat(), site.clock.pass_(1)
        engine = lambda n=now: sweep(n, steady=False)  # noqa: E731
        end = (lambda c=chat, n=now: arrival.leave(c.id, now=n)) if number % 2 else engine
        assert codes(together(engine, engine, end)) == ["", "", ""]
        row = is_whole(chat)
        offered = [event for event in _events(row) if event == "message.offered"]
        assert len(offered) <= 1
        if row.state == State.WAITING:
            assert offered and row.invitations.get().rings.filter(outcome="").count() == 1
            invitations.accept(row.invitations.get().id, by=row.invitations.get().rings.get().agent, now=now)
            assert fresh(chat).queue == site.network
            arrival.leave(chat.id, now=site.clock.tick())
        Interaction.objects.get(pk=chat.pk).segments.update(done_at=now, slot_until=None)


def _events(row) -> list:
    return list(Event.objects.filter(subject=row.id).values_list("name", flat=True))
