"""How the lines stand: place, estimate, and whether anybody is there. A fixed number of queries, however many ask."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count

from agents.models import Agent, ChannelStatus, Site
from agents.status import Status
from core import leases
from routing import estimate
from routing.models import Queue

from .frames import Waiting
from .load import loads
from .models import Invitation, Segment
from .states import OPEN, Invited, Kind

LAST_CHATS = 300
BEFORE = """
    WITH line AS (
        SELECT id, queue_id, state, SUM(CASE WHEN id IN ({asked}) THEN 1 ELSE 0 END) OVER (
            ORDER BY priority DESC, unserved, waited_since, id ROWS UNBOUNDED PRECEDING
        ) AS part
        FROM interactions_invitation WHERE kind = 'route' AND state IN ('waiting', 'ringing')
    ), counted AS (SELECT part, queue_id, state, COUNT(*) AS number FROM line GROUP BY part, queue_id, state)
    SELECT asked.id, counted.queue_id, counted.state, SUM(counted.number)
    FROM line AS asked JOIN counted ON counted.part < asked.part
    WHERE asked.id IN ({asked}) GROUP BY asked.id, counted.queue_id, counted.state
"""
WRAP_UP = timedelta(seconds=120)


def waits(chats: Collection[UUID], now: datetime) -> dict[UUID, Waiting]:
    """What each of these contacts is told of the line; those who no longer wait are left out."""
    mine = {row.id: row for row in Invitation.objects.pending().of_kind(Kind.ROUTE).filter(interaction__in=chats)}
    if not mine:
        return {}
    known, ahead = board(now), before(mine)
    staffed = _staffed({row.queue_id for row in mine.values()}, now)
    return {row.interaction_id: _told(row, known, ahead[id], row.queue_id in staffed) for id, row in mine.items()}


def _told(row: Invitation, known: estimate.Board, ahead: dict, staffed: bool) -> Waiting:
    """What rings has its place already, and keeps it."""
    place = 1 + sum(ahead[state][row.queue_id] for state in OPEN)
    waits = row.state == Invited.WAITING
    return Waiting(place, known.wait(row.queue_id, ahead[Invited.WAITING]) if waits else 0, staffed)


def estimates(queues: Collection[UUID], now: datetime) -> dict[UUID, int | None]:
    """{queue: seconds that who comes now will wait; None when that is not to be known}."""
    known = board(now)
    waiting = Invitation.objects.filter(state=Invited.WAITING, kind=Kind.ROUTE).order_by()
    ahead = dict(waiting.values_list("queue").annotate(Count("id")))
    return {queue: known.wait(queue, ahead) for queue in queues}


def board(now: datetime) -> estimate.Board:
    """Who is Ready for what, and how long the last chats took."""
    return estimate.Board(_seats(now), _handling())


def before(ids: Collection[UUID]) -> dict:
    """{place in line: {state: {queue: how many are served before}}}: counted by the database, in one pass for all."""
    found: dict = {id: {state: Counter() for state in OPEN} for id in ids}
    with connection.cursor() as cursor:
        cursor.execute(*statement(ids))
        for id, queue, state, number in cursor.fetchall():
            found[UUID(str(id))][state][UUID(str(queue))] = int(number)
    return found


def statement(ids: Collection[UUID]) -> tuple[str, list]:
    """Each part of the line ends before one of those who ask, so what they have before them are the parts before."""
    asked = [Invitation._meta.pk.get_db_prep_value(id, connection) for id in ids]
    return BEFORE.format(asked=", ".join(["%s"] * len(asked))), [*asked, *asked]


def _seats(now: datetime) -> list[estimate.Seat]:
    """Agents to whom chats are offered; what they have on their hands takes places."""
    rows = Agent.objects.ready().filter(leases.lives("agent", "pk", now), after_last="")
    agents = list(rows)
    Agent.read_groups(agents)
    site, busy = Site.current(), loads(agent.id for agent in agents)
    queues: dict = {}
    for agent, queue in Queue.agents.through.objects.filter(agent__in=agents).values_list("agent_id", "queue_id"):
        queues.setdefault(agent, set()).add(queue)
    open_ones = [a for a in agents if busy[a.id].unclosed < a.option("unclosed_limit", site).value]
    return [_seat(agent.slots(site), busy[agent.id].used, queues.get(agent.id, ())) for agent in open_ones]


def _seat(slots: int, used: int, queues) -> estimate.Seat:
    return estimate.Seat(slots, max(0, slots - used), frozenset(queues))


def _handling() -> dict:
    """{queue: seconds for which each of the last chats took a slot}, newest first."""
    rows = Segment.objects.filter(left_at__isnull=False).order_by("-id")[:LAST_CHATS]
    found: dict = {}
    for queue, joined, left, done in rows.values_list("queue_id", "joined_at", "left_at", "done_at"):
        until = min(done or left, left + WRAP_UP)
        found.setdefault(queue, []).append((until - joined).total_seconds())
    return found


def _staffed(queues: set, now: datetime) -> set:
    """Those of the queues of whom anybody is logged in and connected."""
    on = ChannelStatus.objects.filter(channel=ChannelStatus.CHAT).exclude(status=Status.LOGGED_OFF)
    seats = Queue.agents.through.objects.filter(queue__in=queues, agent__user__is_active=True)
    seats = seats.filter(leases.lives("agent", "agent_id", now), agent__in=on.values("agent"))
    return set(seats.order_by().values_list("queue_id", flat=True).distinct())
