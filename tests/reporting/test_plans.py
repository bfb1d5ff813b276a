"""A month of chats: no report, nothing behind a figure, no step of retention goes through a whole table."""

import json
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection

from bench import cloning, store
from core.models import Event
from interactions import transcript
from interactions.actions import retention
from interactions.models import Interaction, Message, Reader, Segment
from interactions.transcript import Author
from reporting import asking, checking, counting, details, reports
from reporting.models import OpenStatus, Progress, StatusSum, WaitFact, WaitSum
from reporting.quarters import DAILY, Span, quarter_of
from reporting.scope import EVERYTHING, Scope

pytestmark = pytest.mark.django_db
CHATS, BEGAN = 1_000, datetime(2026, 1, 1, tzinfo=UTC)
MODELS = [model for app in ("reporting", "interactions") for model in apps.get_app_config(app).get_models()]
CHATS_AND_LINES = {model._meta.db_table for model in (Interaction, Message, Segment, Reader, Event)}
LARGE = {model._meta.db_table for model in [*MODELS, Event] if model not in (OpenStatus, Progress)}


def copied(world, many: int) -> list[Interaction]:
    """So many chats, evenly over a month; those that they were copied from come last."""
    ordinary, other = store.a_chat(world, 6), store.a_chat(world, 6, world.bo)
    copies = cloning.Copies(ordinary, other, [world.ana.id, world.bo.id, world.cy.id])
    step = timedelta(days=31) / many
    cloning.store(copies.make([BEGAN + step * number for number in range(many)]))
    copies.go_on_after()
    connection.check_constraints()
    return list(Interaction.objects.order_by("created_at"))


@contextmanager
def scans(large=LARGE):
    """The statements that go through a large table from its beginning to its end."""
    found = []

    def look(execute, sql, params, many, context):
        if sql.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            found.extend(sql for table in _whole(sql, params) if table in large)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def _whole(sql: str, params: tuple) -> list[str]:
    """The tables that this statement reads without a condition that leads to the rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            return [row[3].split()[1] for row in cursor.fetchall() if row[3].startswith("SCAN")]
        cursor.cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    return list(_unconditional((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))


def _unconditional(node: dict):
    if node["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan") and "Index Cond" not in node:
        yield node["Relation Name"]
    for below in node.get("Plans", []):
        yield from _unconditional(below)


def questions(start: datetime, now: datetime):
    span = Span(quarter_of(start), quarter_of(start + timedelta(days=1)), ZoneInfo("Europe/Berlin"), DAILY)
    for report in reports.ALL.values():
        for split in (None, *report.splits):
            for scope in (EVERYTHING, Scope(frozenset({uuid.uuid4()}))):
                yield asking.Question(report, span, split, now, scope)


def test_no_question_goes_through_a_large_table(world):
    chats = copied(world, CHATS)
    while counting.catch_up(limit=5000):
        pass
    about = {"agent": world.ana.id, "channel": "chat", "status": "ready", "spent": 1000}
    StatusSum.objects.bulk_create(StatusSum(quarter=quarter_of(BEGAN) + number, **about) for number in range(CHATS))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("SET LOCAL enable_seqscan = off")  # few rows are read whole where there is an index, too
    day, now = BEGAN + timedelta(days=12), world.now
    with scans() as found:
        for question in questions(day, now):
            asking.answer(question)
            if question.report.facts is not None:
                page = details.page(question, None, None, limit=5)
                cursor = page.next and details.Cursor.read(page.next, question.report.facts)
                assert len(details.page(question, None, cursor, limit=5).rows) or not cursor or not question.scope.whole
        counting.fold_all([chats[700].id, chats[701].id], 10**9, [])
    with scans(CHATS_AND_LINES) as erasing:
        assert retention.erase(BEGAN + timedelta(days=3), limit=5, now=now) == 5
    assert found + erasing == []
    with scans() as control:
        list(WaitSum.objects.filter(offered=7))
        list(WaitFact.objects.filter(outcome="none"))
        list(Message.objects.filter(text="no index"))
    assert len(control) == 3


def test_copies_are_chats_like_any_other(world):
    """What large stores are filled with is what the product would have written."""
    chats = copied(world, 12)
    while counting.catch_up():
        pass
    assert list(checking.differences()) == [] and len(chats) == 14
    lines = [[line.text for line in transcript.page(Author(chat.id)).lines] for chat in chats]
    assert all(said in lines[-2:] for said in lines) and all(lines)
    assert len({line.pk for line in Message.objects.all()}) == Message.objects.count() > 14 * 6
    taking_part = set(Event.objects.filter(name="invitation.accepted").values_list("actor", flat=True))
    assert taking_part >= {f"agent:{agent.id}" for agent in (world.ana, world.bo, world.cy)}
