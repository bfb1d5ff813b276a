"""How far the journal was counted."""

from django.db import models


class Progress(models.Model):
    """One row: the place in the feed up to which all is counted."""

    position = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"counted up to {self.position}"

    @classmethod
    def current(cls) -> int:
        row = cls.objects.filter(pk=1).first()
        if row is None:
            cls.objects.bulk_create([cls(pk=1)], ignore_conflicts=True)
        return row.position if row else 0


class OpenStatus(models.Model):
    """The status that a channel of an agent has at the end of what was counted, and since when."""

    belongs_by = "agent"

    agent = models.UUIDField()
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=20)
    reason = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "channel"], name="one_open_status_per_channel")]

    def __str__(self) -> str:
        return f"{self.agent} {self.status}"
