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
ESCAPES = {"\\": "\\\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}


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
        lines = (", ".join(map(_code, cells)) for cells in self._cells(kept))
        return _compiled(f"[{', '.join(f'({line},)' for line in lines)}]")

    def text(self, kept: Kept) -> Callable:
        """The same as one text for COPY: most of it is the same for all copies, and is made here."""
        cells = self._cells(kept)
        codes = [part for row in cells for cell in row for part in cell if isinstance(part, Code)]
        text = "".join("\t".join(map(_copied, row)) + "\n" for row in cells)
        return _compiled(f"[{text!r} % ({', '.join(codes)},)]")

    def _cells(self, kept: Kept) -> list[list[list]]:
        return [[self._cell(kept, row, field) for field in kept.fields] for row in kept]

    def _cell(self, kept: Kept, row, field) -> list:
        """What stands there, in parts: values, and code for what is another in each copy."""
        value = getattr(row, field.attname)
        if field.name == "position":
            return [Code(f"p + {kept.index(row)}")]
        if field.name in FRESH:
            return [Code("s")]
        if isinstance(value, datetime):
            return [Code(f"written(t, {(value - self.born) // timedelta(microseconds=1)})")]
        if isinstance(value, UUID):
            return [self._id(str(value))]
        target = field.related_model or (kept.model if field.primary_key else None)
        if target in self.tables and value in self.tables[target].numbers:
            return [Code(f"n[{target.__name__!r}] + {self.tables[target].numbers[value]}")]
        if isinstance(field, models.JSONField):
            return self._text(json.dumps(value, cls=DjangoJSONEncoder))
        return self._text(value) if isinstance(value, str) else [value]

    def _id(self, value: str) -> "Code | str":
        if value in self.ids:
            return Code(f"u[{self.ids[value]}]")
        return Code(f"a[{self.agents.index(value)}]") if value in self.agents else value.replace("-", "")

    def _text(self, text: str) -> list:
        """Ids stand in texts, too: in facts, in names of lanes."""
        parts = [part for part in re.split(f"({HEX.pattern})", text) if part]
        known = [self._id(part) if HEX.fullmatch(part) else part for part in parts]
        return [Code(f"dashed({to})") if isinstance(to, Code) else was for was, to in zip(parts, known, strict=True)]


class Code(str):
    """An expression of what a copy is made from: u, n, a, s, t, p."""


def _compiled(expression: str) -> Callable:
    return eval(f"lambda u, n, a, s, t, p: {expression}", {"dashed": dashed, "written": written})  # noqa: S307


def _code(cell: list) -> str:
    return " + ".join(part if isinstance(part, Code) else repr(part) for part in cell) or "''"


def _copied(cell: list) -> str:
    """As COPY reads it; `%s` where code is."""
    return "".join("%s" if isinstance(part, Code) else _escaped(part) for part in cell)


def _escaped(value) -> str:
    if value is None:
        return r"\N"
    return re.sub(r"[\\\t\n\r]", lambda found: ESCAPES[found[0]], str(value)).replace("%", "%%")


def dashed(id: str) -> str:
    return f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"


def written(moment: datetime, later: int) -> str:
    """As both databases read it; the moment is in UTC, without saying so."""
    return str(moment + timedelta(0, 0, later))


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
        maker = Template.text if connection.vendor == "postgresql" else Template.rows
        self.makers = [[(kept, maker(one, kept)) for kept in one.tables.values()] for one in templates]
        self.next = {}
        for kept in (kept for one in templates for kept in one.tables.values() if kept.numbers):
            last = kept.model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
            self.next[kept.model.__name__] = last + 1
        self.models = list({kept.model for one in templates for kept in one.tables.values()})
        self.position = (Event.objects.aggregate(last=models.Max("position"))["last"] or 0) + 1

    def make(self, moments: list[datetime]) -> dict:
        """{model: rows, or texts with rows} of one copy for each moment."""
        found: dict = {}
        for moment in moments:
            self._copy(found, int(self.chance.random() < SELDOM), moment.replace(tzinfo=None))
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
                    copy.write("".join(rows))
            else:
                marks = ", ".join("?" * len(rows[0]))
                cursor.connection.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)  # noqa: S608
