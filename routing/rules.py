"""Which queue: ordered rules on what is known of a chat when it comes; the first that fits decides. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import isfinite
from uuid import UUID

from routing.hours import Schedule, is_open
from routing.plain import plain, readable


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of a chat at one moment. `contact`: name and mail address; `page`: where it was started."""

    at: datetime
    case: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    language: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """`during`: the rule holds inside of the schedule, else outside of it."""

    name: str
    schedule: Schedule
    during: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """All conditions that are given have to fit; what is empty asks nothing. `priority`: None leaves the queue's."""

    queue: UUID
    field: str = ""
    operator: str = "is"
    value: str = ""
    contact: str = ""
    language: str = ""
    page: str = ""
    hours: Hours | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """`fits(answer, value)` compares without regard to capitals; `words` join the field and the value."""

    label: str
    fits: Callable[[str, str], bool]
    words: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where a chat goes. `number`: of the rule, from 1; None: none fits. `passed`: why those before it do not."""

    queue: UUID
    number: int | None
    because: str
    passed: tuple[str, ...] = ()
    priority: int | None = None


def _at_least(answer: str, value: str) -> bool:
    pair = _comparable(answer, value)
    return pair is not None and pair[0] >= pair[1]


def _at_most(answer: str, value: str) -> bool:
    pair = _comparable(answer, value)
    return pair is not None and pair[0] <= pair[1]


IS, IS_NOT, CONTAINS, BEGINS, AT_LEAST, AT_MOST, GIVEN = (
    "is",
    "is_not",
    "contains",
    "begins",
    "at_least",
    "at_most",
    "given",
)
OPERATORS = {
    IS: Operator("is", lambda answer, value: answer == value, "is"),
    IS_NOT: Operator("is not", lambda answer, value: answer != value, "is not"),
    CONTAINS: Operator("contains", lambda answer, value: bool(value) and value in answer, "contains"),
    BEGINS: Operator("begins with", lambda answer, value: bool(value) and answer.startswith(value), "begins with"),
    AT_LEAST: Operator("is at least", _at_least, "is at least"),
    AT_MOST: Operator("is at most", _at_most, "is at most"),
    GIVEN: Operator("is answered", lambda answer, value: bool(answer), "is answered"),
}


def route(rules: Sequence[Rule], sample: Sample, default: UUID) -> Route:
    """The first rule that fits, else the default; with why in words."""
    passed: list[str] = []
    for number, rule in enumerate(rules, 1):
        obstacle = why_not(rule, sample)
        if obstacle is None:
            return Route(rule.queue, number, f"rule {number}: {said(rule)}", tuple(passed), rule.priority)
        passed.append(f"rule {number} does not fit: {obstacle}")
    return Route(default, None, "no rule fits" if rules else "there are no rules", tuple(passed))


def why_not(rule: Rule, sample: Sample) -> str | None:
    """The first condition that does not fit, in words; None when all do."""
    for fits, words in _asked(rule, sample):
        if not fits:
            return words
    return None


def said(rule: Rule) -> str:
    """What the rule asks for, e.g. "topic is Network, language is de"."""
    return ", ".join(_conditions(rule)) or "every chat"


def _asked(rule: Rule, sample: Sample) -> Iterator[tuple[bool, str]]:
    """Each condition: does it fit, and what is the case instead."""
    if rule.field:
        answer = sample.case.get(rule.field, "").strip()
        there = f"{rule.field} is “{answer}”" if answer else f"{rule.field} is not answered"
        yield fits(rule.operator, answer, rule.value), f"{there}, it asks for: {_of_field(rule)}"
    if rule.contact:
        yield plain(rule.contact) in plain(sample.contact), f"the contact is not “{rule.contact}”"
    if rule.language:
        there = f"“{sample.language}”" if sample.language else "not known"
        yield rule.language == sample.language, f"the language is {there}, it asks for “{rule.language}”"
    if rule.page:
        yield readable(rule.page) in readable(sample.page), f"the page's address does not contain “{rule.page}”"
    if rule.hours:
        inside = is_open(rule.hours.schedule, sample.at)
        yield inside == rule.hours.during, f"it is {'inside' if inside else 'outside'} of {rule.hours.name}"


def _conditions(rule: Rule) -> Iterator[str]:
    if rule.field:
        yield _of_field(rule)
    if rule.contact:
        yield f"contact contains {rule.contact}"
    if rule.language:
        yield f"language is {rule.language}"
    if rule.page:
        yield f"page contains {rule.page}"
    if rule.hours:
        yield f"{'during' if rule.hours.during else 'outside of'} {rule.hours.name}"


def _of_field(rule: Rule) -> str:
    return f"{rule.field} {OPERATORS[rule.operator].words} {rule.value if rule.operator != GIVEN else ''}".strip()


def fits(operator: str, answer: str, value: str) -> bool:
    return OPERATORS[operator].fits(plain(answer), plain(value))


def _comparable(answer: str, value: str) -> tuple | None:
    """Both as numbers or both as dates; None when they are neither."""
    for read in (_number, date.fromisoformat):
        try:
            return read(answer), read(value)
        except ValueError:
            continue
    return None


def _number(text: str) -> float:
    number = float(text.replace(",", "."))
    if not isfinite(number):
        raise ValueError(text)
    return number


def comparable(value: str) -> bool:
    """Can a rule ask for at least or at most this value?"""
    return _comparable(plain(value), plain(value)) is not None


# --- rules that are never reached ---------------------------------------------------------------


def unreached(rules: Sequence[Rule]) -> list[tuple[int, tuple[int, ...]]]:
    """(number of a rule that no chat reaches, numbers of the earlier rules that take all of its chats: one, or two of
    which one holds inside of the hours outside of which the other does)."""
    found = [(later, _takers(rules[: later - 1], rule)) for later, rule in enumerate(rules, 1)]
    return [(later, takers) for later, takers in found if takers]


def _takers(earlier: Sequence[Rule], rule: Rule) -> tuple[int, ...]:
    halves: list[tuple[Hours, int]] = []
    for number, one in enumerate(earlier, 1):
        if covers(one, rule):
            return (number,)
        if one.hours and covers(replace(one, hours=None), rule):
            half = replace(one.hours, during=not one.hours.during)
            other = next((first for hours, first in halves if hours == half), None)
            if other is not None:
                return (other, number)
            halves.append((one.hours, number))
    return ()


def covers(earlier: Rule, later: Rule) -> bool:
    """Does every chat that fits the later rule fit the earlier one, too? False where that cannot be told."""
    return (
        _field_covers(earlier, later)
        and plain(earlier.contact) in plain(later.contact)
        and earlier.language in ("", later.language)
        and readable(earlier.page) in readable(later.page)
        and earlier.hours in (None, later.hours)
    )


def _field_covers(earlier: Rule, later: Rule) -> bool:
    if not earlier.field:
        return True
    if earlier.field != later.field:
        return False
    mine, other = plain(earlier.value), plain(later.value)
    if later.operator == IS:
        return fits(earlier.operator, later.value, earlier.value)
    if earlier.operator == later.operator:
        return _same_covers(earlier.operator, mine, other)
    if earlier.operator == GIVEN:
        return bool(other) and later.operator != IS_NOT
    return earlier.operator == CONTAINS and later.operator == BEGINS and bool(mine) and mine in other


def _same_covers(operator: str, mine: str, other: str) -> bool:
    if operator in (CONTAINS, BEGINS, AT_LEAST, AT_MOST):
        return OPERATORS[operator].fits(other, mine)
    return operator == GIVEN or mine == other
