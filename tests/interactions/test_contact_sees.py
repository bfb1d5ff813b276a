"""The contact never receives internal content nor a sign of it."""

import functools
import json
import re
import uuid

import pytest
from django.test import TestCase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.models import Skill
from core import realtime
from core.errors import ParleyError
from interactions import events, heads, transcript
from interactions.actions import case, closing, conference, consultation, invitations, presence, status
from interactions.actions.sweep import sweep
from interactions.frames import ContactView
from interactions.models import Reader
from routing.models import OverflowStep, Queue, RequiredSkill
from tests.support import CANARY, World, loaded, reached, rolled_back

pytestmark = pytest.mark.django_db

UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(rb"\d{4}-\d\d-\d\dT[0-9:.]+Z")
HIDDEN = (
    "write_internal",
    "invite_and_reject",
    "invite_and_cancel",
    "invite_and_expire",
    "transfer_and_reject",
    "consult",
    "consult_by_voice",
    "consult_by_im",
    "consult_and_reject",
    "consult_until_somebody_goes",
    "note",
    "refused",
    "seen",
)


class Recorder:
    """Every byte that goes to one contact: pushed frames and what their own calls answer."""

    def __init__(self, chat):
        self.chat, self.bytes = chat, []

    def __enter__(self):
        self._capture = realtime.capture()
        self._commits = TestCase.captureOnCommitCallbacks(execute=True)
        self._posts = self._capture.__enter__()
        self._commits.__enter__()
        return self

    def __exit__(self, *exc):
        self._commits.__exit__(*exc)
        self._capture.__exit__(*exc)
        self.bytes += [post.frame for post in self._posts if self.chat.holder in post.groups]

    def look(self, now):
        """What the contact's GET answers, and the next beat."""
        chat = loaded(self.chat)
        author = transcript.Author(chat.id)
        answer = [events.snapshot_for_contact(chat), transcript.page(author, lane="public").lines]
        beat = heads.of_contacts({chat.id})[chat.id].heads
        self.bytes.append(events.encode([*answer, events.waiting(chat, now), beat]))


def play(world: World, hidden: list[str], replaced: dict | None = None) -> list[bytes]:
    """One public history with whatever internal things between its steps; returns what the contact got.

    `replaced`: {number of a step: another way to the same}.
    """
    kim = world.handled(world.ana)
    world.ready(world.bo, world.cy)
    with Recorder(kim) as contact:
        for number, step in enumerate(PUBLIC):
            for name in hidden[number::5]:
                INTERNAL[name](world, kim)
            (replaced or {}).get(number, step)(world, kim)
            contact.look(world.now)
    return [TIME.sub(b"TIME", UUID.sub(b"ID", part)) for part in contact.bytes if part]


@functools.cache
def plain() -> list[bytes]:
    """What the contact got while nothing internal happened."""
    with rolled_back():
        return play(World(), [])


def _conference(world, kim):
    if world.ringing_at(world.bo):
        invitations.reject(world.ringing_at(world.bo).id, by=world.bo, now=world.clock.tick())
    world.conferenced(kim, world.ana, world.bo)


def _conference_from_a_consultation(world, kim):
    """Bo is consulted first, reads along, and is then asked into the chat."""
    made = world.consulted(kim, world.ana, world.bo, note=CANARY)
    world.line(kim, world.bo, CANARY, lane=str(made.id))
    reached(kim, world.bo, delivered=2, seen=2)
    conference.invite_consultant(kim.id, made.id, by=world.ana, note=CANARY, now=world.clock.tick())
    world.accept(world.bo)


PUBLIC = [
    lambda world, kim: world.line(kim, None, "I was charged twice"),
    lambda world, kim: world.line(kim, world.ana, "One moment"),
    _conference,
    lambda world, kim: world.line(kim, world.bo, "Hello Kim"),
    lambda world, kim: world.end(kim, world.ana, "pass"),
]


def _asked(world, kim, then):
    """Ask Cy, who never joins."""
    by = fresh_owner(kim)
    conference.invite(kim.id, world.cy.id, by=by, note=CANARY, now=world.clock.tick())
    then(world.ringing_at(world.cy), by)


def fresh_owner(kim):
    return loaded(kim).owner.agent


