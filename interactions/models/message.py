"""Messages: the lines of the lanes."""

from django.db import models

from .lane import Lane
from .party import Party


class Message(models.Model):
    """One line. Its place is its number in its lane; its time is only shown.

    Every index is paid for by every line: the two unique ones begin with the keys, so these have none of their own.
    """

    TEXT, SYSTEM = "text", "system"

    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="messages", db_index=False)
    number = models.PositiveBigIntegerField()
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="messages", db_index=False)
    kind = models.CharField(max_length=8, choices=[(TEXT, "Text"), (SYSTEM, "System")], default=TEXT)
    client_id = models.UUIDField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["lane", "number"]
        constraints = [
            models.UniqueConstraint(fields=["lane", "number"], name="one_line_per_number"),
            models.UniqueConstraint(fields=["party", "client_id"], name="one_line_per_client_id"),
        ]

    def __str__(self) -> str:
        return f"{self.lane_id} #{self.number}"
