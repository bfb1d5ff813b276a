"""A chat that the product made, made again many times: all its rows with new ids and times, as fast as they can go.

Which tables and columns there are is read from the models, so the copies are whole whatever a chat is made of.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from core.models import Event, FeedHead
from interactions.models import Interaction

HEX = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FRESH = {"client_key", "token"}  # unique secrets: nobody knows what they were made of
STEP = 1 << 12  # ids of one chat follow each other
SELDOM = 1 / 12


class Kept(list):
    """The rows of one table. `numbers`: {primary key: place} where ids are counted by the database."""

    def __init__(self, model: type[models.Model], rows):
        super().__init__(rows)
        self.model = model
        self.fields = model._meta.concrete_fields
        counted = model._meta.pk.get_internal_type() == "BigAutoField"
        self.numbers = {row.pk: place for place, row in enumerate(self)} if counted else {}


class Template:
    """All rows of one chat. `agents`: ids of those who took part, others take their places in copies."""

    def __init__(self, chat: Interaction, agents: list[UUID]):
        self.born, self.agents = chat.created_at, [str(id) for id in agents]
        self.tables = {kept.model: kept for kept in _rows_of(chat)}
        self.ids = {str(row.pk): None for kept in self.tables.values() if not kept.numbers for row in kept}
        self.ids |= {str(event.uid): None for event in self.tables[Event]}
        self.ids = {id: place for place, id in enumerate(self.ids)}

    def rows(self, kept: Kept) -> Callable:
        """(ids, first numbers, agents, secret, time, place in the feed) -> rows of a copy, compiled once."""
        places = {field.column: field for field in kept.fields}
        lines = ", ".join(f"({', '.join(self._cell(kept, row, field) for field in places.values())},)" for row in kept)
        return eval(f"lambda u, n, a, s, t, p: [{lines}]", {"dashed": dashed, "written": written})  # noqa: S307

    def _cell(self, kept: Kept, row, field) -> str:
        value = getattr(row, field.attname)
        if field.name == "position":
            return f"p + {kept.index(row)}"
        if field.name in FRESH:
            return "s"
        if isinstance(value, datetime):
            return f"written(t, {(value - self.born) // timedelta(microseconds=1)})"
        if isinstance(value, UUID):
            return self._id(str(value))
        target = field.related_model or (kept.model if field.primary_key else None)
        if target in self.tables and value in self.tables[target].numbers:
            return f"n[{target.__name__!r}] + {self.tables[target].numbers[value]}"
        if isinstance(field, models.JSONField):
            return self._text(json.dumps(value, cls=DjangoJSONEncoder))
        return self._text(value) if isinstance(value, str) else repr(value)

    def _id(self, value: str) -> str:
        if value in self.ids:
            return f"u[{self.ids[value]}]"
        return f"a[{self.agents.index(value)}]" if value in self.agents else repr(value.replace("-", ""))

    def _text(self, text: str) -> str:
        """Ids stand in texts, too: in facts, in names of lanes."""
        parts = re.split(f"({HEX.pattern})", text)
        known = [self._id(part) if HEX.fullmatch(part) else repr(part) for part in parts if part]
        return " + ".join(f"dashed({one})" if one[0] in "ua" else one for one in known) or "''"


def dashed(id: str) -> str:
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"


def written(moment: datetime, later: int) -> str:
    """As both databases read it."""
    return f"{moment + timedelta(microseconds=later):%Y-%m-%d %H:%M:%S.%f}"


def _rows_of(chat: Interaction) -> Iterator[Kept]:
    """The contact first, then everything that belongs to the chat, then its journal."""
    yield Kept(type(chat.contact), [chat.contact])
    yield Kept(Interaction, [Interaction.objects.get(pk=chat.pk)])
    for model in apps.get_app_config("interactions").get_models(include_auto_created=True):
        way = _way(model)
        rows = list(model._base_manager.filter(**{way: chat.pk})) if way else []
        if rows:
            yield Kept(model, rows)
    yield Kept(Event, Event.objects.filter(subject=chat.pk).order_by("version"))


WAYS = {
    "Message": "lane__interaction",
    "Reader": "lane__interaction",
    "Ring": "invitation__interaction",
    "RoutingDecision": "invitation__interaction",
    "Segment_codes": "segment__interaction",
    "InstantMessage": None,  # these belong to two agents, and only name a chat
    "Interaction": None,
    "Call": None,
}


def _way(model: type[models.Model]) -> str | None:
    """From a row to its chat; None where it does not belong to one."""
    names = [field.name for field in model._meta.concrete_fields if field.related_model is Interaction]
    return WAYS.get(model.__name__, names[0] if names else None)


class Copies:
    """Copies of an ordinary chat, and now and then of another; other agents take part in each."""

    def __init__(self, ordinary: Template, other: Template, agents: list[UUID], seed: int = 1):
        templates = [ordinary, other]
        self.templates, self.chance = templates, random.Random(seed)  # noqa: S311
        self.agents = [id.hex for id in agents]
        self.makers = [[(kept, one.rows(kept)) for kept in one.tables.values()] for one in templates]
        self.next = {}
        for kept in (kept for one in templates for kept in one.tables.values() if kept.numbers):
            last = kept.model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
            self.next[kept.model.__name__] = last + 1
        self.models = list({kept.model for one in templates for kept in one.tables.values()})
        self.position = (Event.objects.aggregate(last=models.Max("position"))["last"] or 0) + 1

    def make(self, moments: list[datetime]) -> dict:
        """{model: rows} of one copy for each moment."""
        found: dict = {}
        for moment in moments:
            self._copy(found, int(self.chance.random() < SELDOM), moment)
        return found

    def go_on_after(self) -> None:
        """What the product writes next comes after the copies, in the feed and by number."""
        FeedHead.objects.update_or_create(pk=1, defaults={"last": self.position - 1})
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), self.models):
                cursor.execute(statement)

    def _copy(self, found: dict, place: int, moment: datetime) -> None:
        one, base = self.templates[place], self.chance.getrandbits(128) // STEP * STEP
        ids = [f"{base + number:032x}" for number in range(len(one.ids))]
        people = self.chance.sample(self.agents, len(one.agents))
        for kept, rows in self.makers[place]:
            made = rows(ids, self.next, people, f"{base:064x}", moment, self.position)
            found.setdefault(kept.model, []).extend(made)
        for kept in one.tables.values():
            if kept.numbers:
                self.next[kept.model.__name__] += len(kept)
        self.position += len(one.tables[Event])


def store(found: dict) -> None:
    """COPY where there is one, else one prepared statement for each table."""
    with connection.cursor() as cursor:
        for model, rows in found.items():
            table = model._meta.db_table
            columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
            if connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join("?" * len(rows[0]))
                cursor.connection.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)  # noqa: S608
