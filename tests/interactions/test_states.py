"""The state matrix, from the tables themselves: what is allowed works, everything else is refused."""

import itertools

import pytest

from core.errors import Conflict
from interactions.actions import arrival, closing, conference, invitations
from interactions.models import Interaction, Invitation
from interactions.states import INTERACTION, INVITATION, OPEN, Invited, Kind, State
from tests.interactions.steps import happens, leaves_all_alone, refused
from tests.support import fresh, party

pytestmark = pytest.mark.django_db

FINAL = [state for state in Invited if state not in OPEN]


def test_the_tables_name_every_state():
    assert set(INTERACTION) == set(State)
    assert set(INVITATION) == set(Invited)


def test_what_is_final_leads_nowhere():
    assert not any(State.ENDED in sources for sources in INTERACTION.values())
    assert not any(set(FINAL) & set(sources) for sources in INVITATION.values())


def put(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)
    return type(row).objects.get(pk=row.pk)


def test_interactions(world):
    chat = world.handled(world.ana)
    ana = party(chat, world.ana)
    for state, target in itertools.product(State, State):
        chat = put(chat, state=state, owner=ana if state == State.ACTIVE else None)
        try_to_move(chat, target, INTERACTION, owner=ana if target == State.ACTIVE else None)


@pytest.mark.parametrize("kind", list(Kind))
def test_invitations(world, kind):
    chat = world.handled(world.ana)
    to = {"queue": world.billing} if kind == Kind.ROUTE else {"agent": world.bo}
    made = Invitation.objects.create(interaction=chat, kind=kind, created_at=world.now, waited_since=world.now, **to)
    for state, target in itertools.product(Invited, Invited):
        made = put(made, state=state, ended_at=None)
        try_to_move(made, target, INVITATION, now=world.now)
        assert (fresh(made).ended_at is None) == (fresh(made).state in OPEN or fresh(made).state == state)


def try_to_move(row, target, table, **fields):
    state = row.state
    if state in table[target]:
        row.move(target, **fields)
        assert (row.state, fresh(row).state) == (target, target), (state, target)
        return
    with leaves_all_alone(), pytest.raises(Conflict):
        row.move(target, **fields)
    assert row.state == state, (state, target)


def test_a_row_read_before_is_not_believed(world):
    """Two who both read "waiting": the second move finds the row changed."""
    chat = world.handled(world.ana)
    first, second = Interaction.objects.get(pk=chat.pk), Interaction.objects.get(pk=chat.pk)
    first.move(State.ENDED, owner=None)
    with pytest.raises(Conflict):
        second.move(State.ENDED, owner=None)


# --- every verb in every state ----------------------------------------------------------------


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("verb", ["accept", "reject", "cancel", "expire", "take_back"])
def test_what_is_over_cannot_be_answered(world, state, verb):
    chat = world.handled(world.ana)
    world.ready(world.bo)
    invitation = world.invite(chat, world.ana, world.bo)
    ring = invitation.rings.get()
    over = {Invited.ACCEPTED: "accepted", Invited.REJECTED: "rejected", Invited.EXPIRED: "expired"}
    put(ring, outcome=over.get(state, "withdrawn"), ended_at=world.now)
    put(invitation, state=state, ended_at=world.now)
    with refused("no_longer_available"):
        answer(world, verb, invitation, ring)


def answer(world, verb, invitation, ring):
    match verb:
        case "accept" | "reject":
            getattr(invitations, verb)(invitation.id, by=world.bo, now=world.now)
        case "cancel":
            invitations.cancel(invitation.id, by=world.ana, now=world.now)
        case "expire":
            invitations.expire(ring.id, now=world.now)
        case "take_back":
            invitations.take_back(ring.id, why="absent", now=world.now)


class TestEndedChats:
    @pytest.fixture
    def over(self, world):
        """Ana and Bo had it; the contact has left."""
        chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
        arrival.leave(chat.id, now=world.clock.tick())
        return fresh(chat)

    def test_nobody_is_invited(self, world, over):
        world.ready(world.cy)
        with refused("ended"):
            world.invite(over, world.ana, world.cy)

    def test_nobody_is_removed(self, world, over):
        with leaves_all_alone():
            conference.remove(
                over.id, party(over, world.bo).id, by=world.ana, version=over.owner_version, now=world.now
            )

    @pytest.mark.parametrize("expect", ["pass", "leave", "close"])
    def test_end_is_a_repeat(self, world, over, expect):
        with leaves_all_alone():
            found = closing.end(over.id, by=world.ana, expect=expect, version=over.owner_version, now=world.now)
        assert found.state == State.ENDED

    def test_leaving_is_a_repeat(self, world, over):
        with leaves_all_alone():
            assert arrival.leave(over.id, now=world.now).state == State.ENDED

    def test_notes_are_still_taken(self, world, over):
        with happens(world, over, "note.set"):
            closing.set_note(over.id, "Called back", by=world.bo, now=world.clock.tick())
