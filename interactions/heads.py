"""Head numbers, read from rows for many sockets at once: by them clients notice what they missed."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Min, Q, Sum

from agents.models import Agent, DeskSession
from core.written import Written
from routing.models import Queue

from . import inbox
from .frames import AgentHeads, ContactHeads, InteractionHead, Locked, QueueView
from .models import Call, Invitation, Party, Reader
from .models.lane import PUBLIC
from .states import CallState, Kind, State

MARKS = {"marks": Sum(F("seen") + F("delivered"))}


QUEUES = Written(
    lambda agents: Queue.objects.filter(agents__in=agents).order_by("name").values_list("agents", "id", "name")
)


class ChatHeads(NamedTuple):
    heads: ContactHeads
    waiting: bool


def of_agents(agents: Collection[UUID]) -> dict[UUID, AgentHeads]:
    """Four queries for all of them. Interactions as on the desk: those whose segment is not done."""
    boxes = inbox.of_agents(agents)
    found = {id: AgentHeads(version, {}, boxes[id]) for id, version in _versions(agents)}
    rows = list(_lanes_on_desks(agents))
    marks = dict(_marks({row[3] for row in rows}))
    for agent, interaction, version, lane, name, head, until, own, along in rows:
        held = found[agent].interactions.setdefault(interaction, InteractionHead(version, {}, {}))
        held.lanes[name] = head if until is None else until
        held.marks[name] = own if until is not None else marks.get(lane, 0) + (own if along else 0)
    return found


def of_contacts(chats: Collection[UUID]) -> dict[UUID, ChatHeads]:
    """Two queries for all of them."""
    public = Reader.objects.filter(party__interaction__in=chats, lane__name=PUBLIC)
    contacts, agents = public.filter(party__kind=Party.CONTACT), public.filter(party__kind=Party.AGENT)
    marks = dict(agents.values_list("lane__interaction").annotate(**MARKS).order_by())
    fields = ("lane__interaction", "lane__interaction__public_version", "lane__interaction__state")
    return {
        chat: ChatHeads(_contact_heads(version, head, until, marks.get(chat, 0)), state == State.WAITING)
        for chat, version, state, head, until in contacts.values_list(*fields, "lane__head", "until")
    }


def _contact_heads(version: int, head: int, until: int | None, marks: int) -> ContactHeads:
    return ContactHeads(version, head if until is None else until, marks)


def of_queues(agents: Collection[UUID]) -> dict[UUID, list[QueueView]]:
    """What waits in each agent's queues, by the queues' names. Two queries for all of them."""
    lines = {queue: (count, since) for queue, count, since in _lines()}
    found: dict[UUID, list[QueueView]] = {agent: [] for agent in agents}
    for agent, id, name in QUEUES.about(agents):
        found[agent].append(QueueView(id, name, *lines.get(id, (0, None))))
    return found


def of_locked(sessions: Collection[str], now: datetime) -> dict[str, Locked]:
    """Which of these sessions are locked, with what their workspaces may say then. Two queries."""
    rings = Count("agent__rings", filter=Q(agent__rings__outcome=""))
    desks = DeskSession.objects.locked().filter(pk__in=sessions).annotate(rings=rings)
    rows = desks.values_list("session_id", "locked_at", "agent", "agent__name", "agent__user__username", "rings")
    called = set(Call.objects.filter(state=CallState.RINGING).values_list("callee", flat=True)) if rows else ()
    return {
        session: Locked(since, name, username, count + (agent in called), now)
        for session, since, agent, name, username, count in rows
    }


def _versions(agents: Collection[UUID]) -> Iterable[tuple]:
    return Agent.objects.filter(pk__in=agents).values_list("id", "version")


def _lanes_on_desks(agents: Collection[UUID]) -> Iterable[tuple]:
    """The latest party last: who came again reads with that one."""
    readers = Reader.objects.filter(party__segment__agent__in=agents, party__segment__done_at=None)
    chat = ("party__agent", "party__interaction", "party__interaction__version")
    lane = ("lane", "lane__name", "lane__head", "until")
    return readers.order_by("party__joined_at").values_list(*chat, *lane, F("seen") + F("delivered"), "along")


def _marks(lanes: Collection[int]) -> Iterable[tuple]:
    return Reader.objects.shown().filter(lane__in=lanes).values_list("lane").annotate(**MARKS).order_by()


def _lines() -> Iterable[tuple]:
    waiting = Invitation.objects.pending().filter(kind=Kind.ROUTE, queue__isnull=False).order_by()
    return waiting.values_list("queue").annotate(Count("id"), Min("waited_since"))
