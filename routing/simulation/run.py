"""One run of a simulated day: what happens when."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from routing import engine

from .clock import Clock
from .floor import Floor
from .parts import Chat, Habits, Line, Waited, Worker
from .pieces import Desk, Place, Ring

PROMPT = Habits()
ASKED_ANEW = engine.ASK_AGAIN.total_seconds() + 0.001  # moments are rounded to microseconds


class Simulation:
    """`start`: the moment of second 0. `seed`: of what agents do when it rings. Each chat has a chance of its own, so
    that the same chats meet the same luck on a day with changes."""

    def __init__(
        self, lines: Iterable[Line], workers: Iterable[Worker], start: datetime, habits: Habits = PROMPT, seed: int = 1
    ):
        self.clock, self.habits, self.seed, self.done = Clock(start), habits, seed, []
        self.floor = Floor(lines, workers, self.clock)

    def run(self, chats: Sequence[Chat], progress: Callable[[float], None] = lambda part: None) -> list[Waited]:
        """What becomes of all of them. `progress` is told from time to time which part has come."""
        for seconds, line in self.floor.turns():
            self.clock.at(seconds, self._turns, line)
        for desk in self.floor.desks.values():
            self._plan_work(desk)
        for number, chat in enumerate(sorted(chats, key=lambda each: each.at)):
            self.clock.run(chat.at)
            self._arrive(chat, number)
            if number % 500 == 0:
                progress(number / len(chats))
        self.clock.run()
        self._give_up_all()
        progress(1.0)
        return self.done

    # --- queues

    def _turns(self, now: float, line: Line) -> None:
        """It may open or close. What waits in it goes on waiting; what overflows to it is offered there, or no more."""
        self.floor.look_at_hours(line, now)
        for desk in self.floor.free(line.id):
            self._look_for_work(now, desk)

    # --- agents

    def _plan_work(self, desk: Desk) -> None:
        for begins, ends in desk.worker.shifts:
            self.clock.at(begins, self._comes, desk)
            self.clock.at(ends, self._goes, desk)
        for begins, ends in desk.worker.helps:
            self.clock.at(begins, self._helps, desk, 1)
            self.clock.at(ends, self._helps, desk, -1)

    def _comes(self, now: float, desk: Desk) -> None:
        desk.count(now)
        desk.on = True
        self._is_ready(now, desk)

    def _is_ready(self, now: float, desk: Desk) -> None:
        """Nothing counts as missed, and they are idle from now on."""
        desk.away_until, desk.missed, desk.idle_since = None, 0, self.clock.moment(now)
        self._has_changed(now, desk)

    def _returns(self, now: float, desk: Desk) -> None:
        if desk.away_until == now:
            desk.count(now)
            self._is_ready(now, desk)

    def _goes(self, now: float, desk: Desk) -> None:
        """No new chats, and what rings goes back to its place; those going on are brought to their end."""
        desk.count(now)
        desk.on, ring = False, desk.ring
        if ring:
            self._back(now, ring)
        self._is_not_ready(now, desk)
        if ring:
            self._step(now, ring.place)

    def _is_not_ready(self, now: float, desk: Desk) -> None:
        """What was kept for them is offered to others."""
        self._has_changed(now, desk)
        desk.kept = [place for place in desk.kept if now < place.kept_until]
        for place in desk.kept:
            self._step(now, place)

    def _helps(self, now: float, desk: Desk, slots: int) -> None:
        """They join a chat of somebody else's, or are free of it; with all slots taken they have one more than that."""
        desk.count(now)
        desk.load, desk.idle_since = desk.load + slots, self.clock.moment(now)
        self._has_changed(now, desk)

    def _has_changed(self, now: float, desk: Desk) -> None:
        self.floor.note(desk)
        self._look_for_work(now, desk)

    def _look_for_work(self, now: float, desk: Desk) -> None:
        """What may be offered to this agent, next first, as far as anybody can take it."""
        lanes, passed = self.floor.lanes_of(desk) if desk.room else [], set()
        while desk.room:
            heads = [(lane.order(place, now), place) for lane in lanes if (place := lane.first(passed))]
            if not heads:
                return
            _, place = min(heads)
            if self._offer(now, place):
                continue
            if now < place.apart_until:
                passed.add(place)
            else:
                lanes.remove(place.lane)

    # --- chats

    def _arrive(self, chat: Chat, number: int) -> None:
        if chat.queue in self.floor.closed:
            self.done.append(Waited(chat, 0.0, None, turned_away=True))
            return
        place = self.floor.place(chat, number)
        self._plan_wait(place)
        before = all(chat.at < other.apart_until for other in place.lane.places)
        place.enter()
        if before:
            self._offer(chat.at, place)

    def _plan_wait(self, place: Place) -> None:
        chat, line = place.chat, place.lane.line
        if chat.patience is not None:
            self.clock.at(chat.at + chat.patience, self._leaves, place)
        for after in {each.after for each in (*line.needs, *line.steps) if each.after}:
            self.clock.at(chat.at + after, self._step, place)
        if line.last_agent and chat.last in self.floor.desks:
            place.kept_until = place.apart_until = chat.at + line.last_agent
            self.floor.desks[chat.last].kept.append(place)
            self.clock.at(place.kept_until, self._step, place)

    def _step(self, now: float, place: Place) -> None:
        """Others may be asked from now on."""
        if place.waiting:
            self._offer(now, place)

    def _leaves(self, now: float, place: Place) -> None:
        """The contact has waited long enough, in the line or while it rings."""
        ring = place.ring
        if not place.waiting and ring is None:
            return
        self.done.append(Waited(place.chat, now - place.chat.at, None))
        if ring:
            self._stop(now, ring)
            self._has_changed(now, ring.desk)
        else:
            place.leave()

    def _give_up_all(self) -> None:
        """Who still waits when everything is over was never served."""
        end = max((one.chat.at + one.wait for one in self.done), default=0.0)
        for place in self.floor.waiting():
            self._leaves(max(end, place.chat.at), place)

    # --- rings

    def _offer(self, now: float, place: Place) -> bool:
        """Ask the engine; True when it rings."""
        chosen = self.floor.choose(place, now)
        if chosen is None:
            return False
        place.leave()
        self._ring(now, place, self.floor.desks[chosen.id], chosen.through)
        return True

    def _ring(self, now: float, place: Place, desk: Desk, through) -> None:
        desk.count(now)
        ring = place.ring = desk.ring = Ring(place, desk, through)
        desk.load, desk.turn_at = desk.load + 1, self.clock.moment(now)
        self.floor.note(desk)
        seconds, answer = self._answer(place, self.floor.lines[through])
        if seconds:
            self.clock.at(now + seconds, self._rang, ring, answer)
        else:
            answer(now, ring)

    def _answer(self, place: Place, line: Line) -> tuple[float, Callable]:
        """(after how many seconds, what)."""
        habits = self.habits
        drawn = place.draw(self.seed) if habits.misses or habits.rejects else 1.0
        if drawn < habits.misses:
            return line.ring_time, self._miss
        answer = self._reject if drawn < habits.misses + habits.rejects else self._accept
        return min(habits.answer, line.ring_time), answer

    def _rang(self, now: float, ring: Ring, answer: Callable) -> None:
        if ring.open:
            answer(now, ring)

    def _accept(self, now: float, ring: Ring) -> None:
        desk, chat = ring.desk, ring.place.chat
        ring.end()
        desk.missed, desk.live, desk.idle_since = 0, desk.live + 1, self.clock.moment(now)
        self.done.append(Waited(chat, now - chat.at, desk.worker.id, ring.through))
        self.clock.at(now + chat.handling, self._over, desk, chat.wrap_up)
        self._has_changed(now, desk)

    def _over(self, now: float, desk: Desk, wrap_up: float) -> None:
        """The chat ends: the slot is held through the wrap-up."""
        desk.live, desk.idle_since = desk.live - 1, self.clock.moment(now)
        if wrap_up:
            self.clock.at(now + wrap_up, self._frees, desk)
        else:
            self._frees(now, desk)

    def _frees(self, now: float, desk: Desk) -> None:
        desk.count(now)
        desk.load -= 1
        self._has_changed(now, desk)

    def _miss(self, now: float, ring: Ring) -> None:
        """Too many in a row set the agent Not Ready. Whoever has another chat going on writes there, which counts."""
        desk = ring.desk
        desk.count(now)
        desk.missed += 1
        if desk.worker.missed_limit and desk.missed >= desk.worker.missed_limit:
            desk.away_until = now + self.habits.away
            self.clock.at(desk.away_until, self._returns, desk)
        if desk.live:
            desk.missed = 0
        self._reject(now, ring)

    def _reject(self, now: float, ring: Ring) -> None:
        """Back to its place. Here it rings again only after a while, or when all others were asked."""
        desk, place = ring.desk, ring.place
        place.asked[desk.worker.id] = self.clock.moment(now)
        place.apart_until = max(place.apart_until, now + ASKED_ANEW)
        self.clock.at(now + ASKED_ANEW, self._step, place)
        self._back(now, ring)
        (self._has_changed if desk.ready else self._is_not_ready)(now, desk)
        self._step(now, place)

    def _back(self, now: float, ring: Ring) -> None:
        self._stop(now, ring)
        ring.place.enter()

    def _stop(self, now: float, ring: Ring) -> None:
        ring.desk.count(now)
        ring.end()
        ring.desk.load -= 1
