"""Outcomes and case data: chosen while rules and codes change, and by two at once."""

import pytest

from interactions.actions import case, closing, outcomes
from interactions.models import DispositionCode, DispositionRule, DispositionSet, Interaction
from tests.races.gate import ROUNDS, codes, is_whole, together, without_guard
from tests.support import fresh, party

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def offered(site):
    """Billing's agents may choose one of four."""
    made = DispositionSet.objects.create(name="Outcomes")
    outcomes.add_codes(made, [["Resolved"], ["Billing", "Refund"], ["Billing", "Copy"], ["Spam"]])
    DispositionRule.objects.create(queue=site.billing, set=made)
    return list(made.codes.all())


@pytest.fixture
def served(site, offered):
    """Chats of Ana's, one after the other."""
    site.billing.agents.set([site.ana])

    def make():
        site.chat()
        site.offer()
        return site.accept(site.ana)

    return make


def choose(site, chat, code):
    now = site.clock.tick()
    return lambda: outcomes.set_disposition(chat.id, [code.id], by=site.ana, now=now)


def test_a_rule_made_required_against_mark_done(site, served):
    """The rule in force at the command decides; a part that is done stays done."""
    for _ in range(ROUNDS):
        DispositionRule.objects.update(required=False)
        chat = served()
        site.end(chat, site.ana, "close")
        now = site.clock.tick()
        done, _rule = together(
            lambda chat=chat, now=now: closing.mark_done(chat.id, by=site.ana, now=now),
            lambda: DispositionRule.objects.update(required=True),
        )
        segment = fresh(party(chat, site.ana).segment)
        assert (codes([done])[0], bool(segment.done_at)) in [("", True), ("disposition_required", False)]
        is_whole(chat)
        if not segment.done_at:
            choose(site, chat, DispositionCode.objects.first())()
            closing.mark_done(chat.id, by=site.ana, now=site.clock.tick())


def test_a_code_retired_against_choosing_it(site, served, offered):
    for _ in range(ROUNDS):
        DispositionCode.objects.update(active=True)
        chat = served()
        retire = DispositionCode.objects.filter(pk=offered[0].pk)
        chosen, _code = together(choose(site, chat, offered[0]), lambda retire=retire: retire.update(active=False))
        held = party(chat, site.ana).segment.codes.count()
        assert (codes([chosen])[0], held) in [("", 1), ("retired_code", 0)]
        is_whole(chat)


def test_two_tabs_choose_at_once(site, served, offered):
    """One choice replaces the other: a part has never more than the rule allows."""
    for _ in range(ROUNDS):
        chat = served()
        assert codes(together(choose(site, chat, offered[0]), choose(site, chat, offered[1]))) == ["", ""]
        assert party(chat, site.ana).segment.codes.count() == 1
        is_whole(chat)


def test_control_two_tabs_without_the_lock(site, served, offered, monkeypatch):
    found = []
    for _ in range(5):
        chat = served()
        with without_guard(monkeypatch, Interaction):
            results = together(choose(site, chat, offered[0]), choose(site, chat, offered[1]))
        found.append((codes(results), party(chat, site.ana).segment.codes.count()))
    assert any(one != (["", ""], 1) for one in found)


# --- case data ----------------------------------------------------------------------------------


def write(site, chat, value):
    now = site.clock.tick()
    return lambda: case.set_case(chat.id, "order", value, expect="", by=site.ana, now=now)


@pytest.fixture
def order(site):
    site.point.fields.create(key="order", label="Order number", asked=False, editable=True)


def test_two_write_one_key_at_once(site, served, order):
    """One is kept; the other is told what was kept."""
    for _ in range(ROUNDS):
        chat = served()
        results = together(write(site, chat, "A-17"), write(site, chat, "B-1"))
        assert codes(results) == ["", "case_changed"]
        (refused,) = [one for one in results if isinstance(one, Exception)]
        assert fresh(chat).case == {"order": refused.detail["value"]}
        is_whole(chat)


def test_control_two_write_one_key_without_the_lock(site, served, order, monkeypatch):
    found = []
    for _ in range(5):
        chat = served()
        with without_guard(monkeypatch, Interaction):
            found.append(codes(together(write(site, chat, "A-17"), write(site, chat, "B-1"))))
    assert any(one != ["", "case_changed"] for one in found)
