"""Which queue: ordered rules on what is known of a chat when it comes; the first that fits decides. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from uuid import UUID

from routing.hours import Schedule, is_open


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
        yield _plain(rule.contact) in _plain(sample.contact), f"the contact is not “{rule.contact}”"
    if rule.language:
        there = f"“{sample.language}”" if sample.language else "not known"
        yield rule.language == sample.language, f"the language is {there}, it asks for “{rule.language}”"
    if rule.page:
        yield _plain(rule.page) in _plain(sample.page), f"the page's address does not contain “{rule.page}”"
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
    return OPERATORS[operator].fits(_plain(answer), _plain(value))


def _plain(text: str) -> str:
    return text.strip().casefold()


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
    return _comparable(_plain(value), _plain(value)) is not None


# --- rules that are never reached ---------------------------------------------------------------


def unreached(rules: Sequence[Rule]) -> list[tuple[int, int]]:
    """(number of a rule that no chat reaches, number of the earlier rule that takes all of its chats)."""
    found = []
    for later, rule in enumerate(rules, 1):
        taker = next((number for number, one in enumerate(rules[: later - 1], 1) if covers(one, rule)), None)
        if taker is not None:
            found.append((later, taker))
    return found


def covers(earlier: Rule, later: Rule) -> bool:
    """Does every chat that fits the later rule fit the earlier one, too? False where that cannot be told."""
    return (
        _field_covers(earlier, later)
        and _plain(earlier.contact) in _plain(later.contact)
        and earlier.language in ("", later.language)
        and _plain(earlier.page) in _plain(later.page)
        and earlier.hours in (None, later.hours)
    )


def _field_covers(earlier: Rule, later: Rule) -> bool:
    if not earlier.field:
        return True
    if earlier.field != later.field:
        return False
    mine, other = _plain(earlier.value), _plain(later.value)
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
