"""A moment as a person writes it, by the clock of the site: an hour may come twice, or not at all."""

from datetime import UTC, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

FIRST, SECOND = "first", "second"


class WallClock(forms.DateTimeField):
    """What a clock on the wall shows; which moment that is, `moment` says."""

    def to_python(self, value):
        with timezone.override(UTC):
            found = super().to_python(value)
        return found and found.replace(tzinfo=None)


def twice(shown: datetime) -> list[tuple[str, str]]:
    """To choose from, where the clock shows this twice; else nothing."""
    both = [_at(shown, which) for which in (FIRST, SECOND)]
    if not _comes(shown) or both[0].utcoffset() == both[1].utcoffset():
        return []
    return [(which, f"the {which} {at:%H:%M}, {at:%Z}") for which, at in zip((FIRST, SECOND), both, strict=True)]


def moment(shown: datetime, which: str = FIRST) -> datetime:
    """Raises ValidationError where the clock never shows this."""
    if _comes(shown):
        return _at(shown, which).astimezone(UTC)
    zone = timezone.get_current_timezone_name()
    words = f"There is no {shown:%H:%M} on this day in {zone}: clocks are put forward past it."
    raise ValidationError(f"{words} Choose an earlier or a later time.")


def _at(shown: datetime, which: str) -> datetime:
    return shown.replace(tzinfo=timezone.get_current_timezone(), fold=int(which == SECOND))


def _comes(shown: datetime) -> bool:
    zone = timezone.get_current_timezone()
    return any(
        _at(shown, which).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) == shown
        for which in (FIRST, SECOND)
    )
