"""Opening hours."""

import uuid
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models

from routing.hours import Schedule, Span

DAYS = list(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")))


def check_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"There is no time zone {name}. Write it as Europe/Berlin.")


class OpeningHours(models.Model):
    """When a queue is open: a week, and exceptions for single days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True, help_text="For administrators, e.g. Office hours.")
    time_zone = models.CharField(
        max_length=64, default="UTC", validators=[check_zone], help_text="Where the clock hangs, e.g. Europe/Berlin."
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "opening hours"

    def __str__(self) -> str:
        return self.name

    def schedule(self) -> Schedule:
        """As the pure functions of `routing.hours` take it."""
        week: dict = {}
        for row in self.week.all():
            week.setdefault(row.weekday, []).append(Span(row.opens, row.closes))
        exceptions: dict = {}
        for row in self.exceptions.all():
            spans = exceptions.setdefault(row.day, [])
            if row.opens is not None:
                spans.append(Span(row.opens, row.closes))
        return Schedule(ZoneInfo(self.time_zone).key, week, exceptions)


class OpenSpan(models.Model):
    """Open on one weekday. Midnight as end is 0:00; an end before the start reaches into the next day."""

    hours = models.ForeignKey(OpeningHours, on_delete=models.CASCADE, related_name="week")
    weekday = models.PositiveSmallIntegerField(choices=DAYS)
    opens = models.TimeField(help_text="e.g. 8:00")
    closes = models.TimeField(help_text="e.g. 18:00")

    class Meta:
        ordering = ["weekday", "opens"]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M} to {self.closes:%H:%M}"


class OpeningException(models.Model):
    """One day that is otherwise: closed (both times empty), or open at these times instead."""

    hours = models.ForeignKey(OpeningHours, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField()
    opens = models.TimeField(null=True, blank=True, help_text="Empty: closed all day.")
    closes = models.TimeField(null=True, blank=True)
    name = models.CharField(max_length=80, blank=True, help_text="Why, e.g. New Year's Day.")

    class Meta:
        ordering = ["day", "opens"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}".strip()

    def clean(self):
        if (self.opens is None) != (self.closes is None):
            raise ValidationError("Give both times, or none for a day that is closed.")
