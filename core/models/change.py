"""Changes of the configuration: of each row what it was and what it became, and whole states to go back to."""

import uuid

from django.db import models


class Change(models.Model):
    """One row of the configuration changed. `before` or `after` is null where it was added or removed."""

    FORM, FILE, BACK, REVERT = "form", "file", "back", "revert"
    WAYS = [(FORM, "by form"), (FILE, "by file"), (BACK, "by going back"), (REVERT, "by reverting")]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    who = models.CharField(max_length=150)
    way = models.CharField(max_length=10, choices=WAYS)
    section = models.CharField(max_length=40)
    row = models.CharField(max_length=300, blank=True)
    former = models.CharField(max_length=300, blank=True)  # its name before, where it got another
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["section", "row"], name="change_of_row")]

    def __str__(self) -> str:
        return f"{self.section} {self.row}".strip()


class KeptState(models.Model):
    """The whole configuration as it was before a file was applied."""

    at = models.DateTimeField()
    who = models.CharField(max_length=150)
    text = models.TextField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"state before {self.at:%Y-%m-%d %H:%M:%S}"
