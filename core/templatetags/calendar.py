"""Lists of what happened are narrowed by date: by the calendar from the first row to the last, whatever lies between.

Django's own hierarchy asks every row for its day, so it costs more with each chat that is stored.
"""

from datetime import date, timedelta

from django import template
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime

register = template.Library()

UNITS = ("year", "month", "day")
FORMATS = ("Y", "YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT")


@register.inclusion_tag("admin/date_hierarchy.html")
def calendar(cl):
    """Two looks at an index. Without a choice it begins where there is one."""
    days, chosen = _days(cl), _chosen(cl)
    choices = _choices(days, chosen)
    while not _given(cl) and len(choices) == 1 and len(chosen) < 2:
        chosen = choices[0]
        choices = _choices(days, chosen)
    return {"show": bool(days), "back": _back(cl, chosen), "choices": [_choice(cl, parts) for parts in choices]}


def _days(cl) -> list[date]:
    rows = cl.model._default_manager.order_by(cl.date_hierarchy).values_list(cl.date_hierarchy, flat=True)
    first, last = rows.first(), rows.last()
    if first is None:
        return []
    first, last = localtime(first).date(), localtime(last).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _given(cl) -> list[str]:
    found = [cl.params.get(f"{cl.date_hierarchy}__{unit}") for unit in UNITS]
    return found[: found.index(None)] if None in found else found


def _chosen(cl) -> tuple[int, ...]:
    """Numbers, or the list would have been refused."""
    return tuple(int(text) for text in _given(cl))


def _choices(days: list[date], chosen: tuple) -> list[tuple[int, ...]]:
    """The years there are, the months of a year, the days of a month; the day itself."""
    parts = [(day.year, day.month, day.day) for day in days]
    return sorted({each[: len(chosen) + 1] for each in parts if each[: len(chosen)] == chosen})


def _choice(cl, parts: tuple[int, ...]) -> dict:
    link = {} if len(_given(cl)) == len(UNITS) else {"link": _link(cl, parts)}
    return {"title": _title(parts), **link}


def _back(cl, chosen: tuple[int, ...]) -> dict | None:
    if not chosen:
        return None
    above = chosen[:-1][:2]
    return {"link": _link(cl, above), "title": _title(above) if above else "All dates"}


def _link(cl, parts: tuple[int, ...]) -> str:
    name = cl.date_hierarchy
    return cl.get_query_string(
        {f"{name}__{unit}": part for unit, part in zip(UNITS, parts, strict=False)}, [f"{name}__"]
    )


def _title(parts: tuple[int, ...]) -> str:
    return capfirst(date_format(date(*parts, *(1, 1)[len(parts) - 1 :]), FORMATS[len(parts) - 1]))
