"""Expressions that SQLite and PostgreSQL read alike."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Replace


def hexed(field) -> Replace:
    """A UUID as its 32 digits: cheaper to read than UUIDs where there are thousands."""
    return Replace(Cast(field, CharField()), Value("-"), Value(""))
