"""Consultations and transfers against what else happens at that moment."""

from functools import partial

import pytest

from agents.models import Site
from interactions import events
from interactions.actions import arrival, closing, conference, consultation, invitations, status, transfer
from interactions.models import Interaction, Invitation
from interactions.states import State
from tests.races.gate import ROUNDS, codes, is_whole, together, without_guard
from tests.support import fresh, party

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

NEWEST = 10_000


@pytest.fixture
def one(site):
    """Chats of Ana's, one after the other; Bo and Cy are Ready."""
    site.billing.agents.set([site.ana])
    Site.objects.update(consultation_limit=1000)

    def make():
        chat = site.chat()
        site.offer()
        assert chat.invitations.get().rings.get().agent == site.ana, "routed to somebody else"
        return site.accept(site.ana)

    return make


@pytest.fixture
def two(site, one):
    """The same with Bo in the conference."""

    def make():
        chat = one()
        site.invite(chat, site.ana, site.bo)
        return site.accept(site.bo)

    return make


@pytest.fixture
def asked(site, one):
    """Ana consults Cy, and has asked them into the chat, or to take it."""

    def make(ask):
        chat = one()
        made = begun(site, chat, site.ana, site.cy)
        how = {
            "by": site.ana,
            "now": site.clock.tick(),
            **({"version": NEWEST} if ask is transfer.to_consultant else {}),
        }
        return chat, made, ask(chat.id, made.id, **how)

    return make


def begun(site, chat, by, target):
    made = site.consult(chat, by, target)
    site.accept(target)
    return made.led_to


def accept(site, invitation, by):
    return partial(invitations.accept, invitation.id, by=by, now=site.clock.tick())


def end(site, chat, by):
    """End as it is shown now."""
    shown = events.snapshot(fresh(chat), by)
    how = {"expect": shown.end.expect, "version": shown.owner_version, "now": site.clock.tick()}
    return partial(closing.end, chat.id, by=by, **how)


def is_settled(chat) -> Interaction:
    """Whole, and each consultation either goes on between two who are here, or is over for both."""
    row = is_whole(chat)
    for each in row.consultations.select_related("requester", "consultant__segment", "lane"):
        here = [party.left_at is None for party in (each.requester, each.consultant)]
        assert (each.consultant.segment.left_at is None) == here[1] == each.active
        assert not each.active or here == [True, True]
        assert all((reader.until is None) == each.active for reader in each.lane.readers.all())
        assert each.active or not each.invitations.pending().exists()
    for invitation in row.invitations.pending().filter(kind="consult"):
        assert invitation.inviter.left_at is None
    return row


@pytest.mark.parametrize("ask", [conference.invite_consultant, transfer.to_consultant])
def test_the_end_of_a_consultation_against_the_accept(site, asked, ask):
    """Ended first, the invitation is withdrawn; accepted first, the End is a repeat."""
    for _ in range(ROUNDS):
        chat, made, invitation = asked(ask)
        ends = partial(consultation.end, made.id, by=site.ana, now=site.clock.tick())
        ended, accepted = together(ends, accept(site, invitation, site.cy))
        assert codes([ended]) == [""] and codes([accepted]) in ([""], ["no_longer_available"])
        row, came = is_settled(chat), not isinstance(accepted, Exception)
        assert fresh(made).cause == (
            "end" if not came else "transfer" if ask is transfer.to_consultant else "conference"
        )
        assert party(chat, site.cy).kind == ("agent" if came else "consultant")
        assert row.owner == party(chat, site.cy if came and ask is transfer.to_consultant else site.ana)
        arrival.leave(chat.id, now=site.clock.tick())


def test_control_the_end_against_the_accept_without_the_lock(site, asked, monkeypatch):
    outcomes = []
    for _ in range(5):
        chat, made, invitation = asked(conference.invite_consultant)
        calls = [
            partial(consultation.end, made.id, by=site.ana, now=site.clock.tick()),
            accept(site, invitation, site.cy),
        ]
        with without_guard(monkeypatch, Interaction):
            outcomes.append(codes(together(*calls)))
        try:
            is_settled(chat)
        except AssertionError:
            outcomes.append(["half"])
    assert any(outcome not in (["", ""], ["", "no_longer_available"]) for outcome in outcomes)


def test_a_transfer_accepted_against_the_transferrers_end(site, two):
    """Accept first: End is a repeat. End first: Bo has the chat, and the ring is withdrawn."""
    for _ in range(ROUNDS):
        chat = two()
        invitation = site.transfer(chat, site.ana, site.cy)
        accepted, ended = together(accept(site, invitation, site.cy), end(site, chat, site.ana))
        assert codes([ended]) == [""] and codes([accepted]) in ([""], ["no_longer_available"])
        owner = site.bo if isinstance(accepted, Exception) else site.cy
        assert is_settled(chat).owner == party(chat, owner)
        assert party(chat, site.ana).left_at


def test_a_transfer_accepted_against_the_contacts_leaving(site, one):
    for _ in range(ROUNDS):
        chat = one()
        invitation = site.transfer(chat, site.ana, site.cy)
        leave = partial(arrival.leave, chat.id, now=site.clock.tick())
        accepted, gone = together(accept(site, invitation, site.cy), leave)
        assert codes([gone]) == [""] and codes([accepted]) in ([""], ["ended"])
        assert is_settled(chat).state == State.ENDED
        last = chat.segments.get(last_owner=True).agent
        assert last == (site.ana if isinstance(accepted, Exception) else site.cy)
        assert (party(chat, site.cy) is None) == isinstance(accepted, Exception), "no segment for who came too late"


