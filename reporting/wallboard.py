"""How it stands now: what waits in the queues, what the agents do, and the figures of today. Queries do not grow."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min
from msgspec import Struct

from agents.models import Agent, ChannelStatus, Site
from agents.status import Status, words
from core import leases
from interactions.load import Load, loads
from interactions.models import Invitation
from interactions.states import Kind
from routing.models import Queue

from . import asking
from .quarters import DAY, TOTAL, Span, quarter_of
from .reports import QUEUE, QUEUES, THRESHOLD
from .scope import Scope


class QueueNow(Struct):
    """`longest_since`: since when the contact waits who waits longest. `ready`: agents who could take a chat now.

    What follows is of today, as the report of the queues has it; `service_level` null: nothing yet.
    """

    id: UUID
    name: str
    waiting: int
    longest_since: datetime | None
    messages: int
    ready: int
    offered: int
    answered: int
    abandoned: int
    service_level: float | None


class AgentNow(Struct):
    """`status`: in words, with the reason. `connected`: a workspace of theirs is there. `load`: slots taken."""

    id: UUID
    name: str
    state: str
    status: str
    since: datetime
    connected: bool
    load: int
    capacity: int


class Board(Struct):
    """Agents who are logged off are left out. `threshold`: seconds of the service level."""

    at: datetime
    since: datetime
    threshold: int
    queues: list[QueueNow]
    agents: list[AgentNow]


class Seat(NamedTuple):
    """An agent who is logged in, with what they have on their hands."""

    agent: Agent
    channel: ChannelStatus
    connected: bool
    load: Load
    slots: int


def board(scope: Scope, zone: ZoneInfo, now: datetime) -> Board:
    """What of it is in the scope, as far as the journal was counted."""
    span = today(zone, now)
    seats = _seats(now)
    mine = set(scope.of(Agent.objects.order_by()).values_list("pk", flat=True))
    agents = [_agent(seat) for seat in seats if seat.agent.pk in mine]
    return Board(now, span.local(span.start), THRESHOLD, _queues(scope, span, seats, now), agents)


def today(zone: ZoneInfo, now: datetime) -> Span:
    """From the zone's last midnight to the quarter hour that runs."""
    end = quarter_of(now) + 1
    days = Span(end - DAY - 8, end, zone, "day").borders
    return Span(days[-2], end, zone, TOTAL)


def _queues(scope: Scope, span: Span, seats: list[Seat], now: datetime) -> list[QueueNow]:
    question = asking.Question(QUEUES, span, QUEUE, now, scope)
    figures = {row.id: row.values for row in asking.answer(question).rows}
    nothing = asking.values(question, {})
    lines, ready = _lines(), _ready(seats)
    return [
        _queue(id, name, lines[id], ready[id], figures.get(id, nothing))
        for id, name in scope.of(Queue.objects.order_by("name")).values_list("id", "name")
    ]


def _queue(id: UUID, name: str, lines: dict, ready: int, figures: dict) -> QueueNow:
    (waiting, since), (messages, _) = lines[False], lines[True]
    today = {name: figures[name] for name in ("offered", "answered", "abandoned", "service_level")}
    return QueueNow(id=id, name=name, waiting=waiting, longest_since=since, messages=messages, ready=ready, **today)


def _lines() -> dict:
    """{queue: {is it a message: (how many wait, since when)}}"""
    found: dict = defaultdict(lambda: {False: (0, None), True: (0, None)})
    waiting = Invitation.objects.pending().of_kind(Kind.ROUTE).order_by()
    rows = waiting.values_list("queue", "interaction__offline").annotate(Count("id"), Min("waited_since"))
    for queue, offline, count, since in rows:
        found[queue][offline] = (count, since)
    return found


def _ready(seats: list[Seat]) -> Counter:
    """{queue: how many of its agents could take a chat}"""
    site = Site.current()
    able = [
        seat.agent.pk
        for seat in seats
        if seat.channel.status == Status.READY and seat.connected and not seat.agent.after_last
        if seat.load.used < seat.slots and seat.load.unclosed < seat.agent.option("unclosed_limit", site).value
    ]
    return Counter(Queue.agents.through.objects.filter(agent__in=able).values_list("queue", flat=True))


def _seats(now: datetime) -> list[Seat]:
    on = ChannelStatus.objects.filter(channel=ChannelStatus.CHAT).exclude(status=Status.LOGGED_OFF)
    channels = {row.agent_id: row for row in on.select_related("reason")}
    agents = list(Agent.objects.active().filter(pk__in=channels).order_by("name"))
    Agent.read_groups(agents)
    site, busy = Site.current(), loads(agent.pk for agent in agents)
    live = leases.live([agent.holder for agent in agents], now)
    return [
        Seat(agent, channels[agent.pk], agent.holder in live, busy[agent.pk], agent.slots(site)) for agent in agents
    ]


def _agent(seat: Seat) -> AgentNow:
    channel = seat.channel
    status = words(channel.status, channel.reason.name if channel.reason else None)
    about = {"state": channel.status, "status": status, "since": channel.since}
    return AgentNow(
        seat.agent.pk, seat.agent.name, **about, connected=seat.connected, load=seat.load.used, capacity=seat.slots
    )
