"""Sums: the facts of each quarter hour, counted and added by what reports group them by. Times in milliseconds.

All offsets from UTC that are in use are whole quarter hours, so each interval in each zone is made of these rows.
"""

from django.db import models

Count = models.PositiveIntegerField
Time = models.PositiveBigIntegerField


class Sum(models.Model):
    """`quarter`: the quarter hour since 1970. `belongs_by`: by whose group it belongs to a scope."""

    belongs_by = "agent"

    quarter = models.PositiveIntegerField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.quarter}"


class InteractionSum(Sum):
    belongs_by = "queue"

    point = models.UUIDField(null=True)
    queue = models.UUIDField(null=True)
    started = Count()
    messages = Count()
    reached = Count()
    ended = Count()
    closed = Count()
    left = Count()
    gone = Count()
    idle = Count()
    conferences = Count()
    consulted = Count()
    transferred = Count()
    first_wait = Time()
    duration = Time()


class WaitSum(Sum):
    belongs_by = "queue"

    queue = models.UUIDField(null=True)
    offered = Count()
    answered = Count()
    abandoned = Count()
    to_message = Count()
    otherwise = Count()
    overflowed = Count()
    within_10 = Count()
    within_20 = Count()
    within_30 = Count()
    within_60 = Count()
    within_120 = Count()
    answer_wait = Time()
    abandon_wait = Time()
    longest = Time()
    messages = Count()
    messages_taken = Count()


class SegmentSum(Sum):
    agent = models.UUIDField()
    queue = models.UUIDField(null=True)
    via = models.CharField(max_length=12)
    segments = Count()
    handled = Count()
    lost = Count()
    done = Count()
    by_system = Count()
    handling = Time()
    wrap_up = Time()
    conference = Time()
    consultation = Time()
    call = Time()
    firsts = Count()
    first = Time()
    replies = Count()
    reply_time = Time()


class RequestSum(Sum):
    kind = models.CharField(max_length=12)
    type = models.CharField(max_length=16)
    agent = models.UUIDField(null=True)
    asked = Count()
    accepted = Count()
    rejected = Count()
    expired = Count()
    cancelled = Count()
    withdrawn = Count()
    taken = Time()


class OutcomeSum(Sum):
    queue = models.UUIDField(null=True)
    agent = models.UUIDField()
    label = models.CharField(max_length=400, blank=True)
    chosen = Count()


class SurveySum(Sum):
    queue = models.UUIDField(null=True)
    agent = models.UUIDField(null=True)
    label = models.CharField(max_length=130)
    answer = models.CharField(max_length=200)
    answers = Count()
    rated = Count()
    points = Count()
    high = Count()


class StatusSum(Sum):
    """Time that a channel of an agent spent in one status, within one quarter hour. Logged off is not kept."""

    agent = models.UUIDField()
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=60, blank=True)
    spent = Time()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "agent", "channel", "status", "reason"], name="one_sum_per_status_and_quarter"
            )
        ]
