"""A day that was, or might be, played against the site as it is and as it would be. Reads rows, writes none."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from agents.models import Agent, Site
from routing.hours import Schedule
from routing.models import OpeningHours, Queue
from routing.simulation import Figures, Line, Simulation, Waited, Worker, figures
from routing.widening import Need, Step

from .days import Day, Demand, Mistaken, made_up
from .replays import recorded
from .reports import THRESHOLD

DAY = 86_400
MOST_AGENTS = 500
MOST_SLOTS = 50
ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise for one queue; None and 0 leave it. `also`: overflow to the queue after seconds.

    `hours`: the name of opening hours, or ALWAYS.
    """

    queue: str
    strategy: str | None = None
    priority: int | None = None
    ageing: int | None = None
    agents: int = 0
    skills: bool = True
    also: tuple[str, int] | None = None
    hours: str | None = None


@dataclass(slots=True)
class Staffed:
    """Queues and agents, as they are or changed, and the opening hours that queues can have."""

    lines: list[Line]
    workers: list[Worker]
    hours: dict[str, Schedule]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures of all chats and by queue, and the average wait by hour of the day."""

    total: Figures
    queues: dict[str, Figures]
    hours: list[float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`about`: what was simulated, in words."""

    about: str
    before: Outcome
    after: Outcome
    names: list[str] = field(default_factory=list)


def compare(
    day: date | Demand,
    changes: Sequence[Change],
    *,
    zone: ZoneInfo,
    capacity: int | None = None,
    seed: int = 1,
    progress: Callable[[float], None] = lambda part: None,
) -> Comparison:
    """Play the day twice, the same contacts with the same patience. `capacity`: of every agent. Raises Mistaken."""
    played = recorded(day, zone, seed) if isinstance(day, date) else made_up(day, zone, seed)
    site = _site(played)
    other = changed(site, changes, capacity)
    before = _play(site, played, zone, seed, lambda part: progress(part / 2))
    after = _play(other, played, zone, seed, lambda part: progress(0.5 + part / 2))
    return Comparison(played.about, before, after, [line.name for line in site.lines])


def _play(site: Staffed, day: Day, zone: ZoneInfo, seed: int, progress) -> Outcome:
    run = Simulation(site.lines, site.workers, day.start, day.habits, seed)
    done = run.run(day.chats, progress)
    of: dict = defaultdict(list)
    for one in done:
        of[one.chat.queue].append(one)
    queues = {line.name: figures(of[line.id], THRESHOLD, run.floor.occupancy(line.id)) for line in site.lines}
    return Outcome(figures(done, THRESHOLD, run.floor.occupancy()), queues, _by_hour(done, day.start, zone))


def _by_hour(done: list[Waited], start: datetime, zone: ZoneInfo) -> list[float]:
    """By the clock on the wall, also where it was changed on this day."""
    count, total = Counter(), Counter()
    for one in (one for one in done if not one.turned_away):
        hour = (start + timedelta(seconds=one.chat.at)).astimezone(zone).hour
        count[hour] += 1
        total[hour] += one.wait
    return [total[hour] / count[hour] if count[hour] else 0.0 for hour in range(24)]


# --- the site -----------------------------------------------------------------------------------


def _site(day: Day) -> Staffed:
    rows = Queue.objects.prefetch_related("required_skills__skill", "overflow_steps__target")
    site, hours = Site.current(), _hours(day)
    lines = [_line(queue, site, hours) for queue in rows.select_related("opening_hours")]
    if not lines:
        raise Mistaken("There is no queue yet. Add one, with agents, then simulate.")
    agents = Agent.objects.active().prefetch_related("queues", "groups", "skill_levels").order_by("name")
    workers = [_worker(agent, site, day) for agent in agents]
    return Staffed(lines, [worker for worker in workers if worker.queues and worker.shifts], hours)


def _hours(day: Day) -> dict[str, Schedule]:
    """{name: when it is open}; a day without a date is no exception."""
    rows = OpeningHours.objects.prefetch_related("week", "exceptions")
    found = {row.name: row.schedule() for row in rows}
    return found if day.dated else {name: replace(schedule, exceptions={}) for name, schedule in found.items()}


