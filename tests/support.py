"""The cast and the helpers of the tests: Ana handles, Bo is invited, Cy must see nothing, Kim is the contact."""

import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
from django.contrib.auth.models import User
from django.db import transaction
from django.test import TestCase

from agents.models import Agent, ChannelStatus, Site, StatusPeriod
from core import leases, realtime
from core.models import Event, Lease
from interactions import events, frames, marks, transcript
from interactions.actions import (
    arrival,
    calls,
    closing,
    conference,
    consultation,
    conversations,
    invitations,
    offering,
    status,
    transfer,
)
from interactions.actions.candidates import look
from interactions.actions.plans import Plans
from interactions.models import Call, Consultation, Interaction, Invitation, Party, Ring
from routing.models import Queue, RoutingPoint

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
CANARY = "canary-5f1d"


class Clock:
    """Time that moves only when told."""

    def __init__(self, now: datetime = NOON):
        self.now = now

    def pass_(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def tick(self) -> datetime:
        return self.pass_(0.01)


class World:
    """A small site with its people; verbs are the product's actions."""

    def __init__(self):
        self.clock = Clock()
        self.site = Site.objects.create(name="Harbour Net", capacity=3)
        self.billing = Queue.objects.create(name="Billing")
        self.network = Queue.objects.create(name="Network")
        self.point = RoutingPoint.objects.create(
            slug="website", name="Website", title="Harbour Net", queue=self.billing
        )
        self.point.fields.create(key="topic", label="What is it about?", type="choice", choices="Billing\nNetwork")
        self.point.rules.create(field="topic", value="Network", queue=self.network)
        self.ana = self.agent("ana", "Ana Ruiz", "Billing", self.billing, self.network)
        self.bo = self.agent("bo", "Bo Lind", "Network", self.billing, self.network)
        self.cy = self.agent("cy", "Cy Marsh", "Network", self.network)
        self.sue = self.agent("sue", "Sue Park", "Service")

    @property
    def now(self):
        return self.clock.now

    def agent(self, username: str, name: str, department: str, *queues: Queue) -> Agent:
        user = User.objects.create(username=username, email=f"{username}@harbour.example")
        agent = Agent.objects.create(user=user, name=name, nickname=name.split()[0], department=department)
        agent.queues.set(queues)
        agent.logged_in_at = self.now
        agent.save()
        kept = {"agent": agent, "channel": "chat", "status": "not_ready", "since": self.now}
        ChannelStatus.objects.create(**kept)
        StatusPeriod.objects.create(**kept)
        return agent

    def present(self, *agents: Agent) -> None:
        for agent in agents:
            leases.touch(agent.holder, self.now + timedelta(days=1))

    def absent(self, agent: Agent) -> None:
        Lease.objects.filter(holder=agent.holder).update(expires_at=self.now)

    def ready(self, *agents: Agent) -> None:
        self.present(*agents)
        for agent in agents:
            status.set_status(agent.id, "ready", now=self.clock.tick())

    def on_voice(self, *agents: Agent) -> None:
        """Ready for voice, each in a workspace whose tab is named after them."""
        for agent in agents:
            self.tab(agent)
            status.set_status(agent.id, "ready", channel="voice", now=self.clock.tick())

    def tab(self, agent: Agent, name: str = "") -> str:
        """An open workspace of this agent."""
        name = name or agent.nickname
        lease = leases.open(agent.holder, "process", name, self.now)
        Lease.objects.filter(pk=lease).update(expires_at=self.now + timedelta(days=1))
        return name

    def call(self, caller: Agent, callee: Agent, **about) -> Call:
        """It rings at the callee."""
        return calls.place(callee.id, by=caller, tab=caller.nickname, now=self.clock.tick(), **about)

    def speaking(self, caller: Agent, callee: Agent) -> Call:
        """A call that is connected."""
        self.on_voice(caller, callee)
        call = self.call(caller, callee)
        calls.accept(call.id, by=callee, tab=callee.nickname, now=self.clock.tick())
        return calls.connected(call.id, by=caller, now=self.clock.tick())

    def chat(self, name="Kim Lee", topic=None, client_id=None, **more) -> Interaction:
        answers = {"topic": topic} if topic else {}
        started, _ = arrival.start(
            "website",
            client_id=client_id or str(uuid.uuid4()),
            name=name,
            answers=answers,
            **more,
            now=self.clock.tick(),
        )
        leases.touch(started.holder, self.now + timedelta(days=1))
        return started

    def offer(self) -> None:
        offering.offer_all(self.clock.tick())

    def ringing_at(self, agent: Agent) -> Invitation | None:
        ring = Ring.objects.open().filter(agent=agent).select_related("invitation").first()
        return ring and ring.invitation

    def accept(self, agent: Agent) -> Interaction:
        return invitations.accept(self.ringing_at(agent).id, by=agent, now=self.clock.tick())

    def handled(self, agent: Agent, **kwargs) -> Interaction:
        """A chat that this agent has accepted."""
        self.ready(agent)
        self.chat(**kwargs)
        self.offer()
        assert self.ringing_at(agent), "routed to somebody else"
        return self.accept(agent)

    def invite(self, chat: Interaction, by: Agent, target: Agent, note="") -> Invitation:
        return conference.invite(chat.id, target.id, by=by, note=note, now=self.clock.tick())

    def conferenced(self, chat: Interaction, by: Agent, target: Agent) -> Interaction:
        """The target joins the chat."""
        self.ready(target)
        self.invite(chat, by, target)
        return self.accept(target)

    def consult(self, chat: Interaction, by: Agent, target: Agent, medium="chat", note="") -> Invitation:
        asked = {"by": by, "medium": medium, "note": note, "now": self.clock.tick()}
        return consultation.request(chat.id, target.id, **asked)

    def consulted(self, chat: Interaction, by: Agent, target: Agent, **kwargs) -> Consultation:
        """The target has accepted a consultation."""
        self.ready(target)
        made = self.consult(chat, by, target, **kwargs)
        self.accept(target)
        return Consultation.objects.get(invitation=made)

    def transfer(self, chat: Interaction, by: Agent, target: Agent, note="") -> Invitation:
        version = fresh(chat).owner_version
        return transfer.to_agent(chat.id, target.id, by=by, version=version, note=note, now=self.clock.tick())

    def end(self, chat: Interaction, by: Agent, expect: str | None = None, **kwargs) -> Interaction:
        shown = events.snapshot(Interaction.objects.get(pk=chat.pk), by)
        kwargs.setdefault("version", shown.owner_version)
        return closing.end(chat.id, by=by, expect=expect or shown.end.expect, now=self.clock.tick(), **kwargs)

    def line(self, chat: Interaction, by: Agent | None, text="Hello", lane="public", id=None) -> frames.Ack:
        author = transcript.Author(chat.id, by and by.id)
        return transcript.append_now(author, lane=lane, id=id or uuid.uuid4(), text=text, now=self.clock.tick())

    def im(self, by: Agent, to: Agent, text="Hello", about=None, id=None) -> frames.ImAck:
        """An instant message."""
        about = about and about.id
        return conversations.say_now(by, to.id, id=id or uuid.uuid4(), text=text, about=about, now=self.clock.tick())


def reached(chat: Interaction, by: Agent | None, *, lane="public", delivered=0, seen=0) -> None:
    """A browser of theirs says how far it got."""
    told = {(transcript.Author(chat.id, by and by.id), lane): marks.Reached(delivered, seen)}
    assert marks.mark(told) == {}


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def party(chat: Interaction, agent: Agent | None) -> Party:
    return Party.objects.filter(interaction=chat, agent=agent).order_by("joined_at").last()


def candidates_of(invitation: Invitation, now):
    """The queue's agents as routing sees them."""
    plans = Plans(now)
    return look(invitation, plans.of(invitation), plans.site, now).candidates


@contextmanager
def rolled_back():
    """What is done inside leaves no trace; durable actions are allowed, as in Django's TestCase."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def state_of(world: World, chat: Interaction) -> tuple:
    """What a refused action must leave as it was."""
    row = fresh(chat)
    lanes = tuple(row.lanes.values_list("name", "head"))
    invitations_ = tuple(row.invitations.order_by("id").values_list("id", "state"))
    versions = tuple(Agent.objects.order_by("id").values_list("id", "version"))
    return row.version, row.public_version, row.state, lanes, invitations_, versions, Event.objects.count()


@contextmanager
def changes_nothing(world: World, chat: Interaction):
    """A refusal leaves no row, no version, no event."""
    before = state_of(world, chat)
    yield
    assert state_of(world, chat) == before


# --- old state plus frames equals a fresh snapshot ---------------------------------------------


class DeskCopy:
    """A workspace's state, kept only by the frames it gets."""

    def __init__(self, desk: frames.Desk):
        self.agent = desk.agent
        self.interactions = {view.id: view for view in desk.interactions}
        self.invitations = {view.id: view for view in desk.invitations}
        self.inbox, self.unread = desk.inbox.version, desk.inbox.unread
        self.conversations = {view.agent: view for view in desk.inbox.conversations}
        self.call = desk.call

    def take(self, frame) -> None:
        match frame:
            case frames.AgentFrameOut():
                self.agent = max(self.agent, _as(frames.AgentView, frame), key=lambda view: view.version)
            case frames.InteractionFrame():
                self._replace(_as(frames.InteractionView, frame))
            case frames.InvitationFrame(state="ringing"):
                self.invitations[frame.id] = _as(frames.InvitationView, frame)
            case frames.InvitationFrame():
                self.invitations.pop(frame.id, None)
            case frames.CallFrame():
                self._take_call(frame)
            case frames.Line():
                self._append(frame)
            case frames.Seen() | frames.Delivered():
                self._mark(frame)
            case frames.Gone():
                self.interactions.pop(frame.interaction, None)
            case frames.ImFrame() | frames.ImSeen():
                self._converse(frame)

    def _replace(self, view) -> None:
        held = self.interactions.get(view.id)
        if held is None or held.version < view.version:
            self.interactions[view.id] = view

    def _take_call(self, frame) -> None:
        if self.call and self.call.id == frame.id and self.call.version >= frame.version:
            return
        if frame.state != "ended":
            self.call = _as(frames.CallView, frame)
        elif self.call and self.call.id == frame.id:
            self.call = None

    def _append(self, line) -> None:
        view = self.interactions.get(line.interaction)
        for lane in view.lanes if view else []:
            if lane.lane == line.lane and line.number == lane.head + 1:
                lane.head = line.number
                if line.kind == "text" and line.lane == "public":
                    self._answer(view, lane, line)

    def _answer(self, view, lane, line) -> None:
        party = next(party for party in view.parties if party.id == line.party)
        if party.kind == "agent":
            lane.unanswered_since = None
        elif lane.unanswered_since is None:
            lane.unanswered_since = line.at

    def _mark(self, frame) -> None:
        view = self.interactions.get(frame.interaction)
        for party in view.parties if view else []:
            if party.id == frame.party:
                party.delivered[frame.lane] = max(party.delivered.get(frame.lane, 0), frame.number)
                if isinstance(frame, frames.Seen):
                    self._see(view, party, frame)

    def _see(self, view, party, frame) -> None:
        party.seen[frame.lane] = max(party.seen.get(frame.lane, 0), frame.number)
        if party.id == view.my:
            next(lane for lane in view.lanes if lane.lane == frame.lane).seen = party.seen[frame.lane]

    def _converse(self, frame) -> None:
        assert frame.inbox == self.inbox + 1, "a hole in the inbox"
        self.inbox, self.unread = frame.inbox, frame.unread
        self.conversations[frame.conversation.agent] = frame.conversation
        if not frame.conversation.unread:
            del self.conversations[frame.conversation.agent]

    def plain(self) -> dict:
        unread = {str(k): msgspec.to_builtins(v) for k, v in self.conversations.items()}
        return {
            "inbox": {"version": self.inbox, "unread": self.unread, "conversations": unread},
            "agent": msgspec.to_builtins(self.agent),
            "call": msgspec.to_builtins(self.call),
            "interactions": {str(k): msgspec.to_builtins(v) for k, v in self.interactions.items()},
            "invitations": {str(k): msgspec.to_builtins(v) for k, v in self.invitations.items()},
        }


class ContactCopy:
    """A contact's page, kept only by the frames it gets."""

    def __init__(self, view: frames.ContactView):
        self.view = view

    def take(self, frame) -> None:
        match frame:
            case frames.ContactFrameOut() if frame.public_version > self.view.public_version:
                number = max(self.view.number, frame.number)
                self.view = _as(frames.ContactView, frame)
                self.view.number = number
            case frames.Line() if frame.number == self.view.number + 1:
                self.view.number = frame.number
            case frames.Seen() | frames.Delivered():
                for agent in self.view.agents:
                    if agent.party == frame.party:
                        self._mark(agent, frame)

    def _mark(self, agent, frame) -> None:
        agent.delivered = max(agent.delivered, frame.number)
        if isinstance(frame, frames.Seen):
            agent.seen = max(agent.seen, frame.number)

    def plain(self) -> dict:
        return msgspec.to_builtins(self.view)


def _as(cls, frame):
    return cls(**{name: getattr(frame, name) for name in cls.__struct_fields__})


@contextmanager
def assert_publishes(world: World, *chats: Interaction):
    """Whatever is done inside: every frame fits its audience's schema, goes to nobody else,
    and old state plus frames equals a fresh snapshot for every agent and contact."""
    desks = _desks(world)
    pages = {chat.holder: (chat, ContactCopy(events.snapshot_for_contact(loaded(chat)))) for chat in chats}
    with realtime.capture() as posts, TestCase.captureOnCommitCallbacks(execute=True):
        yield posts
    for post in posts:
        for group in post.groups:
            _deliver(post, group, desks, pages)
    fresh_desks = _desks(world)
    for holder, copy in desks.items():
        assert copy.plain() == fresh_desks[holder].plain(), holder
    for chat, copy in pages.values():
        assert copy.plain() == msgspec.to_builtins(events.snapshot_for_contact(loaded(chat)))


def _deliver(post, group: str, desks: dict, pages: dict) -> None:
    if post.control:
        return
    if group in desks:
        desks[group].take(msgspec.json.decode(post.frame, type=frames.ToAgent, strict=False))
    else:
        frame = msgspec.json.decode(post.frame, type=frames.ToContact, strict=False)
        assert CANARY.encode() not in post.frame, "an internal text reached a contact"
        if group in pages:
            pages[group][1].take(frame)


def _desks(world: World) -> dict:
    """{group: the workspace}, as each agent would be told who comes now."""
    agents = list(Agent.objects.all())
    told = events.desks(agents, world.now)
    return {agent.holder: DeskCopy(told[agent.id]) for agent in agents}


def loaded(chat: Interaction) -> Interaction:
    return Interaction.objects.select_related("contact", "queue", "routing_point", "owner__agent").get(pk=chat.pk)
