"""The ground of the machine: a site with its people, the command that may be refused, and screens kept by frames."""

from collections import Counter
from datetime import timedelta

import msgspec
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from agents import options
from agents.models import Agent, AgentGroup, Reason, Skill
from core import leases, realtime
from core.errors import ParleyError
from interactions import events, frames
from interactions.actions import locking, status, sweep
from interactions.models import DispositionSet, Interaction, Party, Segment, Survey
from interactions.rows import Rows
from routing.models import OpeningHours
from tests.support import CANARY, ContactCopy, DeskCopy, World, rolled_back

PICK = st.integers(0, 19)
OPTIONS = st.fixed_dictionaries(
    {
        "capacity": st.sampled_from([1, 3]),
        "over_capacity": st.sampled_from([0, 1]),
        "party_limit": st.sampled_from([3, 6]),
        "owner_close": st.sampled_from([0, 0, 300]),
        "pool_rings": st.sampled_from([2, 10]),
        "missed_limit": st.sampled_from([0, 2]),
        "unclosed_limit": st.sampled_from([1, 5]),
        "auto_after_call_work": st.booleans(),
        "consultation_limit": st.sampled_from([1, 2]),
        "consultant_accepts": st.sampled_from([True, True, False]),
        "lock_minutes": st.sampled_from([0, 1]),
        "lock_not_ready": st.booleans(),
        "auto_answer": st.sampled_from([options.OFF, options.OFF, options.PREVIEW, options.AT_ONCE]),
    }
)
EAGER = st.sampled_from([True, True, False])
PASSWORD = "three plain words"
COUNTED = """SELECT (SELECT count(*) FROM core_event), (SELECT count(*) FROM interactions_message),
    (SELECT sum(version) FROM agents_agent), (SELECT sum(version) FROM interactions_interaction),
    (SELECT sum(public_version) FROM interactions_interaction), (SELECT sum(version) FROM interactions_call)"""
NEEDED = ("contact", "queue", "routing_point", "owner__agent")


def verb(weight: int):
    """A method that is a step of histories; the weight says how often. It gets three numbers to choose by."""

    def mark(method):
        method.weight = weight
        return method

    return mark


def verbs(machine) -> list[str]:
    """Their names, each as often as its weight says."""
    return [name for name in dir(machine) for _ in range(getattr(getattr(machine, name), "weight", 0))]


