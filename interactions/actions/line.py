"""What waits, next first, read only as far as somebody could take it: the cost does not grow with the line."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from agents.models import Agent, AgentGroup, Site
from core import leases
from interactions.load import loads
from interactions.models import Invitation, Party, Ring, Segment
from interactions.models.invitation import LINE
from interactions.states import Invited, Kind
from routing.models import Queue
from routing.widening import Plan

from .plans import Plans

AT_ONCE = 20
REQUESTS = (Kind.CONFERENCE, Kind.CONSULT, Kind.TRANSFER)
READ = ("kind", "state", "queue", "group", "skill", "created_at", "interaction__offline", "waited_since")


class Seats:
    """Agents who may be asked for one more routed chat, with the queues that they are in.

    It only says where to look: `engine.judge` decides, and never allows anybody who is not here.
    """

    def __init__(self, site: Site, now: datetime):
        agents = list(_with_room(site, now).only("capacity"))
        Agent.read_groups(agents)
        busy = loads(agent.id for agent in agents)
        room = [agent.id for agent in agents if busy[agent.id].used < agent.option("capacity", site).value]
        self.queues: dict = {id: set() for id in room}
        if room:
            for agent, queue in Queue.agents.through.objects.filter(agent__in=room).values_list("agent_id", "queue_id"):
                self.queues[agent].add(queue)

    def take(self, agent_id) -> None:
        """A routed chat rings there: no other one will."""
        self.queues.pop(agent_id, None)

    def of(self, queues) -> bool:
        """Is anybody there of one of these queues?"""
        return any(not mine.isdisjoint(queues) for mine in self.queues.values())


def _with_room(site: Site, now: datetime):
    """Those whose slots may not all be taken: by the largest capacity that could hold for them."""
    rings = Ring.objects.open().filter(agent=OuterRef("pk"))
    work = Segment.objects.unfinished().filter(agent=OuterRef("pk")).exclude(party__kind=Party.CONSULTANT)
    work = work.filter(Q(left_at=None) | Q(slot_until__isnull=False))
    largest = AgentGroup.objects.filter(agents=OuterRef("pk"), capacity__isnull=False).order_by("-capacity")
    capacity = Greatest(
        Coalesce("capacity", 0), Coalesce(Subquery(largest.values("capacity")[:1]), 0), Value(site.capacity)
    )
    rows = Agent.objects.ready().filter(leases.lives("agent", "pk", now), ~Exists(rings.filter(routed=True)))
    rows = rows.filter(after_last="").annotate(most=capacity, taken=_number_of(work))
    return rows.filter(taken__lt=F("most"))


def _number_of(rows) -> Coalesce:
    counted = rows.order_by().values("agent").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


class Line:
    """Everything that waits at one moment. Iterating gives the next invitation with its plan; each has to be `done`."""

    def __init__(self, now: datetime):
        self.now, self.plans = now, Plans(now)
        self.heads = heads()
        self.parts = [Part(self, Q(kind__in=REQUESTS))]
        self.seats = Seats(self.plans.site, now) if self.heads else None
        self.looked_at: set = set()
        self._exhausted: set = set()

    def __iter__(self) -> Iterator[tuple[Invitation, Plan]]:
        self.parts += [Part(self, Q(kind=Kind.ROUTE, queue=queue), queue) for queue in self.heads]
        while (found := min(self._next(), key=lambda each: each[0].in_line, default=None)) is not None:
            self.looked_at.add(found[0].queue_id)
            yield found

    def _next(self) -> list:
        found = (part.next() for part in self.parts if part.served())
        return [each for each in found if each is not None]

    def done(self, invitation: Invitation, plan: Plan, agent_id, somebody: bool) -> None:
        """It rings at this agent (None: nowhere); `somebody` of those who were asked could take another chat."""
        part = next(part for part in self.parts if part.holds(invitation))
        if agent_id is not None and self.seats:
            self.seats.take(agent_id)
        if not somebody:
            self._exhausted.add(_asks(invitation, plan))
            part.close(invitation)
        part.drop(invitation)

    def exhausted(self, invitation: Invitation, plan: Plan) -> bool:
        return _asks(invitation, plan) in self._exhausted

    def not_looked_at(self) -> list:
        """Ids of the first of each line whose agents could not take anything."""
        return [head for queue, head in self.heads.items() if queue not in self.looked_at]


class Part:
    """The chats that wait in one queue, or all requests."""

    def __init__(self, line: Line, rows: Q, queue=None):
        self.line, self.queue = line, queue
        self._rows = Invitation.objects.filter(rows, state=Invited.WAITING)
        self._read: deque = deque()
        self._dropped: set = set()
        self._ended = False

    def served(self) -> bool:
        """Could anybody be asked? Requests look for themselves, for some of them need no room."""
        return self.queue is None or self.line.seats.of({self.queue, *self.line.plans.overflow_of(self.queue)})

    def holds(self, invitation: Invitation) -> bool:
        return self.queue == (invitation.queue_id if invitation.kind == Kind.ROUTE else None)

    def next(self) -> tuple[Invitation, Plan] | None:
        while self._read or self._more():
            invitation = self._read[0]
            plan = self.line.plans.of(invitation)
            if not self.line.exhausted(invitation, plan):
                return invitation, plan
            self.drop(invitation)
        return None

    def drop(self, invitation: Invitation) -> None:
        """It was asked about, or need not be."""
        self._dropped.add(invitation.pk)
        self._read = deque(row for row in self._read if row.pk != invitation.pk)

    def close(self, invitation: Invitation) -> None:
        """Nobody can take what has waited about as long: it is not even read."""
        if self.queue is None:
            return
        since, until = self.line.plans.window(invitation)
        alike = Q(created_at__lte=self.line.now - timedelta(seconds=since), interaction__offline=_offline(invitation))
        if until is not None:
            alike &= Q(created_at__gt=self.line.now - timedelta(seconds=until))
        self._rows = self._rows.exclude(alike)
        self._read.clear()

    def _more(self) -> bool:
        if not self._ended:
            rows = self._rows.exclude(pk__in=self._dropped).order_by(*LINE)
            self._read.extend(rows.select_related("interaction").only(*READ, *_ordered())[:AT_ONCE])
            self._ended = not self._read
        return bool(self._read)


def heads() -> dict:
    """{queue: id of the first chat that waits in it}, of those in which any does."""
    waiting = Invitation.objects.filter(queue=OuterRef("pk"), state=Invited.WAITING, kind=Kind.ROUTE)
    first = Queue.objects.annotate(head=Subquery(waiting.order_by(*LINE).values("id")[:1])).order_by()
    return dict(first.exclude(head=None).values_list("id", "head"))


def _asks(invitation: Invitation, plan: Plan) -> tuple:
    return invitation.pool_key, plan.queues, plan.needs


def _offline(invitation: Invitation) -> bool:
    return invitation.interaction.offline


def _ordered() -> list[str]:
    return [name.removeprefix("-") for name in LINE if name != "id"]
