"""A day of chats against queues and people that do not exist, decided by the engine that routes. Pure: its own clock.

Chats come, wait, ring and are accepted after a while, are handled, wrapped up, or given up by contacts whose patience
ends. Who is asked is what `engine.pick` says, among those who have room, with the plan that `widening.plan` gives.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from routing import engine, widening
from routing.widening import Need, Plan, Step


@dataclass(frozen=True, slots=True)
class Line:
    """A queue as the engine knows it. `closed`: nobody is offered through it by overflow."""

    id: object
    name: str
    strategy: str = engine.LONGEST_IDLE
    priority: int = 0
    ageing: int = 0
    needs: tuple[Need, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Worker:
    """An agent: `shifts` are spans of seconds in which new chats may come; `levels`: {skill: level}."""

    id: object
    name: str
    queues: frozenset
    slots: int
    shifts: tuple[tuple[float, float], ...]
    levels: Mapping = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chat:
    """`at`, and how long it will take; `patience`: the contact leaves after so many seconds of waiting, None: never."""

    at: float
    queue: object
    handling: float
    wrap_up: float = 0.0
    patience: float | None = None
    priority: int | None = None


@dataclass(slots=True)
class Waited:
    """What became of one chat. `agent`: None where the contact left."""

    chat: Chat
    wait: float
    agent: object | None
    through: object | None = None


@dataclass(slots=True)
class _Desk:
    worker: Worker
    load: int = 0
    ringing: bool = False
    on: bool = False
    idle_since: datetime | None = None
    turn_at: datetime | None = None
    since: float = 0.0
    busy: float = 0.0
    open: float = 0.0

    @property
    def room(self) -> bool:
        return self.on and not self.ringing and self.load < self.worker.slots


@dataclass(slots=True, eq=False)
class _Place:
    chat: Chat
    waiting: bool = True


class Simulation:
    """One run. `start`: the moment of second 0; `answer`: seconds from the ring to the accept."""

    def __init__(self, lines: Iterable[Line], workers: Iterable[Worker], start: datetime, *, answer: float = 0.0):
        self.lines = {line.id: line for line in lines}
        self.desks = {worker.id: _Desk(worker) for worker in workers}
        self.start, self.answer, self.done = start, answer, []
        self._waiting: dict = {id: deque() for id in self.lines}
        self._free: dict = defaultdict(dict)
        self._served = self._reach()
        self._events: list = []
        self._number = count()

    def run(self, chats: Sequence[Chat], progress: Callable[[float], None] = lambda part: None) -> list[Waited]:
        """What becomes of all of them. `progress` is told from time to time which part has come."""
        for desk in self.desks.values():
            for begins, ends in desk.worker.shifts:
                self._at(begins, self._comes, desk)
                self._at(ends, self._goes, desk)
        for number, chat in enumerate(sorted(chats, key=lambda each: each.at)):
            self._until(chat.at)
            self._arrive(chat)
            if number % 500 == 0:
                progress(number / len(chats))
        self._until(None)
        self._give_up_all()
        progress(1.0)
        return self.done

    # --- time

    def _at(self, at: float, what: Callable, *given) -> None:
        heapq.heappush(self._events, (at, next(self._number), what, given))

    def _until(self, at: float | None) -> None:
        while self._events and (at is None or self._events[0][0] <= at):
            now, _, what, given = heapq.heappop(self._events)
            what(now, *given)

    def _moment(self, now: float) -> datetime:
        return self.start + timedelta(seconds=now)

    # --- agents

    def _comes(self, now: float, desk: _Desk) -> None:
        self._count(now, desk)
        desk.on, desk.idle_since = True, desk.idle_since or self._moment(now)
        self._has_changed(now, desk)

    def _goes(self, now: float, desk: _Desk) -> None:
        """No new chats; those going on are brought to their end."""
        self._count(now, desk)
        desk.on = False
        self._has_changed(now, desk)

    def _has_changed(self, now: float, desk: _Desk) -> None:
        for queue in desk.worker.queues:
            (
                self._free[queue].__setitem__(desk.worker.id, desk)
                if desk.room
                else self._free[queue].pop(desk.worker.id, None)
            )
        if desk.room:
            self._look_for_work(now, desk)

    def _look_for_work(self, now: float, desk: _Desk) -> None:
        """Heads of the lines that may be offered to this agent, as the line is served."""
        passed: set = set()
        while desk.room:
            heads = [
                (self._order(self._head(queue), now), queue)
                for queue in self._reached(desk) - passed
                if self._head(queue)
            ]
            if not heads:
                return
            _, queue = min(heads, key=lambda each: each[0])
            if not self._offer(now, self._head(queue)):
                passed.add(queue)

    def _reached(self, desk: _Desk) -> set:
        return set().union(*(self._served[queue] for queue in desk.worker.queues if queue in self._served))

    def _reach(self) -> dict:
        """{queue: the queues whose chats its agents may be asked for, sooner or later}."""
        found: dict = {id: {id} for id in self.lines}
        for line in self.lines.values():
            for step in line.steps:
                if step.queue in found:
                    found[step.queue].add(line.id)
        return found

    def _count(self, now: float, desk: _Desk) -> None:
        """Seconds of slots: taken, and there to be taken while on shift."""
        past = now - desk.since
        desk.busy += past * desk.load
        desk.open += past * max(desk.worker.slots if desk.on else 0, desk.load)
        desk.since = now

    # --- chats

    def _arrive(self, chat: Chat) -> None:
        place = _Place(chat)
        self._waiting[chat.queue].append(place)
        if chat.patience is not None:
            self._at(chat.at + chat.patience, self._leaves, place)
        line = self.lines[chat.queue]
        for after in {each.after for each in (*line.needs, *line.steps) if each.after}:
            self._at(chat.at + after, self._step, place)
        if self._head(chat.queue) is place:
            self._offer(chat.at, place)

    def _head(self, queue) -> _Place | None:
        waiting = self._waiting[queue]
        while waiting and not waiting[0].waiting:
            waiting.popleft()
        return waiting[0] if waiting else None

    def _order(self, place: _Place, now: float) -> tuple:
        line = self.lines[place.chat.queue]
        priority = line.priority if place.chat.priority is None else place.chat.priority
        risen = (now - place.chat.at) // line.ageing if line.ageing else 0
        return -(priority + risen), place.chat.at

    def _step(self, now: float, place: _Place) -> None:
        if place.waiting:
            self._offer(now, place)

    def _leaves(self, now: float, place: _Place) -> None:
        if place.waiting:
            place.waiting = False
            self.done.append(Waited(place.chat, now - place.chat.at, None))

    def _give_up_all(self) -> None:
        """Who still waits when everything is over was never served."""
        end = max((one.chat.at + one.wait for one in self.done), default=0.0)
        for queue in self.lines:
            while place := self._head(queue):
                self._leaves(max(end, place.chat.at), place)

    def _offer(self, now: float, place: _Place) -> bool:
        """Ask the engine; True when it rings."""
        line = self.lines[place.chat.queue]
        plan = widening.plan(line.id, line.needs, line.steps, {}, now - place.chat.at)
        chosen = engine.pick(self._candidates(plan), self._moment(now), line.strategy)
        if chosen is None:
            return False
        place.waiting = False
        self._ring(now, place, self.desks[chosen.id], chosen.through)
        return True

    def _candidates(self, plan: Plan) -> Iterator[engine.Candidate]:
        """Those who have room: whom the engine would pass over anyway is not looked at."""
        seen: set = set()
        for tier, queue in enumerate(plan.queues):
            for id, desk in self._free[queue].items():
                if id not in seen:
                    seen.add(id)
                    yield self._candidate(desk, plan, tier, queue)

    def _candidate(self, desk: _Desk, plan: Plan, tier: int, queue) -> engine.Candidate:
        worker = desk.worker
        return engine.Candidate(
            id=worker.id, ready=desk.on, present=True, load=desk.load, slots=worker.slots, unclosed=0,
            unclosed_limit=1, route_ringing=desk.ringing, idle_since=desk.idle_since, asked_at=None,
            lacks=widening.lacks(plan.needs, worker.levels), tier=tier, through=queue, turn_at=desk.turn_at,
            level=sum(worker.levels.get(skill, 0) for skill in plan.skills),
        )  # fmt: skip

    def _ring(self, now: float, place: _Place, desk: _Desk, through) -> None:
        self._count(now, desk)
        desk.load, desk.ringing, desk.turn_at = desk.load + 1, True, self._moment(now)
        self._has_changed(now, desk)
        if self.answer:
            self._at(now + self.answer, self._accept, place, desk, through)
        else:
            self._accept(now, place, desk, through)

    def _accept(self, now: float, place: _Place, desk: _Desk, through) -> None:
        desk.ringing, desk.idle_since = False, self._moment(now)
        self.done.append(Waited(place.chat, now - place.chat.at, desk.worker.id, through))
        self._at(now + place.chat.handling, self._over, desk, place.chat.wrap_up)
        self._has_changed(now, desk)

    def _over(self, now: float, desk: _Desk, wrap_up: float) -> None:
        """The chat ends: the slot is held through the wrap-up."""
        if wrap_up:
            self._at(now + wrap_up, self._over, desk, 0.0)
            return
        self._count(now, desk)
        desk.load, desk.idle_since = desk.load - 1, self._moment(now)
        self._has_changed(now, desk)

    # --- figures

    def occupancy(self, queue=None) -> float | None:
        """Which part of the slots of (a queue's) agents was taken, of those that were there."""
        desks = [desk for desk in self.desks.values() if queue is None or queue in desk.worker.queues]
        there = sum(desk.open for desk in desks)
        return sum(desk.busy for desk in desks) / there if there else None


@dataclass(frozen=True, slots=True)
class Figures:
    """As the reports define them. `service_level`: accepted within the threshold, divided by offered."""

    offered: int
    answered: int
    abandoned: int
    service_level: float | None
    average: float | None
    ninth: float | None
    longest: float | None
    occupancy: float | None


def figures(done: Sequence[Waited], threshold: float, occupancy: float | None) -> Figures:
    waits = sorted(one.wait for one in done if one.agent is not None)
    within = sum(wait <= threshold for wait in waits)
    return Figures(
        offered=len(done),
        answered=len(waits),
        abandoned=len(done) - len(waits),
        service_level=within / len(done) if done else None,
        average=sum(waits) / len(waits) if waits else None,
        ninth=waits[min(len(waits) - 1, int(len(waits) * 0.9))] if waits else None,
        longest=waits[-1] if waits else None,
        occupancy=occupancy,
    )
