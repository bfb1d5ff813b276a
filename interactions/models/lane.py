"""Lanes and who reads them."""

from django.db import models
from django.db.models import F

from .party import Party

PUBLIC, INTERNAL = "public", "internal"


class Lane(models.Model):
    """A stretch of transcript with its own readers and numbers.

    Of the public lane: `unanswered_since`: since when a line of the contact waits for an answer. `quiet_since`: since
    when the contact owes an answer and nobody types. `warned_at`: when the contact was told that the chat will close.

    Each line changes its lane, so no index holds what changes then: those that ask for a clock ask for the state of
    the chat first.
    """

    interaction = models.ForeignKey(
        "interactions.Interaction", on_delete=models.CASCADE, related_name="lanes", db_index=False
    )
    name = models.CharField(max_length=36)
    head = models.PositiveBigIntegerField(default=0)
    unanswered_since = models.DateTimeField(null=True)
    quiet_since = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["interaction", "id"]
        constraints = [models.UniqueConstraint(fields=["interaction", "name"], name="one_lane_per_name")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def lock(cls, interaction) -> dict[str, "Lane"]:
        """Take all lanes of an interaction, by name: membership is about to change, no line may slip past."""
        cls.objects.filter(interaction=interaction).update(head=F("head"))
        return {lane.name: lane for lane in cls.objects.filter(interaction=interaction)}


class ReaderQuerySet(models.QuerySet):
    def shown(self):
        """Those whose marks the lane's other readers see: nobody hears how far a consultant reads along."""
        return self.filter(along=False)


class Reader(models.Model):
    """A party's right to one lane: lines `start` to `until` (null: to the head).

    Their marks: up to where lines have arrived in a browser of theirs (`delivered`), and were before their eyes
    (`seen`, never above `delivered`). Those of who reads `along`, as a consultant, are nobody else's business.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="readers", db_index=False)
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="readers")
    start = models.PositiveBigIntegerField(default=1)
    until = models.PositiveBigIntegerField(null=True)
    delivered = models.PositiveBigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    along = models.BooleanField(default=False)

    objects = ReaderQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "lane"], name="one_reader_per_lane")]

    def __str__(self) -> str:
        return f"{self.party} reads {self.lane}"

    def head(self) -> int:
        """The last number this reader may read."""
        return self.lane.head if self.until is None else self.until