def test_the_requesters_end_against_the_consultants_accept(site, two):
    for _ in range(ROUNDS):
        chat = two()
        invitation = site.consult(chat, site.ana, site.cy)
        accepted, ended = together(accept(site, invitation, site.cy), end(site, chat, site.ana))
        assert codes([ended]) == [""] and codes([accepted]) in ([""], ["no_longer_available"])
        assert is_settled(chat).owner == party(chat, site.bo)
        assert not chat.consultations.active().exists()


def test_a_delete_of_the_requester_against_the_consultants_accept(site, two):
    for _ in range(ROUNDS):
        chat = two()
        invitation, bo = site.consult(chat, site.bo, site.cy), party(chat, site.bo)
        how = {"by": site.ana, "version": NEWEST, "now": site.clock.tick()}
        accepted, gone = together(accept(site, invitation, site.cy), partial(conference.remove, chat.id, bo.id, **how))
        assert codes([gone]) == [""] and codes([accepted]) in ([""], ["no_longer_available"])
        assert is_settled(chat).owner == party(chat, site.ana)
        assert not chat.consultations.active().exists()


def both_consult(site, chat):
    now = site.clock.tick()
    return together(*(partial(consultation.request, chat.id, site.cy.id, by=by, now=now) for by in (site.ana, site.bo)))


def test_two_agents_consult_the_same_third(site, two):
    for _ in range(ROUNDS):
        chat = two()
        assert codes(both_consult(site, chat)) == ["", "already_invited"]
        is_settled(chat)
        site.accept(site.cy)


def test_control_two_consult_the_same_third_without_the_lock(site, two, monkeypatch):
    outcomes = []
    for _ in range(5):
        chat = two()
        with without_guard(monkeypatch, Interaction):
            outcomes.append(codes(both_consult(site, chat)))
        Invitation.objects.filter(interaction=chat).delete()
    assert any(outcome != ["", "already_invited"] for outcome in outcomes)


def test_two_chats_consult_the_last_who_may_be(site, one):
    """The limit is looked at under the consultant's lock."""
    for _ in range(ROUNDS):
        chats = [one(), one()]
        Site.objects.update(consultation_limit=1)
        now = site.clock.tick()
        asks = [partial(consultation.request, chat.id, site.cy.id, by=site.ana, now=now) for chat in chats]
        assert codes(together(*asks)) == ["", "at_capacity"]
        for chat in chats:
            is_settled(chat)
            arrival.leave(chat.id, now=site.clock.tick())


def both_transfers(site, chat):
    how = {"by": site.ana, "version": NEWEST, "now": site.clock.tick()}
    return together(*(partial(transfer.to_agent, chat.id, target.id, **how) for target in (site.bo, site.cy)))


def test_a_second_transfer_while_one_is_open(site, one):
    for _ in range(ROUNDS):
        chat = one()
        assert codes(both_transfers(site, chat)) == ["", "transfer_pending"]
        assert is_settled(chat).invitations.pending().count() == 1
        arrival.leave(chat.id, now=site.clock.tick())


def test_control_two_transfers_without_the_lock(site, one, monkeypatch):
    outcomes = []
    for _ in range(5):
        chat = one()
        with without_guard(monkeypatch, Interaction):
            outcomes.append(codes(both_transfers(site, chat)))
        Invitation.objects.filter(interaction=chat).delete()
    assert any(outcome != ["", "transfer_pending"] for outcome in outcomes)


def test_the_owner_transfers_to_a_queue_while_the_conferee_leaves(site, two):
    """Transfer first: Bo is owner, and the last. Bo first: nobody stays, so the contact waits there."""
    site.network.agents.set([site.cy])
    for _ in range(ROUNDS):
        chat = two()
        how = {"by": site.ana, "version": NEWEST, "now": site.clock.tick()}
        sent, ended = together(
            partial(transfer.to_queue, chat.id, "queue", site.network.id, **how), end(site, chat, site.bo)
        )
        row = is_settled(chat)
        assert codes([sent]) == [""] and party(chat, site.ana).left_at
        if isinstance(ended, Exception):
            assert ended.code == "last_agent" and row.owner == party(chat, site.bo)
        else:
            assert (row.state, row.queue) == (State.WAITING, site.network)
        arrival.leave(chat.id, now=site.clock.tick())


def test_one_accept_of_a_transfer_against_another_of_the_same_chat(site, two):
    """Ana's and Bo's: each is replaced once, and the chat keeps one owner."""
    site.ready(site.sue)
    for _ in range(ROUNDS):
        chat = two()
        first, second = site.transfer(chat, site.ana, site.cy), site.transfer(chat, site.bo, site.sue)
        assert codes(together(accept(site, first, site.cy), accept(site, second, site.sue))) == ["", ""]
        assert is_settled(chat).owner == party(chat, site.cy)
        assert {one.agent for one in chat.parties.here().agents()} == {site.cy, site.sue}


def test_the_consultant_logs_off_against_the_accept(site, one):
    """Log-off first: the ring is withdrawn. Accept first: Log off is refused, for the consultation goes on."""
    for _ in range(ROUNDS):
        chat = one()
        invitation = site.consult(chat, site.ana, site.cy)
        off = partial(status.set_status, site.cy.id, "logged_off", now=site.clock.tick())
        assert codes(together(accept(site, invitation, site.cy), off)) in (
            ["", "interactions_open"],
            ["", "no_longer_available"],
        )
        is_settled(chat)
        arrival.leave(chat.id, now=site.clock.tick())
        site.ready(site.cy)