def _line(queue: Queue, site: Site, hours: dict[str, Schedule]) -> Line:
    needs = tuple(Need(row.skill_id, row.skill.name, row.level, row.after) for row in queue.required_skills.all())
    steps = [Step(row.after, row.target_id, row.target.name) for row in queue.overflow_steps.all() if row.target_id]
    return Line(
        queue.id,
        queue.name,
        queue.strategy,
        queue.priority,
        queue.ageing,
        needs,
        tuple(steps),
        hours=queue.opening_hours and hours[queue.opening_hours.name],
        ring_time=queue.option("ring_time", site).value,
        last_agent=queue.option("last_agent_seconds", site).value,
    )


def _worker(agent: Agent, site: Site, day: Day) -> Worker:
    return Worker(
        agent.id,
        agent.name,
        frozenset(queue.id for queue in agent.queues.all()),
        agent.option("capacity", site).value,
        day.shifts if isinstance(day.shifts, tuple) else tuple(day.shifts.get(agent.id, ())),
        {row.skill_id: row.level for row in agent.skill_levels.all()},
        tuple(day.helps.get(agent.id, ())),
        agent.option("missed_limit", site).value,
    )


def changed(site: Staffed, changes: Sequence[Change], capacity: int | None = None) -> Staffed:
    """The site with these changes. Raises Mistaken."""
    lines, workers = {line.name: line for line in site.lines}, list(site.workers)
    for change in changes:
        line = _named(lines, change.queue)
        lines[line.name] = replace(_changed_line(line, change, lines), hours=_changed_hours(line, change, site.hours))
        workers = _staffed(workers, line, change.agents)
    if capacity is not None:
        if not 0 <= capacity <= MOST_SLOTS:
            raise Mistaken(f"From 0 to {MOST_SLOTS} chats at the same time.")
        workers = [replace(worker, slots=capacity) for worker in workers]
    return Staffed(list(lines.values()), workers, site.hours)


def _named(lines: dict, name: str) -> Line:
    if name not in lines:
        raise Mistaken(f"There is no queue {name}. There are: {', '.join(sorted(lines))}.")
    return lines[name]


def _changed_line(line: Line, change: Change, lines: dict) -> Line:
    new = {name: getattr(change, name) for name in ("strategy", "priority", "ageing")}
    made = replace(line, **{name: value for name, value in new.items() if value is not None})
    if not change.skills:
        made = replace(made, needs=())
    if change.also:
        other, after = _named(lines, change.also[0]), change.also[1]
        if other.id == line.id:
            raise Mistaken(f"{line.name} cannot overflow to itself.")
        kept = tuple(step for step in made.steps if step.queue != other.id)
        made = replace(made, steps=(*kept, Step(after, other.id, other.name)))
    return made


def _changed_hours(line: Line, change: Change, hours: dict[str, Schedule]) -> Schedule | None:
    if change.hours is None:
        return line.hours
    if change.hours in hours:
        return hours[change.hours]
    if change.hours != ALWAYS:
        raise Mistaken(f"There are no opening hours {change.hours}. There are: {', '.join([ALWAYS, *sorted(hours)])}.")
    return None


def _staffed(workers: list[Worker], line: Line, more: int) -> list[Worker]:
    """So many agents more in a queue, there all day and good at what it needs; or so many fewer, the last by name."""
    if abs(more) > MOST_AGENTS:
        raise Mistaken(f"At most {MOST_AGENTS} agents more or fewer.")
    if more < 0:
        there = [worker.id for worker in workers if line.id in worker.queues]
        gone = set(there[more:])
        return [replace(w, queues=w.queues - {line.id}) if w.id in gone else w for w in workers]
    spans = [span for worker in workers for span in worker.shifts] or [(0.0, float(DAY))]
    whole = ((min(begins for begins, _ in spans), max(ends for _, ends in spans)),)
    site, first = Site.current(), len(workers)
    slots = max((worker.slots for worker in workers), default=site.capacity)
    levels = {need.skill: 10 for need in line.needs}
    about = {"slots": slots, "shifts": whole, "levels": levels, "missed_limit": site.missed_limit}
    queues = frozenset({line.id})
    return workers + [Worker(UUID(int=first + n), f"New {n + 1}", queues, **about) for n in range(more)]
