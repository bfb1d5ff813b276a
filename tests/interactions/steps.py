"""What every action must do, and what every refusal and every repeat must leave alone."""

from contextlib import contextmanager

import msgspec
import pytest
from django.apps import apps
from django.db import connection
from django.test import TestCase

from core import realtime
from core.errors import ParleyError
from core.models import Event
from interactions import events
from interactions.models import Interaction
from tests.support import assert_publishes, fresh

APPS = ("agents", "routing", "interactions", "core")


def rows() -> dict:
    """Every row of every table of the product, as the database has it."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    with connection.cursor() as cursor:
        return {model._meta.label: _rows(cursor, model._meta.db_table) for model in models}


def _rows(cursor, table: str) -> list[str]:
    cursor.execute(f'SELECT * FROM "{table}"')
    return sorted(map(repr, cursor.fetchall()))


@contextmanager
def leaves_all_alone():
    """Inside nothing is written, nothing is said."""
    before = rows()
    with realtime.capture() as posts, TestCase.captureOnCommitCallbacks(execute=True):
        yield
    after = rows()
    assert {name: after[name] for name in after if after[name] != before[name]} == {}
    assert posts == []


@contextmanager
def refused(code: str, words: str = ""):
    """The action inside is refused with this code and leaves no row, no version, no event, no push."""
    with leaves_all_alone(), pytest.raises(ParleyError) as refusal:
        yield refusal
    assert refusal.value.code == code
    assert words in refusal.value.message


@contextmanager
def happens(world, chat: Interaction, name: str):
    """One action inside: one version, one event, told to everybody as it is.

    The contact's version rises by one if what they see has changed, and only then.
    """
    before, seen, count = fresh(chat), as_the_contact_sees(chat), Event.objects.count()
    with assert_publishes(world, chat):
        yield
    after = fresh(chat)
    event = Event.objects.latest("id")
    assert (event.name, event.subject, event.version) == (name, chat.id, after.version)
    assert (after.version, Event.objects.count()) == (before.version + 1, count + 1)
    assert after.public_version - before.public_version == (as_the_contact_sees(chat) != seen)


def as_the_contact_sees(chat: Interaction) -> dict:
    """Their snapshot without its numbers."""
    found = Interaction.objects.select_related("contact", "routing_point", "owner__agent", "queue").get(pk=chat.pk)
    view = msgspec.to_builtins(events.snapshot_for_contact(found))
    return {key: value for key, value in view.items() if key not in ("public_version", "number")}


def lines(chat: Interaction, lane: str) -> list[str]:
    """The texts of a lane, in order."""
    return list(chat.lanes.get(name=lane).messages.order_by("number").values_list("text", flat=True))