class Ground(RuleBasedStateMachine):
    """What the rules stand on."""

    tally: Counter = Counter()  # of all histories of a run: it is said at the end, and nothing else is claimed

    @initialize(
        chosen=OPTIONS,
        tail=st.sampled_from([0, 30]),
        required=st.booleans(),
        ready=st.integers(1, 4),
        widen=st.booleans(),
        eager=st.sampled_from([True, True, False]),
    )
    def build(self, chosen, tail, required, ready, eager, widen):
        self.tally["histories"] += 1
        self.block = rolled_back()
        self.block.__enter__()
        self.world, self.eager = World(), eager
        self.sweeping = self.touched = False  # touched: something happened since the promises were last checked
        world = self.world
        self._set_up(world, chosen, tail, required, widen)
        self.people = [world.ana, world.bo, world.cy, world.sue]
        self.chats: list[Interaction] = []
        self.belonged: dict[tuple, list] = {}  # members of a chat at a version of it
        self.pages: dict[str, tuple[Interaction, ContactCopy]] = {}
        self.desks = {agent.holder: (agent, DeskCopy(desk)) for agent, desk in self.fresh_desks()}
        self.rang: list = []
        self.expected_ends: set = set()
        for agent in self.people:
            self._sit_down(agent)
        for agent in self.people[:ready]:
            self.do(status.set_status, agent.id, "ready", now=self.tick())
            leases.touch(agent.holder, world.now + timedelta(days=1))
        self.start_chat(None)

    def _sit_down(self, agent: Agent):
        """At a browser of their own."""
        agent.user.set_password(PASSWORD)
        agent.user.save()
        Session.objects.create(
            session_key=agent.holder, session_data="", expire_date=self.world.now + timedelta(days=9)
        )
        locking.sit_down(agent, agent.holder, now=self.world.now)

    def _set_up(self, world: World, chosen: dict, tail: int, required: bool, widen: bool):
        for name, value in chosen.items():
            setattr(world.site, name, value)
        world.site.save()
        for queue in (world.billing, world.network):
            queue.name, queue.after_call_tail = f"{queue.name} {CANARY}", tail
            queue.last_agent_seconds = 60
            queue.save()
        self.reason = Reason.objects.create(name=f"Lunch {CANARY}")
        self.closed = OpeningHours.objects.create(name=f"Never {CANARY}")
        outcomes = DispositionSet.objects.create(name="Outcomes")
        self.codes = [outcomes.codes.create(name=f"{name} {CANARY}") for name in ("Resolved", "Escalated")]
        outcomes.rules.create(required=required, required_of_others=required and tail > 0)
        world.point.fields.create(key="order", label=f"Order {CANARY}", asked=False, editable=True, preview=tail > 0)
        self._survey(world if widen else None)
        self.pools = self._pools(world)
        if widen:
            self._widen(world)

    def _survey(self, world: World | None):
        """For all queues; in some histories Network has its own."""
        for queue in [None, world.network] if world else [None]:
            made = Survey.objects.create(name=f"{queue} {CANARY}", queue=queue)
            made.questions.create(key="content", text="Are you content?", required=True)
            made.questions.create(key="words", text="Anything else?", kind="text")

    def _widen(self, world: World):
        """Billing: also to Network after 30 s, a message instead after 60; Network needs a skill for 60 s."""
        world.billing.overflow_steps.create(after=30, action="also", target=world.network)
        world.billing.overflow_steps.create(after=60, action="message")
        world.network.required_skills.create(skill=self.pools["skill"], level=1, after=0)
        world.network.required_skills.create(skill=self.pools["skill"], level=0, after=60)

    def _pools(self, world: World) -> dict:
        group = AgentGroup.objects.create(name=f"Second level {CANARY}")
        group.agents.set([world.bo, world.sue])
        skill = Skill.objects.create(name=f"Fibre {CANARY}")
        skill.levels.create(agent=world.cy)
        return {"queue": world.network, "group": group, "skill": skill, "routing_point": world.point}

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
            self.touched = True
            self.tally["done"] += 1
        except ParleyError:
            assert may_forgive or self._counted() == before, f"{action.__name__} was refused and changed something"
            self.touched |= may_forgive
            self.tally["refused"] += 1
            return None
        finally:
            self.deliver(posts)
        if self.eager and not self.sweeping:
            self.sweep_now(steady=False)
        return result

    def deliver(self, posts):
        for post in posts:
            for group in post.groups:
                if post.control:
                    self._fetch_desk(group)
                elif group in self.desks:
                    self.desks[group][1].take(msgspec.json.decode(post.frame, type=frames.ToAgent))
                elif post.frame:
                    self._to_contact(group, post.frame)

    def _fetch_desk(self, group: str):
        """A change without a frame: the next beat tells of it, and the client fetches."""
        for agent, desk in self.fresh_desks():
            if agent.holder == group:
                self.desks[group] = (agent, DeskCopy(desk))

    def _consultants(self) -> list[str]:
        return [str(id) for id in Party.objects.consultants().values_list("id", flat=True)]

    def _to_contact(self, group: str, frame: bytes):
        assert CANARY.encode() not in frame, "internal content reached a contact"
        assert not [id for id in self._consultants() if id.encode() in frame], "a contact was told of a consultant"
        if group in self.pages:
            self.pages[group][1].take(msgspec.json.decode(frame, type=frames.ToContact))

    def _counted(self) -> tuple:
        """Everything counts upwards, so equal sums are equal rows. One look: it is taken twice for each command."""
        with connection.cursor() as cursor:
            cursor.execute(COUNTED)
            return cursor.fetchone()

    def tick(self, seconds=0.01):
        return self.world.clock.pass_(seconds)

    def sweep_now(self, steady: bool):
        """The engine's work. In most histories it comes at once, as when the engine is woken."""
        self.sweeping = True
        self.do(sweep.sweep, self.tick(), steady=steady)
        self.sweeping = False

    # --- looking ----------------------------------------------------------------------------

    def pick(self, number: int, rows: list):
        """One of these."""
        return rows[number % len(rows)] if rows else None

    def stretch(self, number: int, rows) -> tuple:
        """(chat, agent): one of these segments; or now and then anybody and any of the last chats."""
        found = list(rows.order_by("joined_at", "id").values_list("interaction_id", "agent_id"))
        if number < 16 and found:
            chat, agent = self.pick(number, found)
            return Interaction.objects.get(pk=chat), self._person(agent)
        return self.chat(number), self.person(number)

    def seat(self, number: int) -> tuple:
        """(chat, agent) of somebody who is in a chat."""
        return self.stretch(number, Segment.objects.filter(left_at=None))

    def ended(self, number: int) -> tuple:
        """(chat, agent) of somebody who has left a chat and not marked it done."""
        return self.stretch(number, Segment.objects.filter(done_at=None).exclude(left_at=None))

    def _person(self, id):
        return next(agent for agent in self.people if agent.id == id)

    def chat(self, number: int) -> Interaction | None:
        """One of the last three."""
        return self.pick(number, self.chats[-3:])

    def person(self, number: int) -> Agent:
        return self.pick(number, self.people)

    def row(self, chat: Interaction) -> Interaction:
        return Interaction.objects.get(pk=chat.pk)

    def fresh_desks(self) -> list:
        """What the rows say that each agent's desk shows."""
        agents = list(Agent.objects.filter(pk__in=[agent.pk for agent in self.people]))
        found = events.desks(agents, self.world.now)
        return [(agent, found[agent.pk]) for agent in agents]

    def rows(self) -> Rows:
        """Of all chats."""
        return Rows(Interaction.objects.select_related(*NEEDED))
