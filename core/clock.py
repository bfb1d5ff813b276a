"""The one place that reads the time; edges call it, actions get `now` as an argument."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, UTC, aware."""
    return timezone.now()
