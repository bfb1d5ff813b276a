"""Is what was counted what the journal tells? Everything is counted again, beside what is stored."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.db.models import Model, QuerySet

from core.models import Event

from . import statuses, sums
from .counting import FACTS, calls_of, fold_all
from .models import CallFact, InteractionFact, OpenStatus, Progress, StatusSum

AT_ONCE = 1_000


def differences() -> Iterator[str]:
    """In words, each difference between what is stored and a recount of the journal up to the same place."""
    upto = Progress.current()
    yield from _facts(upto)
    for kept in sums.KEPT:
        yield from _sums(kept)
    yield from _statuses(upto)


def _facts(upto: int) -> Iterator[str]:
    subjects, called = _subjects("interaction.started", upto), []
    for some in _some(_subjects("call.connected", upto)):
        called += calls_of(some, upto)
    yield from _differ(CallFact, called, CallFact.objects.all())
    counted = 0
    for some in _some(subjects):
        mine = set(some)
        facts = fold_all(some, upto, [call for call in called if call.interaction in mine])
        counted += len(facts.interactions)
        for model, rows in zip(FACTS, facts.rows(), strict=True):
            yield from _compare(model, rows, some)
    stored = InteractionFact.objects.count()
    if stored != counted:
        yield f"{stored} interactions are stored, the journal tells of {counted}"


def _some(subjects: Iterator) -> Iterator[list]:
    while some := list(islice(subjects, AT_ONCE)):
        yield some


def _subjects(name: str, upto: int) -> Iterator:
    """Of whom this event tells; it comes once in each history."""
    started = Event.objects.filter(name=name, position__lte=upto)
    return started.order_by("subject").values_list("subject", flat=True).iterator(chunk_size=AT_ONCE)


def _compare(model: type[Model], rows: list, subjects: list) -> Iterator[str]:
    key = "pk__in" if model is InteractionFact else "interaction__in"
    yield from _differ(model, rows, model.objects.filter(**{key: subjects}))


def _differ(model: type[Model], rows: list, held: QuerySet) -> Iterator[str]:
    told, stored = Counter(map(_content, rows)), Counter(map(_content, held))
    for content in (told - stored) | (stored - told):
        yield f"{model.__name__} of {content[0]}: {'missing' if told[content] else 'too many'}: {content[1:]}"


def _content(row: Model) -> tuple:
    """All of a fact but a number that the database gave."""
    names = [field.name for field in row._meta.concrete_fields if field.get_internal_type() != "BigAutoField"]
    return (row.interaction, *(getattr(row, name) for name in names))


def _sums(kept: sums.Kept) -> Iterator[str]:
    again = {_key(kept, row): row for row in kept.of(kept.facts.objects.all())}
    stored = {_key(kept, row): row for row in kept.sums.objects.values("quarter", *kept.keys, *kept.values)}
    for key in again.keys() | stored.keys():
        if again.get(key) != stored.get(key):
            yield f"{kept.sums.__name__} of {key}: {stored.get(key)} is stored, {again.get(key)} is right"


def _key(kept: sums.Kept, row: dict) -> tuple:
    return tuple(row[name] for name in ("quarter", *kept.keys))


def _statuses(upto: int) -> Iterator[str]:
    events = Event.objects.filter(position__lte=upto).order_by("position").only("at", "data")
    current: dict = {}
    spent = statuses.run(current, statuses.changes(events.iterator()))
    keys = ("quarter", "agent", "channel", "status", "reason")
    stored = {row[:-1]: row[-1] for row in StatusSum.objects.values_list(*keys, "spent")}
    for key in spent.keys() | stored.keys():
        if spent.get(key, 0) != stored.get(key, 0):
            yield f"Status time {key}: {stored.get(key)} is stored, {spent.get(key)} is right"
    about = ("agent", "channel", "status", "reason", "since")
    told = {tuple(getattr(row, name) for name in about) for row in current.values()}
    for row in told ^ set(OpenStatus.objects.values_list(*about)):
        yield f"Status now {row}: the journal and what is stored differ"
