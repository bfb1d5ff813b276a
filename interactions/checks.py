"""Outcomes and surveys that cannot work are named: by `manage.py check --database default` and on the pages."""

from collections.abc import Callable, Iterator

from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError

from core.mistakes import ERROR, WARNING, Mistake, finder
from interactions.models import DispositionCode, DispositionRule, Survey
from routing.models import RoutingPoint

NO_CODES = "“{set}” has no active code, so nobody could choose one although the rule asks for it. {remedy}"
NOTHING = "{place}: “{set}” has no active code, so agents are offered nothing."
NEVER = "{place}: never used, because every queue that its chats go to has a rule of its own."
CROWDED = "{place}: {count} codes in a {display}. From a dozen on the tree with search is quicker."
MANY = 12


@register(Tags.database)
def dispositions(databases=None, **kwargs) -> list:
    rules = DispositionRule.objects.select_related("queue", "routing_point", "set")
    return _found(databases, lambda: [found for rule in rules for found in _of(rule)])


@register(Tags.database)
def surveys(databases=None, **kwargs) -> list:
    return _found(
        databases, lambda: [Warning(each.words, hint=each.hint, id="parley.W003") for each in of_surveys(now=None)]
    )


def _found(databases, find: Callable[[], list]) -> list:
    """Only where the database is asked about; before its first migration there is nothing to say."""
    if not databases:
        return []
    try:
        return find()
    except DatabaseError:
        return []


@finder("interactions.dispositionrule")
def of_dispositions(now) -> Iterator[Mistake]:
    for rule in DispositionRule.objects.select_related("queue", "routing_point", "set"):
        about = ("interactions.dispositionrule", rule.pk)
        for each in _of(rule):
            yield Mistake(each.msg, about=about, level=ERROR if isinstance(each, Error) else WARNING)


@finder("interactions.survey")
def of_surveys(now) -> Iterator[Mistake]:
    for survey in Survey.objects.asked():
        if not survey.asks:
            words = f"The survey {survey} is active and has no active question: contacts are asked nothing."
            yield Mistake(words, "Give it a question, or unset Active.", ("interactions.survey", survey.pk))


def _of(rule: DispositionRule) -> list:
    if rule.required and not active(rule.set):
        words = NO_CODES.format(set=rule.set, remedy="Give it a code, or unset Required.")
        return [Error(f"Disposition rule {rule.place}: {words}", id="parley.E003")]
    return [Warning(f"Disposition rule {words}", id="parley.W002") for words in doubts(rule)]


def doubts(rule: DispositionRule) -> list[str]:
    """What is allowed and hardly meant."""
    count, place = active(rule.set), rule.place
    found = [] if count else [NOTHING.format(place=place, set=rule.set)]
    if count > MANY and rule.display != DispositionRule.TREE:
        found.append(CROWDED.format(place=place, count=count, display=rule.get_display_display().lower()))
    if rule.routing_point and not _reached(rule.routing_point):
        found.append(NEVER.format(place=place))
    return found


def active(chosen) -> int:
    return DispositionCode.objects.active().filter(set=chosen).count()


def _reached(point: RoutingPoint) -> bool:
    """Does it send chats to a queue without a rule of its own?"""
    queues = {point.queue_id, *point.rules.values_list("queue_id", flat=True)}
    return len(queues) > DispositionRule.objects.filter(queue__in=queues).count()
