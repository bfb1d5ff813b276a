"""How the lines stand: place, estimate, and whether anybody is there. A fixed number of queries, however many ask."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from agents.models import Agent, ChannelStatus, Site
from agents.status import Status
from core import leases
from routing import estimate
from routing.models import Queue

from .frames import Waiting
from .load import loads
from .models import Invitation, Segment
from .models.invitation import LINE
from .states import Invited, Kind

LAST_CHATS = 300
WRAP_UP = timedelta(seconds=120)


def waits(chats: Collection[UUID], now: datetime) -> dict[UUID, Waiting]:
    """What each of these contacts is told of the line; those who no longer wait are left out."""
    mine = {row.id: row for row in Invitation.objects.pending().of_kind(Kind.ROUTE).filter(interaction__in=chats)}
    if not mine:
        return {}
    line = list(_line())
    known = board(now, line)
    places, orders = _places(line), {id: (queue, order) for id, queue, _, order in line}
    staffed = _staffed({row.queue_id for row in mine.values()}, now)
    found = {}
    for id, row in mine.items():
        seconds = known.wait(*orders[id]) if row.state == Invited.WAITING and id in orders else 0
        found[row.interaction_id] = Waiting(places.get(id, 1), seconds, row.queue_id in staffed)
    return found


def estimates(queues: Collection[UUID], now: datetime) -> dict[UUID, int | None]:
    """{queue: seconds that who comes now will wait; None when that is not to be known}."""
    known = board(now, _line())
    return {queue: known.wait(queue) for queue in queues}


def board(now: datetime, line) -> estimate.Board:
    """Who is Ready for what, what waits, and how long the last chats took. What rings has its place already."""
    waiting = [estimate.Waiting(queue, order) for _, queue, state, order in line if state == Invited.WAITING]
    return estimate.Board(_seats(now), waiting, _handling())


def _line():
    """(id, queue, state, order) of all places in all lines, in the order in which they are served."""
    rows = Invitation.objects.pending().of_kind(Kind.ROUTE).order_by(*LINE)
    fields = ("id", "queue_id", "state", "priority", "unserved", "waited_since")
    for id, queue, state, priority, unserved, since in rows.values_list(*fields):
        yield id, queue, state, (-priority, unserved, since, id)


def _places(line) -> dict:
    """{invitation: its place in its queue's line}."""
    count, found = Counter(), {}
    for id, queue, _, _ in line:
        count[queue] += 1
        found[id] = count[queue]
    return found


def _seats(now: datetime) -> list[estimate.Seat]:
    """Agents to whom chats are offered; what they have on their hands takes places."""
    rows = Agent.objects.ready().filter(leases.lives("agent", "pk", now), after_last="")
    agents = list(rows.prefetch_related("groups"))
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