def _transfer(world, kim):
    by = fresh_owner(kim)
    world.transfer(kim, by, world.cy, note=CANARY)
    invitations.reject(world.ringing_at(world.cy).id, by=world.cy, now=world.clock.tick())


def _consult(world, kim, medium="chat", ends=True):
    """Cy is consulted by the owner, if nobody consults them yet: all that two do in a consultation."""
    by, running = fresh_owner(kim), kim.consultations.active().first()
    if running is None:
        world.on_voice(world.cy)
        made = world.consulted(kim, by, world.cy, medium=medium, note=CANARY)
        for agent in (by, world.cy):
            world.line(kim, agent, CANARY, lane=str(made.id))
            transcript.typing(transcript.Author(kim.id, agent.id), lane=str(made.id), on=True, now=world.now)
            reached(kim, agent, lane=str(made.id), delivered=3, seen=2)
        reached(kim, world.cy, delivered=9, seen=9)
        presence.went_away(made.consultant_id, since=world.now, now=world.clock.tick())
        presence.came_back(made.consultant_id, now=world.clock.tick())
        running = made
    if ends:
        consultation.end(running.id, by=running.requester.agent, now=world.clock.tick())


def _free(world, kim):
    for running in kim.consultations.active():
        consultation.end(running.id, by=running.requester.agent, now=world.clock.tick())


def _consult_and_reject(world, kim):
    _free(world, kim)
    world.consult(kim, fresh_owner(kim), world.cy, note=CANARY)
    invitations.reject(world.ringing_at(world.cy).id, by=world.cy, now=world.clock.tick())


def _refused(world, kim):
    with pytest.raises(ParleyError):
        conference.invite(kim.id, world.sue.id, by=world.ana, note=CANARY, now=world.clock.tick())


def _fill_in(world, kim):
    asks = {"label": CANARY, "asked": False, "editable": True}
    world.point.fields.get_or_create(key="order", defaults=asks)
    held = loaded(kim).case.get("order", "")
    value = f"{CANARY} {len(held)}"
    case.set_case(kim.id, "order", value, expect=held, by=fresh_owner(kim), now=world.clock.tick())


def _expire(world, ring):
    invitations.expire(ring.id, now=world.clock.tick())


INTERNAL = {
    "write_internal": lambda world, kim: world.line(kim, fresh_owner(kim), CANARY, lane="internal"),
    "invite_and_reject": lambda world, kim: _asked(
        world, kim, lambda invitation, by: invitations.reject(invitation.id, by=world.cy, now=world.clock.tick())
    ),
    "invite_and_cancel": lambda world, kim: _asked(
        world, kim, lambda invitation, by: invitations.cancel(invitation.id, by=by, now=world.clock.tick())
    ),
    "invite_and_expire": lambda world, kim: _asked(
        world, kim, lambda invitation, by: _expire(world, invitation.rings.get(outcome=""))
    ),
    "transfer_and_reject": _transfer,
    "consult": _consult,
    "consult_by_voice": lambda world, kim: _consult(world, kim, "voice"),
    "consult_by_im": lambda world, kim: _consult(world, kim, "im"),
    "consult_and_reject": _consult_and_reject,
    "consult_until_somebody_goes": lambda world, kim: _consult(world, kim, ends=False),
    "note": lambda world, kim: closing.set_note(kim.id, CANARY, by=fresh_owner(kim), now=world.clock.tick()),
    "case": _fill_in,
    "refused": _refused,
    "seen": lambda world, kim: reached(kim, fresh_owner(kim), lane="internal", delivered=2, seen=1),
}


