"""Who calls whom at the same moment, and what meets a call that is answered: one outcome, never a half state."""

from functools import partial

import pytest

from agents.models import Agent
from core.models import Event, Lease
from interactions.actions import calls, consultation, status
from interactions.models import Call
from interactions.states import CallState
from tests.races.gate import ROUNDS, codes, together, without_guard
from tests.support import fresh

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phones(site):
    site.on_voice(site.ana, site.bo, site.cy)
    return site


def place(site, caller, callee):
    now = site.clock.tick()
    return lambda: calls.place(callee.id, by=caller, tab=caller.nickname, now=now)


def is_whole(site) -> list[Call]:
    """One live call of each agent at most; each version of a call one event. Ends what lives."""
    live = list(Call.objects.live())
    people = [id for call in live for id in (call.caller_id, call.callee_id)]
    assert len(people) == len(set(people)), "an agent in two calls"
    for call in Call.objects.all():
        versions = list(Event.objects.filter(subject=call.id).order_by("version").values_list("version", flat=True))
        assert versions == list(range(1, call.version + 1))
    for call in live:
        calls.hang_up(call.id, by=call.caller, now=site.clock.tick())
    return live


def test_two_call_the_same_third(phones):
    for _ in range(ROUNDS):
        results = together(place(phones, phones.ana, phones.bo), place(phones, phones.cy, phones.bo))
        assert codes(results) == ["", "busy"]
        assert len(is_whole(phones)) == 1


def test_two_call_each_other(phones):
    for _ in range(ROUNDS):
        results = together(place(phones, phones.ana, phones.bo), place(phones, phones.bo, phones.ana))
        assert codes(results) == ["", "busy"]
        assert len(is_whole(phones)) == 1


def test_three_in_a_ring(phones):
    for _ in range(ROUNDS):
        pairs = [(phones.ana, phones.bo), (phones.bo, phones.cy), (phones.cy, phones.ana)]
        results = together(*(place(phones, *pair) for pair in pairs))
        assert codes(results) == ["", "busy", "busy"]
        assert len(is_whole(phones)) == 1


def test_control_two_call_each_other_without_the_agents_lock(phones, monkeypatch):
    outcomes = []
    for _ in range(5):
        with without_guard(monkeypatch, Agent):
            outcomes.append(codes(together(place(phones, phones.ana, phones.bo), place(phones, phones.bo, phones.ana))))
        Call.objects.all().delete()
        Agent.objects.update(version=1000 + len(outcomes) * 10)
    assert any(outcome != ["", "busy"] for outcome in outcomes)


def test_two_tabs_accept(phones):
    phones.tab(phones.bo, "second")
    for _ in range(ROUNDS):
        call, now = phones.call(phones.ana, phones.bo), phones.clock.tick()
        results = together(
            *(partial(calls.accept, call.id, by=phones.bo, tab=tab, now=now) for tab in ("Bo", "second"))
        )
        assert codes(results) == ["", "no_longer_available"]
        assert fresh(call).callee_tab in ("Bo", "second")
        is_whole(phones)


def test_accept_against_hanging_up_and_the_end_of_the_ring(phones):
    for _ in range(ROUNDS):
        call = phones.call(phones.ana, phones.bo)
        now = phones.clock.pass_(30)
        accepted, *_ = results = together(
            partial(calls.accept, call.id, by=phones.bo, tab="Bo", now=now),
            partial(calls.hang_up, call.id, by=phones.ana, now=now),
            partial(calls.run_out, call.id, now=now),
        )
        row = fresh(call)
        assert row.state == CallState.ENDED, codes(results)
        taken = not isinstance(accepted, Exception)
        assert row.cause in (("hung_up",) if taken else ("cancelled", "unanswered"))
        assert is_whole(phones) == []


