"""Facts: one row for each thing that reports count, told by the journal and made from it again at any time.

Ids are those of the journal, without foreign keys: what it tells stays true when a queue or an agent is gone.
Times are in milliseconds. `quarter`: the quarter hour since 1970 in which `at` lies.
"""

from django.db import models


class Fact(models.Model):
    """Counted in the interval in which it began. `belongs_by`: by whose group it belongs to a scope."""

    belongs_by = "agent"

    at = models.DateTimeField()
    quarter = models.PositiveIntegerField()

    class Meta:
        abstract = True


class InteractionFact(Fact):
    """One interaction. `waited`: until the first agent joined; null while none has, or for none ever."""

    belongs_by = "queue"

    id = models.UUIDField(primary_key=True)
    point = models.UUIDField(null=True)
    queue = models.UUIDField(null=True)
    offline = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=12, blank=True)
    waited = models.PositiveBigIntegerField(null=True)
    duration = models.PositiveBigIntegerField(null=True)
    agents = models.PositiveSmallIntegerField(default=0)
    conference = models.BooleanField(default=False)
    consultations = models.PositiveSmallIntegerField(default=0)
    transfers = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["quarter", "at", "id"], name="interaction_fact")]

    def __str__(self) -> str:
        return f"interaction {self.id}"

    @property
    def interaction(self):
        return self.id


class WaitFact(Fact):
    """One stay of a chat in a queue, from its place in line until an agent took it or it left the line."""

    belongs_by = "queue"
    OPEN, ANSWERED, ABANDONED, MESSAGE, OTHER = "", "answered", "abandoned", "message", "other"

    interaction = models.UUIDField(db_index=True)
    queue = models.UUIDField(null=True)
    offline = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    through = models.UUIDField(null=True)
    agent = models.UUIDField(null=True)
    waited = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["quarter", "at", "id"], name="wait_fact")]

    def __str__(self) -> str:
        return f"wait of {self.interaction}"


class SegmentFact(Fact):
    """One agent's stretch of work. `via`: the kind of invitation it began with, or "returned"."""

    id = models.UUIDField(primary_key=True)
    interaction = models.UUIDField(db_index=True)
    agent = models.UUIDField()
    queue = models.UUIDField(null=True)
    via = models.CharField(max_length=12)
    left_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=12, blank=True)
    by_system = models.BooleanField(default=False)
    handling = models.PositiveBigIntegerField(null=True)
    wrap_up = models.PositiveBigIntegerField(null=True)
    conference = models.PositiveBigIntegerField(default=0)
    consultation = models.PositiveBigIntegerField(default=0)
    call = models.PositiveBigIntegerField(default=0)
    first = models.PositiveBigIntegerField(null=True)
    replies = models.PositiveIntegerField(default=0)
    reply_time = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["quarter", "at", "id"], name="segment_fact")]

    def __str__(self) -> str:
        return f"segment {self.id}"


class CallFact(Fact):
    """One voice call of two agents about an interaction, from when both heard each other."""

    id = models.UUIDField(primary_key=True)
    interaction = models.UUIDField(db_index=True)
    caller = models.UUIDField()
    callee = models.UUIDField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"call {self.id}"


class RequestFact(Fact):
    """One request to an internal target: conference, consultation, transfer. `agent`: who asked."""

    id = models.UUIDField(primary_key=True)
    interaction = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=12)
    type = models.CharField(max_length=16)
    target = models.UUIDField(null=True)
    agent = models.UUIDField(null=True)
    state = models.CharField(max_length=10, blank=True)
    ended_at = models.DateTimeField(null=True)
    taken = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["quarter", "at", "id"], name="request_fact")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class OutcomeFact(Fact):
    """One code of a segment marked done; an empty label where it has none."""

    interaction = models.UUIDField(db_index=True)
    segment = models.UUIDField()
    agent = models.UUIDField()
    queue = models.UUIDField(null=True)
    label = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["quarter", "at", "id"], name="outcome_fact")]

    def __str__(self) -> str:
        return self.label


class SurveyFact(Fact):
    """One answer of a contact, to a rating or a choice. `agent`, `queue`: of the last part of the chat.

    What contacts wrote in their own words stands in no journal. `rating`: 1 to 5; null for a choice, whose `answer` it
    is in words.
    """

    interaction = models.UUIDField(db_index=True)
    agent = models.UUIDField(null=True)
    queue = models.UUIDField(null=True)
    label = models.CharField(max_length=130)
    answer = models.CharField(max_length=200)
    rating = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["quarter", "at", "id"], name="survey_fact")]

    def __str__(self) -> str:
        return f"{self.label}: {self.answer}"
