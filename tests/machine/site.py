"""A site under arbitrary use: every verb may come at any moment; what must always hold is checked after each."""

import uuid
from datetime import timedelta

import msgspec
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agents.models import Agent, AgentGroup, Reason, Skill
from core import leases, realtime
from core.errors import ParleyError
from core.models import Event, Lease
from interactions import events, frames, marks, transcript
from interactions.actions import arrival, closing, conference, invitations, presence, status, sweep
from interactions.models import Interaction, Invitation, Message, Party, Ring, Segment
from routing import engine
from tests.support import CANARY, ContactCopy, DeskCopy, World, candidates_of, loaded, rolled_back

PEOPLE = st.integers(0, 3)
CHATS = st.integers(0, 2)
STATUSES = st.sampled_from(["ready"] * 4 + ["not_ready", "logged_off", "do_not_disturb"])
SECONDS = st.sampled_from([1, 5, 31, 61, 130, 301])
WORDS = st.sampled_from(["Hello", "One moment", "x" * 2000, "  ", "äöü 🙂\n2"])


class SiteMachine(RuleBasedStateMachine):
    """People do anything; nobody's screen may ever differ from the rows."""

    @initialize()
    def build(self):
        self.block = rolled_back()
        self.block.__enter__()
        self.world = world = World()
        for queue in (world.billing, world.network):
            queue.name = f"{queue.name} {CANARY}"
            queue.save()
        self.reason = Reason.objects.create(name=f"Lunch {CANARY}")
        group = AgentGroup.objects.create(name=f"Second level {CANARY}")
        group.agents.set([world.bo, world.sue])
        skill = Skill.objects.create(name=f"Fibre {CANARY}")
        skill.levels.create(agent=world.cy)
        self.pools = {"queue": world.network, "group": group, "skill": skill, "routing_point": world.point}
        self.people = [world.ana, world.bo, world.cy, world.sue]
        self.chats: list[Interaction] = []
        self.pages: dict[str, tuple[Interaction, ContactCopy]] = {}
        self.desks = {agent.holder: (agent, DeskCopy(self._desk(agent))) for agent in self.people}
        self.rang: list = []

    def teardown(self):
        if hasattr(self, "block"):
            self.block.__exit__(None, None, None)

    # --- doing ------------------------------------------------------------------------------

    def do(self, action, *args, may_forgive=False, **kwargs):
        """One command: it happens and everybody is told, or it is refused and nothing has changed.

        `may_forgive`: an answer that came too late is refused, and yet the miss is taken back.
        """
        before = self._counted()
        posts, result = [], None
        try:
            with realtime.capture() as posts, TestCase.captureOnCommitCallbacks(execute=True):
                result = action(*args, **kwargs)
        except ParleyError:
            assert may_forgive or self._counted() == before, f"{action.__name__} was refused and changed something"
        self.deliver(posts)
        return result

    def deliver(self, posts):
        for post in posts:
            for group in post.groups:
                if group in self.desks:
                    self.desks[group][1].take(msgspec.json.decode(post.frame, type=frames.ToAgent))
                elif post.frame:
                    assert CANARY.encode() not in post.frame, "internal content reached a contact"
                    frame = msgspec.json.decode(post.frame, type=frames.ToContact)
                    if group in self.pages:
                        self.pages[group][1].take(frame)

    def _counted(self) -> tuple:
        versions = tuple(Agent.objects.order_by("id").values_list("version", flat=True))
        return (
            Event.objects.count(),
            Message.objects.count(),
            versions,
            tuple(Interaction.objects.order_by("id").values_list("version", "public_version")),
        )

    def tick(self, seconds=0.01):
        return self.world.clock.pass_(seconds)

    # --- agents -----------------------------------------------------------------------------

    @rule(who=PEOPLE, to=STATUSES, why=st.booleans())
    def set_status(self, who, to, why):
        reason = self.reason.id if why and to == "not_ready" else None
        self.do(status.set_status, self.people[who].id, to, reason_id=reason, now=self.tick())

    @rule(who=PEOPLE)
    def connect(self, who):
        leases.touch(self.people[who].holder, self.world.now + timedelta(days=1))
        self.do(presence.agent_appeared, self.people[who].id, self.tick())

    @rule(who=PEOPLE)
    def disconnect(self, who):
        Lease.objects.filter(holder=self.people[who].holder).update(expires_at=self.world.now)

    @rule(who=PEOPLE, how=st.sampled_from(["accept", "accept", "accept", "reject"]))
    def answer(self, who, how):
        agent = self.people[who]
        for ring in Ring.objects.open().filter(agent=agent)[:1]:
            self.do(getattr(invitations, how), ring.invitation_id, by=agent, now=self.tick(), may_forgive=True)

    @rule(who=PEOPLE)
    def answer_late(self, who):
        """A click on a preview that is over."""
        agent = self.people[who]
        for ring in Ring.objects.exclude(outcome="").filter(agent=agent)[:1]:
            self.do(invitations.accept, ring.invitation_id, by=agent, now=self.tick(), may_forgive=True)

    # --- contacts ---------------------------------------------------------------------------

    @rule(topic=st.sampled_from([None, "Network"]))
    def start(self, topic):
        if len([chat for chat in self.chats if self._row(chat).live]) >= 3:
            return
        answers = {"topic": topic} if topic else {}
        made = self.do(
            arrival.start, "website", client_id=str(uuid.uuid4()), name="Kim", answers=answers, now=self.tick()
        )
        chat = made[0]
        leases.touch(chat.holder, self.world.now + timedelta(days=1))
        self.chats.append(chat)
        self.pages[chat.holder] = (chat, ContactCopy(events.snapshot_for_contact(loaded(chat))))

    @rule(which=CHATS)
    def contact_leaves(self, which):
        if chat := self._chat(which):
            self.do(arrival.leave, chat.id, now=self.tick())

    @rule(which=CHATS)
    def contact_goes_away(self, which):
        if chat := self._chat(which):
            Lease.objects.filter(holder=chat.holder).update(expires_at=self.world.now)

    @rule(which=CHATS)
    def contact_comes_back(self, which):
        if chat := self._chat(which):
            leases.touch(chat.holder, self.world.now + timedelta(days=1))
            self.do(presence.contact_appeared, chat.id, self.tick())

    @rule(which=CHATS, text=WORDS)
    def contact_writes(self, which, text):
        if chat := self._chat(which):
            author = transcript.Author(chat.id)
            self.do(transcript.append_now, author, lane="public", id=uuid.uuid4(), text=text, now=self.tick())

    # --- in a chat --------------------------------------------------------------------------

    @rule(which=CHATS, who=PEOPLE, text=WORDS, lane=st.sampled_from(["public", "internal"]), again=st.booleans())
    def agent_writes(self, which, who, text, lane, again):
        if not (chat := self._chat(which)):
            return
        text = text if lane == "public" else f"{CANARY} {text}"[:2000]
        author, id = transcript.Author(chat.id, self.people[who].id), uuid.uuid4()
        first = self.do(transcript.append_now, author, lane=lane, id=id, text=text, now=self.tick())
        if again:
            second = self.do(transcript.append_now, author, lane=lane, id=id, text=text, now=self.tick())
            assert first is None or second == first, "the same id got another number"

    @rule(which=CHATS, who=PEOPLE)
    def see(self, which, who):
        if chat := self._chat(which):
            told = {(transcript.Author(chat.id, self.people[who].id), "public"): marks.Reached(delivered=4, seen=3)}
            self.do(marks.mark, told)

    @rule(which=CHATS, who=PEOPLE, whom=PEOPLE)
    def invite(self, which, who, whom):
        if chat := self._chat(which):
            note = f"{CANARY} please help"
            self.do(conference.invite, chat.id, self.people[whom].id, by=self.people[who], note=note, now=self.tick())

    @rule(which=CHATS, who=PEOPLE, type=st.sampled_from(["queue", "group", "skill", "routing_point"]))
    def invite_pool(self, which, who, type):
        if chat := self._chat(which):
            agent, note = self.people[who], f"{CANARY} anybody?"
            self.do(conference.invite_pool, chat.id, type, self.pools[type].id, by=agent, note=note, now=self.tick())

    @rule(who=PEOPLE, which=CHATS)
    def cancel(self, who, which):
        if chat := self._chat(which):
            asked = Invitation.objects.filter(interaction=chat, kind="conference")
            for invitation in asked.order_by("-created_at")[:1]:
                self.do(invitations.cancel, invitation.id, by=self.people[who], now=self.tick())

    @rule(which=CHATS, who=PEOPLE, expect=st.sampled_from([None, None, None, "pass", "leave", "close"]))
    def end(self, which, who, expect):
        """End as the screen shows it, or as it showed it some time ago."""
        if not (chat := self._chat(which)):
            return
        agent = self.people[who]
        shown = self.desks[agent.holder][1].interactions.get(chat.id)
        if shown is None:
            return
        offer = expect or (shown.end.expect if shown.end else "close")
        told = offer == "close"
        before = self._row(chat)
        self.do(closing.end, chat.id, by=agent, expect=offer, version=shown.owner_version, now=self.tick())
        if before.state == "active" and self._row(chat).state == "ended":
            assert told, "a chat was closed by an agent who was not told to be the last"

    @rule(which=CHATS, who=PEOPLE, whom=PEOPLE)
    def remove(self, which, who, whom):
        if not (chat := self._chat(which)):
            return
        party = Party.objects.filter(interaction=chat, agent=self.people[whom]).last()
        if party is not None:
            version = self._row(chat).owner_version
            self.do(conference.remove, chat.id, party.id, by=self.people[who], version=version, now=self.tick())

    @rule(which=CHATS, who=PEOPLE)
    def note(self, which, who):
        if chat := self._chat(which):
            self.do(closing.set_note, chat.id, f"{CANARY} note", by=self.people[who], now=self.tick())

    @rule(which=CHATS, who=PEOPLE)
    def done(self, which, who):
        if chat := self._chat(which):
            self.do(closing.mark_done, chat.id, by=self.people[who], now=self.tick())

    # --- time -------------------------------------------------------------------------------

    @rule()
    def sweep(self):
        self._sweep()

    @rule(seconds=SECONDS, steady=st.booleans())
    def time_passes(self, seconds, steady):
        self.tick(seconds)
        self._sweep(steady)

    def _sweep(self, steady=True):
        self.do(sweep.sweep, self.tick(), steady=steady)
        self._nobody_waits_while_a_suitable_agent_is_free()

    # --- what always holds ------------------------------------------------------------------

    @invariant()
    def screens_equal_rows(self):
        if not hasattr(self, "desks"):
            return
        for agent, copy in self.desks.values():
            assert copy.plain() == DeskCopy(self._desk(agent)).plain(), agent.nickname
        for chat, copy in self.pages.values():
            assert copy.plain() == msgspec.to_builtins(events.snapshot_for_contact(loaded(chat)))

    @invariant()
    def rows_are_sound(self):
        if not hasattr(self, "chats"):
            return
        for chat in Interaction.objects.all():
            self._chat_is_sound(chat)
        for lane_numbers in self._numbers():
            assert lane_numbers == list(range(1, len(lane_numbers) + 1)), "a hole in a lane"

    def _chat_is_sound(self, chat):
        here = Party.objects.here().agents().filter(interaction=chat)
        pending = chat.invitations.pending()
        if chat.state == "ended":
            assert not here.exists() and not pending.exists() and chat.owner_id is None
        elif chat.state == "active":
            assert here.filter(pk=chat.owner_id).exists(), "an active chat without its owner"
            assert not pending.filter(kind="route").exists()
        else:
            assert pending.filter(kind="route").count() == 1, "a waiting chat without a place in a queue"
            assert not here.exists() and not pending.exclude(kind="route").exists()
        for invitation in chat.invitations.all():
            ringing = invitation.rings.filter(outcome="").count()
            assert ringing == (invitation.state == "ringing"), "an invitation and its ring disagree"
        assert Segment.objects.filter(interaction=chat, last_owner=True).count() <= 1

    def _numbers(self):
        for chat in self.chats:
            for lane in chat.lanes.all():
                numbers = list(lane.messages.order_by("number").values_list("number", flat=True))
                assert len(numbers) == lane.head
                yield numbers

    def _nobody_waits_while_a_suitable_agent_is_free(self):
        for invitation in Invitation.objects.waiting_in_order():
            pool = candidates_of(invitation, self.world.now)
            chosen, verdicts = engine.choose(pool, self.world.now)
            assert chosen is None, f"waits although somebody is free: {verdicts}"

    @invariant()
    def routing_keeps_to_capacity(self):
        """A routed ring is only ever given within capacity: checked when it began."""
        if not hasattr(self, "rang"):
            return
        for ring in Ring.objects.open().filter(routed=True).exclude(pk__in=self.rang):
            self.rang.append(ring.pk)
            desk = self.desks[ring.agent.holder][1]
            assert desk.agent.load <= desk.agent.capacity, "routing went over capacity"

    # --- looking ----------------------------------------------------------------------------

    def _chat(self, which) -> Interaction | None:
        return self.chats[-1 - which] if which < len(self.chats) else None

    def _row(self, chat) -> Interaction:
        return Interaction.objects.get(pk=chat.pk)

    def _desk(self, agent) -> frames.Desk:
        return events.desk(Agent.objects.get(pk=agent.pk), self.world.now)
