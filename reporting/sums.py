"""Which sums are kept of which facts: the one place that says what is counted and added."""

from dataclasses import dataclass, field

from django.db.models import Aggregate, Count, F, Max, Model, Q, Sum
from django.db.models.functions import Coalesce

from .models import (
    InteractionFact,
    InteractionSum,
    OutcomeFact,
    OutcomeSum,
    RequestFact,
    RequestSum,
    SegmentFact,
    SegmentSum,
    SurveyFact,
    SurveySum,
    WaitFact,
    WaitSum,
)

THRESHOLDS = (10, 20, 30, 60, 120)
HIGH = 4  # of 5: whoever rates so is content


def count(**conditions) -> Aggregate:
    return Count("pk", filter=Q(**conditions))


def total(column: str, **conditions) -> Aggregate:
    return Coalesce(Sum(column, filter=Q(**conditions)), 0)


@dataclass(frozen=True)
class Kept:
    """Sums of one kind of fact. `greatest`: those of which the largest is kept instead."""

    facts: type[Model]
    sums: type[Model]
    keys: tuple[str, ...]
    values: dict[str, Aggregate]
    greatest: frozenset = field(default_factory=frozenset)

    def of(self, facts) -> list[dict]:
        """The sums of these facts, by quarter hour and keys."""
        return list(facts.order_by().values("quarter", *self.keys).annotate(**self.values))

    def again(self, name: str) -> Aggregate:
        """How sums of several quarter hours make one."""
        return Max(name) if name in self.greatest else Sum(name)


IN_LINE = {"offline": False}
SEATED = ~Q(via="consult")  # whom one consults has nothing to mark done
ANSWERED, ABANDONED = {**IN_LINE, "outcome": WaitFact.ANSWERED}, {**IN_LINE, "outcome": WaitFact.ABANDONED}

INTERACTIONS = Kept(
    InteractionFact,
    InteractionSum,
    ("point", "queue"),
    {
        "started": count(),
        "messages": count(offline=True),
        "reached": count(waited__isnull=False),
        "ended": count(ended_at__isnull=False),
        "closed": count(cause="end"),
        "left": count(cause="left"),
        "gone": count(cause="grace"),
        "idle": count(cause="idle"),
        "conferences": count(conference=True),
        "consulted": count(consultations__gt=0),
        "transferred": count(transfers__gt=0),
        "first_wait": total("waited"),
        "duration": total("duration"),
    },
)
WAITS = Kept(
    WaitFact,
    WaitSum,
    ("queue",),
    {
        "offered": count(**IN_LINE),
        "answered": count(**ANSWERED),
        "abandoned": count(**ABANDONED),
        "to_message": count(**IN_LINE, outcome=WaitFact.MESSAGE),
        "otherwise": count(**IN_LINE, outcome=WaitFact.OTHER),
        "overflowed": Count("pk", filter=Q(**ANSWERED) & ~Q(through=F("queue"))),
        **{f"within_{limit}": count(**ANSWERED, waited__lte=limit * 1000) for limit in THRESHOLDS},
        "answer_wait": total("waited", **ANSWERED),
        "abandon_wait": total("waited", **ABANDONED),
        "longest": Coalesce(Max("waited", filter=Q(**IN_LINE)), 0),
        "messages": count(offline=True),
        "messages_taken": count(offline=True, outcome=WaitFact.ANSWERED),
    },
    frozenset({"longest"}),
)
SEGMENTS = Kept(
    SegmentFact,
    SegmentSum,
    ("agent", "queue", "via"),
    {
        "segments": count(),
        "handled": count(left_at__isnull=False),
        "lost": count(cause="lost"),
        "done": Count("pk", filter=Q(done_at__isnull=False) & SEATED),
        "by_system": Count("pk", filter=Q(by_system=True) & SEATED),
        "handling": total("handling"),
        "wrap_up": Coalesce(Sum("wrap_up", filter=SEATED), 0),
        "conference": total("conference"),
        "consultation": total("consultation"),
        "call": total("call"),
        "firsts": count(first__isnull=False, via="route"),
        "first": total("first", via="route"),
        "replies": total("replies"),
        "reply_time": total("reply_time"),
    },
)
REQUESTS = Kept(
    RequestFact,
    RequestSum,
    ("kind", "type", "agent"),
    {
        "asked": count(),
        "accepted": count(state="accepted"),
        "rejected": count(state="rejected"),
        "expired": count(state="expired"),
        "cancelled": count(state="cancelled"),
        "withdrawn": count(state="revoked"),
        "taken": total("taken"),
    },
)
OUTCOMES = Kept(OutcomeFact, OutcomeSum, ("queue", "agent", "label"), {"chosen": count()})
SURVEYS = Kept(
    SurveyFact,
    SurveySum,
    ("queue", "agent", "label", "answer"),
    {
        "answers": count(),
        "rated": count(rating__isnull=False),
        "points": total("rating"),
        "high": count(rating__gte=HIGH),
    },
)

KEPT = (INTERACTIONS, WAITS, SEGMENTS, REQUESTS, OUTCOMES, SURVEYS)
ALL = tuple(kept.sums for kept in KEPT)


def renew(touched: dict[type[Model], set[int]]) -> None:
    """Make the sums of these quarter hours again from their facts. Part of a larger change."""
    for kept in KEPT:
        quarters = touched[kept.facts]
        kept.sums.objects.filter(quarter__in=quarters).delete()
        rows = kept.of(kept.facts.objects.filter(quarter__in=quarters))
        kept.sums.objects.bulk_create([kept.sums(**row) for row in rows], batch_size=1000)
