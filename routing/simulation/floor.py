"""Who waits and who is there in a simulated day, and whom the engine chooses among them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from routing import engine, hours, widening
from routing.widening import Plan

from .clock import Clock
from .lines import Lane
from .parts import Chat, Line, Worker
from .pieces import Desk, Place

HORIZON = timedelta(days=2)
CLOSED = "it is closed"


class Floor:
    """Queues with their lanes, and desks; those who have room are found by their queues."""

    def __init__(self, lines: Iterable[Line], workers: Iterable[Worker], clock: Clock):
        self.lines = {line.id: line for line in lines}
        self.desks = {worker.id: Desk(worker) for worker in workers}
        self.clock = clock
        self.closed: dict = {}
        self._lanes: dict = {id: {} for id in self.lines}
        self._free: dict = defaultdict(dict)
        self._served = self._reach()

    def _reach(self) -> dict:
        """{queue: the queues whose chats its agents may be asked for, sooner or later}."""
        found: dict = {id: {id} for id in self.lines}
        for line in self.lines.values():
            for step in line.steps:
                if step.queue in found:
                    found[step.queue].add(line.id)
        return found

    # --- queues

    def turns(self) -> Iterator[tuple[float, Line]]:
        """(seconds, queue): when to look at its hours, at first and whenever they may change."""
        start = self.clock.start
        for line in self.lines.values():
            for moment in (start, *hours.changes(line.hours, start, start + HORIZON)) if line.hours else ():
                yield (moment - start).total_seconds(), line

    def look_at_hours(self, line: Line, now: float) -> None:
        if hours.is_open(line.hours, self.clock.moment(now)):
            self.closed.pop(line.id, None)
        else:
            self.closed[line.id] = CLOSED

    def place(self, chat: Chat, number: int) -> Place:
        """In the lane of its queue and priority, behind whoever came before."""
        line = self.lines[chat.queue]
        priority = line.priority if chat.priority is None else chat.priority
        lanes = self._lanes[line.id]
        if priority not in lanes:
            lanes[priority] = Lane(line, priority)
        return Place(chat, number, lanes[priority])

    def waiting(self) -> list[Place]:
        return [place for lanes in self._lanes.values() for lane in lanes.values() for place in lane.places]

    def lanes_of(self, desk: Desk) -> list[Lane]:
        """Those in which anybody waits whom this agent may be asked for."""
        reached = set().union(*(self._served[queue] for queue in desk.worker.queues if queue in self._served))
        return [lane for queue in reached for lane in self._lanes[queue].values() if lane.places]

    # --- agents

    def note(self, desk: Desk) -> None:
        """Something about this agent has changed: do they have room?"""
        for queue in desk.worker.queues:
            if desk.room:
                self._free[queue][desk.worker.id] = desk
            else:
                self._free[queue].pop(desk.worker.id, None)

    def free(self, queue) -> list[Desk]:
        return list(self._free[queue].values())

    def occupancy(self, queue=None) -> float | None:
        """Which part of the slots of (a queue's) agents was taken, of those that were there."""
        desks = [desk for desk in self.desks.values() if queue is None or queue in desk.worker.queues]
        there = sum(desk.open for desk in desks)
        return sum(desk.busy for desk in desks) / there if there else None

    # --- the choice

    def choose(self, place: Place, now: float) -> engine.Candidate | None:
        """Whom the engine picks for it now."""
        line = place.lane.line
        waited = round(now - place.chat.at, 6)  # a step that has come must not be missed by a rounding
        plan = widening.plan(line.id, line.needs, line.steps, self.closed, waited)
        return engine.pick(self._candidates(plan, place, now), self.clock.moment(now), line.strategy)

    def _candidates(self, plan: Plan, place: Place, now: float) -> Iterator[engine.Candidate]:
        """Those who have room, and the last agent: whom the engine would pass over anyway is not looked at."""
        last = self.desks[place.chat.last] if now < place.kept_until else None
        seen: set = set()
        for tier, queue in enumerate(plan.queues):
            for desk in self._asked(queue, last):
                if desk.worker.id not in seen:
                    seen.add(desk.worker.id)
                    yield _candidate(desk, place, plan, tier, queue, preferred=desk is last)

    def _asked(self, queue, last: Desk | None) -> Iterator[Desk]:
        yield from self._free[queue].values()
        if last is not None and queue in last.worker.queues:
            yield last


def _candidate(desk: Desk, place: Place, plan: Plan, tier: int, queue, *, preferred: bool) -> engine.Candidate:
    worker = desk.worker
    return engine.Candidate(
        id=worker.id, ready=desk.ready, present=True, load=desk.load, slots=worker.slots, unclosed=0,
        unclosed_limit=1, route_ringing=desk.ring is not None, idle_since=desk.idle_since,
        asked_at=place.asked.get(worker.id), preferred=preferred, lacks=widening.lacks(plan.needs, worker.levels),
        tier=tier, through=queue, turn_at=desk.turn_at, level=sum(worker.levels.get(skill, 0) for skill in plan.skills),
    )  # fmt: skip
