"""What in the configuration of routing cannot work, in words: for `manage.py check` and for who saves a queue."""

from collections.abc import Iterator, Mapping

from django.db.models import Exists, Max, OuterRef

from core.mistakes import HINT, Mistake, about, finder
from routing.hours import is_open, next_opening

from . import wording
from .models import ContactTexts, OpeningHours, Queue, RequiredSkill, RoutingPoint, RoutingRule
from .rules import said, unreached

NEVER = "Opening hours {} never open within sixty days."


@finder("routing.queue", "routing.routingpoint", "routing.openinghours", "routing.contacttexts")
def find(now) -> list[Mistake]:
    """All of them. The number of queries does not depend on how many queues there are."""
    queues = {queue.pk: queue for queue in _queues()}
    never = {hours.pk: hours for hours in _hours() if not opens(hours, now)}
    found = [Mistake(NEVER.format(hours), "Add a span.", about(hours)) for hours in never.values()]
    for queue in queues.values():
        found += [*_staff(queue), *_overflow(queue, queues, never), *_skills(queue, queues)]
    points = RoutingPoint.objects.prefetch_related(RoutingRule.read())
    found += [mistake for point in points for mistake in of_rules(point, now)]
    return found + list(_circles(queues)) + list(_texts())


def of_rules(point: RoutingPoint, now) -> list[Mistake]:
    """Rules that no chat ever reaches."""
    rows = list(point.rules.all())
    plain = [row.plain() for row in rows]
    found = []
    for number, taker in unreached(plain):
        words = (
            f"{point}: rule {number} ({said(plain[number - 1])}) is never reached, rule {taker} takes all its chats."
        )
        found.append(Mistake(words, "Put it before that rule, or delete it.", about(point)))
    for number, row in enumerate(rows, 1):
        if row.hours and row.when == row.DURING and not opens(row.hours, now):
            words = f"{point}: rule {number} never fits, {row.hours} never open within sixty days."
            found.append(Mistake(words, "Change these hours.", about(point)))
    return found


def opens(hours: OpeningHours, now) -> bool:
    schedule = hours.schedule()
    return is_open(schedule, now) or next_opening(schedule, now) is not None


def _queues() -> list[Queue]:
    """Each with `staffed`, has it agents, and `levels`: {skill: the highest that any of them has} of what is needed."""
    seats = Queue.agents.through.objects.filter(agent__user__is_active=True)
    staffed = Exists(seats.filter(queue=OuterRef("pk")))
    queues = Queue.objects.annotate(staffed=staffed).prefetch_related("required_skills__skill", "overflow_steps")
    found = {queue.pk: queue for queue in queues}
    for queue in found.values():
        queue.levels = {}
    skill, level = "agent__skill_levels__skill", "agent__skill_levels__level"
    needed = seats.filter(**{f"{skill}__in": RequiredSkill.objects.values("skill")}).order_by()
    for queue, known, highest in needed.values_list("queue", skill).annotate(Max(level)):
        found[queue].levels[known] = highest
    return list(found.values())


def _hours():
    return OpeningHours.objects.prefetch_related("week", "exceptions")


def _staff(queue: Queue) -> Iterator[Mistake]:
    if not queue.staffed:
        yield Mistake(f"{queue} has no agents: chats would wait for ever.", "Give it agents.", about(queue))


def _overflow(queue: Queue, queues: Mapping, never: Mapping) -> Iterator[Mistake]:
    for step in queue.overflow_steps.all():
        target = queues.get(step.target_id)
        if target is None:
            continue
        if not target.staffed:
            yield Mistake(f"{queue} overflows to {target}, which has no agents.", "Give it agents.", about(queue))
        if target.opening_hours_id in never:
            yield Mistake(f"{queue} overflows to {target}, which never opens.", "Change its hours.", about(queue))


def _skills(queue: Queue, queues: Mapping) -> Iterator[Mistake]:
    """Nobody of the queue, or of those it overflows to, has what is needed at last."""
    asked = [queue, *(queues[step.target_id] for step in queue.overflow_steps.all() if step.target_id)]
    last: dict = {}
    for need in sorted(queue.required_skills.all(), key=lambda need: need.after):
        last[need.skill] = need
    for skill, need in last.items():
        if need.level > max(each.levels.get(skill.pk, 0) for each in asked):
            who = "nobody of it" if len(asked) == 1 else "nobody of it or of where it overflows to"
            words = f"{queue} needs {skill} at {need.level}, and {who} has it: its chats would wait for ever."
            yield Mistake(words, "Give an agent the skill, or a line with level 0.", about(queue))


def _circles(queues: Mapping) -> Iterator[Mistake]:
    """Each once, from the queue whose name is first. No chat goes round, for steps are not chained."""
    ways = {
        id: [step.target_id for step in queue.overflow_steps.all() if step.target_id] for id, queue in queues.items()
    }
    seen = set()
    for start in sorted(queues, key=lambda id: queues[id].name):
        path = _way_back(start, ways)
        if path and frozenset(path) not in seen:
            seen.add(frozenset(path))
            names = " to ".join(str(queues[id]) for id in [*path, start])
            hint = "Each is asked once and no chat goes round; but when all are busy none helps the other."
            yield Mistake(f"Overflow in a circle: {names}.", hint, about(queues[start]), HINT)


def _way_back(start, ways: Mapping) -> list | None:
    """The shortest way from a queue to itself."""
    paths, been = [[start]], set()
    for path in paths:
        for target in ways[path[-1]]:
            if target == start:
                return path
            if target not in been:
                been.add(target)
                paths.append([*path, target])
    return None


def _texts() -> Iterator[Mistake]:
    for row in ContactTexts.objects.select_related("queue"):
        for key, words in row.texts.items():
            trouble = wording.mistake(key, words) if key in wording.KEYS else "There is no such text."
            if trouble:
                yield Mistake(f"Contact's texts, {row}, {key}: {trouble}", about=about(row))