@given(hidden=st.lists(st.sampled_from(HIDDEN), min_size=1, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_same_history_gives_the_same_bytes_whatever_agents_do_among_themselves(hidden):
    with rolled_back():
        busy = play(World(), hidden)
    assert busy == plain()
    assert not any(CANARY.encode() in part for part in busy)


def test_a_conference_that_comes_of_a_consultation_gives_the_same_bytes():
    with rolled_back():
        consulted = play(World(), [], {2: _conference_from_a_consultation})
    assert consulted == plain()
    assert not any(CANARY.encode() in part for part in consulted)


def test_the_recorder_would_see_a_leak(world):
    """The control: what is public does reach the recorder."""
    kim = world.handled(world.ana)
    with Recorder(kim) as contact:
        world.line(kim, world.ana, CANARY)
        contact.look(world.now)
    assert sum(CANARY.encode() in part for part in contact.bytes) == 2


def test_the_contacts_snapshot_has_only_what_is_allowed(world):
    kim = world.handled(world.ana)
    view = json.loads(events.encode(events.snapshot_for_contact(loaded(kim))))
    assert (
        set(view)
        == {
            "id",
            "state",
            "offline",
            "public_version",
            "number",
            "me",
            "name",
            "agents",
            "text_limit",
            "texts",
            "message_offered",
            "survey",
            "transcript",
        }
        == set(ContactView.__struct_fields__)
    )
    assert set(view["agents"][0]) == {"party", "nickname", "group", "connection", "seen", "delivered"}


def test_the_public_version_rises_only_with_what_the_contact_sees(world):
    kim = world.handled(world.ana)
    before = loaded(kim)
    world.ready(world.bo)
    world.invite(kim, world.ana, world.bo)
    world.line(kim, world.ana, CANARY, lane="internal")
    status.set_status(world.ana.id, "not_ready", now=world.clock.tick())
    after = loaded(kim)
    assert after.version > before.version
    assert after.public_version == before.public_version
    world.accept(world.bo)
    assert loaded(kim).public_version == before.public_version + 1


def test_a_contact_cannot_write_or_read_internal_lanes(world):
    kim = world.handled(world.ana)
    world.line(kim, world.ana, CANARY, lane="internal")
    author = transcript.Author(kim.id)
    for lane in ("internal", str(uuid.uuid4()), ""):
        with pytest.raises(ParleyError):
            transcript.append_now(author, lane=lane, id=uuid.uuid4(), text="x", now=world.clock.tick())
        with pytest.raises(ParleyError):
            transcript.page(author, lane=lane)
        before = list(Reader.objects.values("id", "delivered", "seen"))
        reached(kim, None, lane=lane, seen=1)
        assert list(Reader.objects.values("id", "delivered", "seen")) == before
        with pytest.raises(ParleyError):
            transcript.typing(author, lane=lane, on=True, now=world.now)
    assert CANARY not in str(transcript.page(author).lines)


def waiting(steps: bool) -> list[bytes]:
    """A contact who waits, is refused by one agent and accepted by another, with what widens the search or without."""
    world = World()
    other = Queue.objects.create(name=CANARY)
    other.agents.set([world.bo])
    world.billing.agents.set([world.ana] if steps else [world.ana, world.bo])
    if steps:
        skill = Skill.objects.create(name=CANARY)
        skill.levels.create(agent=world.ana, level=5)
        for after, level in ((0, 5), (30, 0)):
            RequiredSkill.objects.create(queue=world.billing, skill=skill, after=after, level=level)
        OverflowStep.objects.create(queue=world.billing, after=40, target=other)
        OverflowStep.objects.create(queue=world.billing, after=20, target=world.network)
    world.ready(world.ana)
    kim = world.chat()
    with Recorder(kim) as contact:
        sweep(world.clock.pass_(1), steady=False)
        contact.look(world.now)
        invitations.reject(world.ringing_at(world.ana).id, by=world.ana, now=world.clock.tick())
        world.absent(world.ana)
        sweep(world.clock.pass_(45), steady=False)
        contact.look(world.now)
        world.ready(world.bo)
        sweep(world.clock.pass_(1), steady=False)
        contact.look(world.now)
        world.accept(world.bo)
        contact.look(world.now)
    return [TIME.sub(b"TIME", UUID.sub(b"ID", part)) for part in contact.bytes if part]


def test_who_waits_never_learns_of_steps_skills_and_queues():
    with rolled_back():
        plain = waiting(steps=False)
    with rolled_back():
        widened = waiting(steps=True)
    assert len(plain) > 4 and not any(CANARY.encode() in part for part in widened)
    assert [part.replace(b'"staffed":true', b"").replace(b'"staffed":false', b"") for part in widened] == [
        part.replace(b'"staffed":true', b"").replace(b'"staffed":false', b"") for part in plain
    ]
