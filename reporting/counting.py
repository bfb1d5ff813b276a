"""From the journal to facts and sums: some events of the feed at a time, each once, whoever else counts.

The interactions that these events are about are folded anew from all that the journal has of them, and replace what
was there; the sums of the quarter hours that this touches are made again from the facts. Status times are added up as
the events come, in the order of the feed.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from core import feed
from core.models import Event, FeedHead

from . import calls, statuses, sums
from .folding import Facts, Told, fold
from .models import (
    CallFact,
    InteractionFact,
    OpenStatus,
    OutcomeFact,
    Progress,
    RequestFact,
    SegmentFact,
    StatusSum,
    SurveyFact,
    WaitFact,
)

BATCH = 500
# What is told of agents alone, whose histories never end and hold nothing but statuses, and what tells no fact.
ASIDE = ("agent.", "interaction.erased")
AT_ONCE = 20  # batches that who asks for a report waits for
INTERACTIONS = (WaitFact, SegmentFact, RequestFact, OutcomeFact, SurveyFact)
FACTS = (InteractionFact, WaitFact, SegmentFact, RequestFact, OutcomeFact, SurveyFact)


def due(now: datetime) -> list:
    """Rows of which any says that something was not counted."""
    counted = Coalesce(Subquery(Progress.objects.values("position")[:1]), 0)
    return [feed.without_place(), FeedHead.objects.filter(last__gt=counted)]


def catch_up(now: datetime | None = None, *, limit: int = BATCH) -> bool:
    """Count the next events. Is there more?"""
    start = Progress.current()
    events = feed.after(start, limit)
    if not events:
        return False
    upto = events[-1].position
    called = calls_of({event.subject for event in events if event.name.startswith(calls.NAMED)}, upto)
    subjects = {event.subject for event in events if not event.name.startswith((*ASIDE, calls.NAMED))}
    subjects |= {call.interaction for call in called}
    facts = fold_all(subjects, upto, [*_known_calls(subjects, called), *called])
    with transaction.atomic():
        if Progress.objects.filter(pk=1, position=start).update(position=upto):
            _keep(called)
            _store(subjects, facts)
            statuses.add(events)
    return len(events) == limit


def catch_up_now() -> None:
    """What a report waits for: all that is there, unless that is very much."""
    for _ in range(AT_ONCE):
        if not catch_up():
            return


def behind() -> int:
    """How many events of the feed are not counted yet."""
    last = FeedHead.objects.filter(pk=1).values_list("last", flat=True).first() or 0
    return max(0, last - Progress.current())


@transaction.atomic
def forget() -> None:
    """Back to nothing counted; the journal has it all."""
    Progress.current()
    Progress.objects.filter(pk=1).update(position=0)
    for model in (*FACTS, CallFact, *sums.ALL, StatusSum, OpenStatus):
        _empty(model)


def _empty(model) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: S608


def fold_all(subjects: Iterable[UUID], upto: int, called: Iterable[CallFact]) -> Facts:
    """The facts that the journal tells of these interactions, up to a place in the feed. `called`: all their calls."""
    spoken, found = defaultdict(list), Facts()
    for call in called:
        spoken[call.interaction].append(call)
    for subject, events in _told(subjects, upto):
        found.add(fold(subject, events, spoken[subject]))
    return found


def calls_of(subjects: Iterable[UUID], upto: int) -> list[CallFact]:
    """The facts that the journal tells of these calls, up to a place in the feed."""
    found = (calls.fold_call(subject, events) for subject, events in _told(subjects, upto))
    return [call for call in found if call is not None]


def _told(subjects: Iterable[UUID], upto: int) -> Iterable[tuple[UUID, Iterable[Told]]]:
    rows = Event.objects.filter(subject__in=subjects, position__lte=upto).order_by("subject", "version")
    return groupby(map(Told._make, rows.values_list(*Told._fields).iterator()), key=attrgetter("subject"))


def _known_calls(subjects: set[UUID], but: list[CallFact]) -> QuerySet[CallFact]:
    return CallFact.objects.filter(interaction__in=subjects).exclude(pk__in=[call.pk for call in but])


def _keep(called: list[CallFact]) -> None:
    CallFact.objects.filter(pk__in=[call.pk for call in called]).delete()
    CallFact.objects.bulk_create(called, batch_size=1000)


def _store(subjects: set[UUID], facts: Facts) -> None:
    touched = {model: _quarters(model, subjects) for model in FACTS}
    for rows in facts.rows():
        for row in rows:
            touched[type(row)].add(row.quarter)
    for model in INTERACTIONS:
        model.objects.filter(interaction__in=subjects).delete()
    InteractionFact.objects.filter(pk__in=subjects).delete()
    for model, rows in zip(FACTS, facts.rows(), strict=True):
        model.objects.bulk_create(rows, batch_size=1000)
    sums.renew(touched)


def _quarters(model, subjects: set[UUID]) -> set[int]:
    key = "pk__in" if model is InteractionFact else "interaction__in"
    return set(model.objects.filter(**{key: subjects}).order_by().values_list("quarter", flat=True).distinct())
