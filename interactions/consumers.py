"""The sockets of agents and of contacts."""

from datetime import datetime
from uuid import UUID

import msgspec

from agents.models import Agent
from core import clock, sessions
from core.db import db_call
from core.errors import NotAllowed, NotFound
from core.frames import BeatAsk
from core.intake import Refused
from core.socket import SIGNED_OUT, as_text

from . import events, heads, signals, transcript
from .actions import conversations, locking, presence, status
from .base_consumer import BaseConsumer
from .frames import (
    AgentFrame,
    AgentHello,
    AgentWelcome,
    ContactFrame,
    ContactHello,
    ContactWelcome,
    ImAck,
    ImSeenUpTo,
    ImSend,
    InputSeen,
    Line,
    Reload,
    Signal,
)
from .models import ContactSession, Interaction
from .models.lane import PUBLIC
from .transcript import Author

TOO_MUCH = Reload("too_much_missed")


class AgentConsumer(BaseConsumer):
    """An agent's tab: session cookie, then the desk."""

    hello_type = AgentHello
    decoder = msgspec.json.Decoder(AgentFrame)

    async def identify(self) -> None:
        self.ticket, self.arriving = await self.ask(_agent_of, sessions.session_key(self.scope["headers"]))
        if self.arriving is None:
            raise Refused(SIGNED_OUT)
        self.agent = self.arriving.id

    async def admit(self, hello: AgentHello) -> str:
        self.signals = signals.allowance()
        return self.arriving.holder

    def author(self, interaction: UUID) -> Author:
        return Author(interaction, self.agent)

    async def responded(self) -> None:
        await db_call(status.wrote, self.agent, now=clock.now())

    async def obey(self, frame) -> None:
        if self.member.locked and not isinstance(frame, BeatAsk):
            raise NotAllowed("locked", locking.LOCKED)
        if isinstance(frame, InputSeen):
            return await db_call(locking.touched, self.ticket.session, now=clock.now())
        if isinstance(frame, ImSend | ImSeenUpTo):
            return await self._converse(frame)
        if isinstance(frame, Signal):
            return await db_call(signals.forward, frame.call, self.agent, self.outlet.tab, frame.data, self.signals)
        await super().obey(frame)

    async def _converse(self, frame: ImSend | ImSeenUpTo) -> None:
        if ack := await db_call(_converse, self.agent, frame, clock.now()):
            self.put(ack)

    def show(self, hello: AgentHello, now: datetime) -> tuple[list, dict[str, int], dict]:
        """The desk, what was missed, the number up to which each lane is known then, and who this is."""
        agent, self.arriving = self.arriving, None  # a socket lives for hours, and needs no row with all that was read
        presence.agent_appeared(self.agent, now)
        locking.sit_down(agent, self.ticket.session, now=now)
        about = {"agent": self.agent, "ticket": self.ticket}
        if lock := heads.of_locked([self.ticket.session], now).get(self.ticket.session):
            return [lock], {}, {**about, "locked": True}
        return *self._desk(hello, now), about

    def _desk(self, hello: AgentHello, now: datetime) -> tuple[list, dict[str, int]]:
        agent = Agent.objects.get(pk=self.agent)
        desk = events.desk(agent, now)
        frames, known_of = [AgentWelcome(desk, now)], {conversations.lane_key(agent): desk.inbox.version}
        for view in desk.interactions:
            known = {lane.lane: lane.head for lane in view.lanes}
            frames += self._missed(view.id, known, hello.cursors.get(view.id, {}))
            known_of |= {transcript.lane_key(view.id, lane): head for lane, head in known.items()}
        return frames, known_of

    def _missed(self, interaction: UUID, known: dict[str, int], cursors: dict[str, int]) -> list[Line | Reload]:
        """Lines after the cursors; `known` rises to the last of them."""
        behind = {lane: number for lane, number in cursors.items() if number < known.get(lane, 0)}
        lines = transcript.since(self.author(interaction), behind) if behind else []
        for line in lines or ():
            known[line.lane] = max(known[line.lane], line.number)
        return [TOO_MUCH] if lines is None else lines


class ContactConsumer(BaseConsumer):
    """A contact's page: chat and token in the first frame."""

    hello_type = ContactHello
    decoder = msgspec.json.Decoder(ContactFrame)

    async def identify(self) -> None:
        """Nothing is known before the first frame."""

    async def admit(self, hello: ContactHello) -> str:
        interaction = await self.ask(ContactSession.authenticate, hello.chat, hello.token)
        if interaction is None:
            raise Refused(SIGNED_OUT)
        self.chat = interaction.id
        return interaction.holder

    def author(self, interaction: UUID) -> Author:
        if interaction != self.chat:
            raise NotFound(message="There is no such chat.")
        return Author(self.chat)

    def show(self, hello: ContactHello, now: datetime) -> tuple[list, dict[str, int], dict]:
        """The chat, what was missed, the number up to which it is known then, and who this is."""
        presence.contact_appeared(self.chat, now)
        chat = Interaction.objects.select_related("contact", "routing_point").get(pk=self.chat)
        view, wait = events.snapshot_for_contact(chat), events.waiting(chat, now)
        lines = transcript.since(Author(self.chat), {PUBLIC: hello.after}) if hello.after < view.number else []
        frames = [ContactWelcome(view, now), *([TOO_MUCH] if lines is None else lines), *([wait] if wait else [])]
        about = {"chat": self.chat, "waiting": bool(wait), "told": as_text(wait) if wait else ""}
        number = max([view.number, *(line.number for line in lines or ())])
        return frames, {transcript.lane_key(self.chat, PUBLIC): number}, about


def _converse(id: UUID, frame: ImSend | ImSeenUpTo, now: datetime) -> ImAck | None:
    agent = Agent.objects.select_related("user").get(pk=id)
    if isinstance(frame, ImSeenUpTo):
        return conversations.seen(agent, frame.agent, frame.number, now=now)
    line = {"id": frame.id, "text": frame.text, "about": frame.interaction}
    return conversations.say_now(agent, frame.agent, **line, now=now)


def _agent_of(session: str):
    ticket = sessions.ticket(session)
    return ticket, ticket and Agent.objects.filter(user=ticket.user).first()
