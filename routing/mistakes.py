"""What in the configuration of routing cannot work, in words: for `manage.py check` and for who saves a queue."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from agents import titles
from agents.models import Agent, AgentSkill, Site
from core.mistakes import HINT, Mistake, about, finder
from routing.hours import is_open, never_closes, next_opening

from . import wording
from .models import ContactTexts, OpeningHours, PreChatField, Queue, RequiredSkill, RoutingPoint, RoutingRule
from .rules import said, unreached

NEVER = "Opening hours {} never open within sixty days."


@finder("agents.site", "routing.queue", "routing.routingpoint", "routing.openinghours", "routing.contacttexts")
def find(now) -> list[Mistake]:
    """All of them. The number of queries does not depend on how many queues there are."""
    queues = {queue.pk: queue for queue in _queues()}
    hours = _hours()
    never = {each.pk: each for each in hours if not opens(each, now)}
    found = [Mistake(NEVER.format(each), "Add a span.", about(each)) for each in never.values()]
    found += [mistake for each in hours for mistake in _exceptions(each)]
    for queue in queues.values():
        found += [*_staff(queue), *_overflow(queue, queues, never), *_skills(queue, queues)]
    points = RoutingPoint.objects.prefetch_related(RoutingRule.read())
    found += [mistake for point in points for mistake in of_rules(point, now)]
    return [*found, *_circles(queues), *_texts(), *_titles(queues.values())]


def of_rules(point: RoutingPoint, now) -> list[Mistake]:
    """Rules that no chat ever reaches."""
    rows = list(point.rules.all())
    plain = [row.plain() for row in rows]
    found = []
    for number, takers in unreached(plain):
        by = f"rule {takers[0]} takes" if len(takers) == 1 else f"rules {takers[0]} and {takers[1]} take"
        words = f"{point}: rule {number} ({said(plain[number - 1])}) is never reached, {by} all its chats."
        found.append(Mistake(words, "Put it before, or delete it.", about(point)))
    for number, row in enumerate(rows, 1):
        if row.hours and (never := _never(row, now)):
            words = f"{point}: rule {number} never fits, {row.hours} never {never} within sixty days."
            found.append(Mistake(words, "Change these hours.", about(point)))
    return found


def _never(rule: RoutingRule, now) -> str:
    """What its hours would have to do for it to fit; "" when they do."""
    if rule.when == rule.DURING:
        return "" if opens(rule.hours, now) else "open"
    return "close" if never_closes(rule.hours.schedule(), now) else ""


def opens(hours: OpeningHours, now) -> bool:
    schedule = hours.schedule()
    return is_open(schedule, now) or next_opening(schedule, now) is not None


def _queues() -> list[Queue]:
    """Each with `staffed`, has it agents; `able`, may any of them take chats; `levels`: {skill: the highest that any of
    them has} of what is needed; and `skilled`: {agent: {skill: level}}, where several skills are needed at last.

    Plain lists are read and put together here: while thousands of agents are being stored, a database that takes the
    tables for empty would go through each of them for each row of the others.
    """
    found = {queue.pk: queue for queue in Queue.objects.prefetch_related("required_skills__skill", "overflow_steps")}
    several = {id for queue in found.values() if len(_at_last(queue)) > 1 for id in _asked(queue)}
    needed = {need.skill_id for queue in found.values() for need in queue.required_skills.all()}
    active = set(Agent.objects.active().order_by().values_list("pk", flat=True))
    able = set(Agent.objects.able(Site.current()).order_by().values_list("pk", flat=True))
    levels = defaultdict(dict)
    for agent, skill, level in AgentSkill.objects.filter(skill__in=needed).values_list("agent", "skill", "level"):
        levels[agent][skill] = level
    for queue in found.values():
        queue.staffed, queue.able, queue.levels, queue.skilled = False, False, {}, {}
    for id, agent in Queue.agents.through.objects.values_list("queue", "agent"):
        if agent in active and id in found:
            _seat(found[id], agent, agent in able, levels.get(agent, {}), id in several)
    return list(found.values())


def _seat(queue: Queue, agent, able: bool, levels: dict, each: bool) -> None:
    queue.staffed, queue.able = True, queue.able or able
    for skill, level in levels.items():
        queue.levels[skill] = max(level, queue.levels.get(skill, level))
    if each and levels:
        queue.skilled[agent] = levels


def _at_last(queue: Queue) -> list[RequiredSkill]:
    """What is needed of who waits longest, each skill once."""
    last = {need.skill: need for need in sorted(queue.required_skills.all(), key=lambda need: need.after)}
    return [need for need in last.values() if need.level]


def _asked(queue: Queue) -> list:
    """The queue and those whose agents are asked, too, sooner or later."""
    return [queue.pk, *(step.target_id for step in queue.overflow_steps.all() if step.target_id)]


def _hours() -> list[OpeningHours]:
    return list(OpeningHours.objects.prefetch_related("week", "exceptions"))


def _exceptions(hours: OpeningHours) -> Iterator[Mistake]:
    closed = {row.day for row in hours.exceptions.all() if row.opens is None}
    for day in sorted(closed & {row.day for row in hours.exceptions.all() if row.opens is not None}):
        words = f"Opening hours {hours}: {day} is closed and open at once; it counts as open."
        yield Mistake(words, "Delete one of the two exceptions.", about(hours))


def _staff(queue: Queue) -> Iterator[Mistake]:
    if not queue.staffed:
        yield Mistake(f"{queue} has no agents: chats would wait for ever.", "Give it agents.", about(queue))
    elif not queue.able:
        words = f"No agent of {queue} may take chats: they would wait for ever."
        yield Mistake(words, "Give them a role that allows it, and a capacity above 0.", about(queue))


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
    asked, last = [queues[id] for id in _asked(queue)], _at_last(queue)
    who = "nobody of it" if len(asked) == 1 else "nobody of it or of where it overflows to"
    missing = [need for need in last if need.level > max(each.levels.get(need.skill_id, 0) for each in asked)]
    for need in missing:
        words = f"{queue} needs {need.skill} at {need.level}, and {who} has it: its chats would wait for ever."
        yield Mistake(words, "Give an agent the skill, or a line with level 0.", about(queue))
    if (
        len(last) > 1
        and not missing
        and not any(_has_all(last, has) for each in asked for has in each.skilled.values())
    ):
        named = " and ".join(f"{need.skill} at {need.level}" for need in last)
        words = f"{queue} needs {named}, and {who} has all of it: its chats would wait for ever."
        yield Mistake(words, "Give one agent all of it, or a line with level 0.", about(queue))


def _has_all(needs: list[RequiredSkill], levels: Mapping) -> bool:
    return all(levels.get(need.skill_id, 0) >= need.level for need in needs)


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


def _titles(queues: Iterable[Queue]) -> Iterator[Mistake]:
    """Names in the title of a chat's window that no chat can ever have a value for."""
    named = [(row, key) for row in [*Site.objects.all(), *queues] for key in titles.keys(row.window_title)]
    fields = sorted(set(PreChatField.objects.values_list("key", flat=True))) if named else []
    for row, key in dict.fromkeys(named):
        if key not in fields:
            words = f"{row}: the window title names “{{{key}}}”, which no routing point has as a field."
            yield Mistake(f"{words} Nothing stands there.", _instead(fields), about(row))


def _instead(fields: list[str]) -> str:
    return f"Fields are {', '.join(fields)}." if fields else "There are no fields yet: add one to a routing point."
