"""The idle clock: it runs only while the contact owes the answer, it warns, and it closes."""

import pytest

from core.errors import Conflict
from interactions import transcript
from interactions.actions import conference, invitations, presence, sweep
from tests.scenes import scene
from tests.support import assert_publishes, changes_nothing, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
@scene
def kim(world):
    chat = world.handled(world.ana)
    world.present(chat)
    world.line(chat, None, "Hi")
    world.line(chat, world.ana, "Could you send me the number?")
    return chat


def after(world, kim, seconds):
    with assert_publishes(world, kim):
        sweep.sweep(world.clock.pass_(seconds), steady=True)
    return fresh(kim)


def last_line(kim):
    return kim.lanes.get(name="public").messages.last().text


def test_it_warns_and_then_closes(world, kim):
    assert after(world, kim, 254).state == "active"
    after(world, kim, 2)
    assert last_line(kim) == "Kim Lee, are you still there? The chat closes in 45 seconds"
    assert after(world, kim, 44).state == "active"
    closed = after(world, kim, 2)
    assert (closed.state, closed.end_cause) == ("ended", "idle")
    assert last_line(kim) == "The chat has ended because nobody wrote"


def test_who_could_not_write_is_not_idle(world, kim):
    """The site was away, perhaps between warning and close: silence begins to count when service is steady again."""
    after(world, kim, 256)
    sweep.sweep(world.clock.pass_(600), steady=False)
    assert fresh(kim).state == "active"
    world.line(kim, None, "Here I am again")
    assert after(world, kim, 1).state == "active"


def test_any_line_of_the_contact_stops_it(world, kim):
    after(world, kim, 256)
    world.line(kim, None, "Yes, one moment")
    assert after(world, kim, 1000).state == "active"
    world.line(kim, world.ana, "Thank you")
    after(world, kim, 254)
    assert last_line(kim) == "Thank you"


def test_it_does_not_run_while_an_agent_owes_the_answer(world, kim):
    world.line(kim, None, "0815")
    assert after(world, kim, 5000).state == "active"


def test_who_types_is_not_idle(world, kim):
    after(world, kim, 250)
    transcript.typing(transcript.Author(kim.id), lane="public", on=True, now=world.now)
    after(world, kim, 200)
    assert "still there" not in last_line(kim)
    after(world, kim, 60)
    transcript.typing(transcript.Author(kim.id), lane="public", on=True, now=world.now)
    assert after(world, kim, 60).state == "active"


def test_it_stands_still_while_an_invitation_is_open(world, kim):
    world.ready(world.bo)
    made = world.invite(kim, world.ana, world.bo)
    world.site.missed_limit = 0
    world.site.save()
    made.rings.update(expires_at=world.clock.now.replace(year=2030))
    assert after(world, kim, 1000).state == "active"
    invitations.reject(made.id, by=world.bo, now=world.clock.tick())
    assert after(world, kim, 254).state == "active"
    assert "still there" not in last_line(kim)
    after(world, kim, 2)
    assert "still there" in last_line(kim)


def test_it_stands_still_while_the_contact_is_away(world, kim):
    contact = kim.parties.get(kind="contact")
    world.absent(kim)
    presence.went_away(contact.id, since=world.now, now=world.clock.tick())
    assert after(world, kim, 299).state == "active"
    assert "still there" not in last_line(kim)
    world.present(kim)
    presence.contact_appeared(kim.id, world.clock.tick())
    after(world, kim, 250)
    assert "still there" not in last_line(kim)
    after(world, kim, 10)
    assert "still there" in last_line(kim)


def test_zero_is_never(world, kim):
    world.billing.idle_warning = 0
    world.billing.save()
    assert after(world, kim, 50_000).state == "active"


def test_after_the_close_a_line_or_an_invitation_comes_too_late(world, kim):
    world.ready(world.bo)
    after(world, kim, 256)
    assert after(world, kim, 46).state == "ended"
    with changes_nothing(world, kim), pytest.raises(Conflict, match="ended"):
        world.line(kim, None, "Here I am")
    with changes_nothing(world, kim), pytest.raises(Conflict, match="ended"):
        world.invite(kim, world.ana, world.bo)


def test_an_invitation_after_the_warning_stops_the_clock(world, kim):
    world.present(world.cy)
    after(world, kim, 256)
    conference.invite_pool(kim.id, "queue", world.network.id, by=world.ana, now=world.clock.tick())
    assert after(world, kim, 60).state == "active"