def test_both_say_that_they_are_connected_while_one_hangs_up(phones):
    for _ in range(ROUNDS):
        call = phones.call(phones.ana, phones.bo)
        calls.accept(call.id, by=phones.bo, tab="Bo", now=phones.clock.tick())
        now = phones.clock.tick()
        together(
            partial(calls.connected, call.id, by=phones.ana, now=now),
            partial(calls.connected, call.id, by=phones.bo, now=now),
            partial(calls.hang_up, call.id, by=phones.bo, now=now),
        )
        assert (fresh(call).state, fresh(call).cause) == (CallState.ENDED, "hung_up")
        is_whole(phones)


def test_logging_off_against_being_called(phones):
    for _ in range(ROUNDS):
        now = phones.clock.tick()
        results = together(
            place(phones, phones.ana, phones.bo),
            partial(status.set_status, phones.bo.id, "logged_off", channel="voice", now=now),
        )
        assert codes(results) in (["", "call_open"], ["", "logged_off"])
        assert len(is_whole(phones)) == (1 if codes(results) == ["", "call_open"] else 0)
        phones.ready(phones.bo)
        status.set_status(phones.bo.id, "ready", channel="voice", now=phones.clock.tick())


def test_not_ready_against_being_called(phones):
    """What rings already rings on; who was Not Ready first is not called."""
    for _ in range(ROUNDS):
        now = phones.clock.tick()
        results = together(
            place(phones, phones.ana, phones.bo),
            partial(status.set_status, phones.bo.id, "not_ready", channel="voice", now=now),
        )
        assert codes(results) in ([""] * 2, ["", "not_ready"])
        assert len(is_whole(phones)) == (1 if codes(results) == [""] * 2 else 0)
        status.set_status(phones.bo.id, "ready", channel="voice", now=phones.clock.tick())


def test_connected_against_the_end_of_its_ten_seconds(phones):
    for _ in range(ROUNDS):
        call = phones.call(phones.ana, phones.bo)
        calls.accept(call.id, by=phones.bo, tab="Bo", now=phones.clock.tick())
        now = phones.clock.pass_(10)
        connected, _ = together(
            partial(calls.connected, call.id, by=phones.ana, now=now), partial(calls.run_out, call.id, now=now)
        )
        if isinstance(connected, Exception):
            assert (connected.code, fresh(call).cause) == ("no_longer_available", "not_connected")
        else:
            assert fresh(call).state == CallState.ACTIVE
        is_whole(phones)


def test_accept_against_the_loss_of_the_callers_tab(phones):
    """Whichever comes first, it ends as lost, also when just answered: nobody at the other end carries it."""
    for _ in range(ROUNDS):
        call = phones.call(phones.ana, phones.bo)
        Lease.objects.filter(holder=phones.ana.holder, tab="Ana").update(expires_at=phones.now)
        now = phones.clock.tick()
        accepted, _ = results = together(
            partial(calls.accept, call.id, by=phones.bo, tab="Bo", now=now), partial(calls.lose, call.id, now=now)
        )
        assert codes(results) in ([""] * 2, ["", "no_longer_available"])
        assert (fresh(call).state, fresh(call).cause) == (CallState.ENDED, "lost")
        assert is_whole(phones) == []
        phones.tab(phones.ana)


def test_the_end_of_a_consultation_against_its_call(phones):
    """The call is not placed, or ends with the consultation: nobody goes on ringing about what is over."""
    chat = phones.handled(phones.ana)
    for _ in range(ROUNDS):
        running = phones.consulted(chat, phones.ana, phones.bo, medium="voice")
        now = phones.clock.tick()
        placed, _ = results = together(
            partial(calls.place_in_consultation, running.id, by=phones.bo, tab="Bo", now=now),
            partial(consultation.end, running.id, by=phones.ana, now=now),
        )
        assert codes(results) in ([""] * 2, ["", "ended"])
        for id in Call.objects.left_over().values_list("id", flat=True):
            calls.end_with_consultation(id, now=phones.clock.tick())
        assert is_whole(phones) == []
        if not isinstance(placed, Exception):
            assert fresh(placed).cause == "consultation"
