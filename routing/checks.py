"""`manage.py check --database default` names what in the configuration of routing cannot work."""

from django.core.checks import Info, Tags, Warning, register
from django.db import DatabaseError

from core.clock import now


@register(Tags.database)
def routing(databases=None, **kwargs) -> list:
    """Before the first migration, or between two, there is nothing to look at."""
    if not databases:
        return []
    from . import mistakes  # models are not there yet when this module is imported

    try:
        found = mistakes.find(now())
    except DatabaseError:
        return []
    return [_message(each) for each in found]


def _message(mistake) -> Warning | Info:
    kind, id = (Info, "parley.I101") if mistake.harmless else (Warning, "parley.W101")
    return kind(mistake.words, hint=mistake.hint or None, id=id)
