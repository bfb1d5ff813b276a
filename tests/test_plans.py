"""A transcript costs the same on a large site: among 200,000 lines no query goes through a table or sorts lines."""

import json
import re
from contextlib import contextmanager

import pytest
from django.db import connection

from core.due import Gate
from interactions import beside, heads, marks, transcript, waits
from interactions.actions import calls, sweep
from interactions.models import Call, Interaction, Invitation, Lane, Message, Party, Reader, Ring
from interactions.models.segment import Segment
from interactions.transcript import Author
from tests.support import fresh, party

pytestmark = pytest.mark.django_db

CHATS, EACH, LONG = 500, 390, 5_000
LARGE = [row._meta.db_table for row in (Interaction, Lane, Message, Party, Reader, Segment)]
LINES = Message._meta.db_table
OTHER_NAME = re.compile(r"^SCAN T\d")
ANY_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
FILL = """
    INSERT INTO interactions_message (lane_id, number, party_id, kind, client_id, text, at)
    WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < %s)
    SELECT lane.id, lane.head + n, party.id, 'text', {any_id}, 'A line like others', lane_at.created_at
    FROM interactions_lane lane
    JOIN interactions_interaction lane_at ON lane_at.id = lane.interaction_id
    JOIN interactions_party party ON party.interaction_id = lane.interaction_id AND party.kind = 'contact'
    CROSS JOIN count
    WHERE lane.name = 'public' AND lane_at.state = %s
"""


@pytest.fixture
def chat(world):
    """Ana and Bo in a long chat, on a site that had many others."""
    chat = world.conferenced(world.handled(world.ana), world.ana, world.bo)
    chats = [like(Interaction.objects.get(pk=chat.pk), state="ended", owner=None) for _ in range(CHATS)]
    Interaction.objects.bulk_create(chats)
    for kind, agent in (("contact", None), ("agent", world.ana)):
        of_all(chats, chat, party(chat, agent), kind)
    with connection.cursor() as cursor:
        for count, state in ((EACH, "ended"), (LONG, "active")):
            cursor.execute(FILL.format(any_id=ANY_ID[connection.vendor]), [count, state])
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    lane = chat.lanes.get(name="public")
    Lane.objects.filter(pk=lane.pk).update(head=lane.head + LONG)
    return chat


def of_all(chats: list[Interaction], chat: Interaction, member: Party, kind: str) -> None:
    """The same party, with its lanes and its segment, in each of these chats."""
    parties = Party.objects.bulk_create([like(member, interaction=one, left_at=one.created_at) for one in chats])
    for reader in member.readers.select_related("lane"):
        if kind == "contact":
            lanes = Lane.objects.bulk_create([like(reader.lane, interaction=one) for one in chats])
        else:
            Lane.objects.bulk_create(
                [like(reader.lane, interaction=one) for one in chats if reader.lane.name != "public"]
            )
            lanes = Lane.objects.filter(interaction__in=chats, name=reader.lane.name)
        by_chat = {lane.interaction_id: lane for lane in lanes}
        Reader.objects.bulk_create([like(reader, party=one, lane=by_chat[one.interaction_id]) for one in parties])
    if kind == "agent":
        over = {"done_at": member.joined_at, "left_at": member.joined_at}
        Segment.objects.bulk_create(
            [like(member.segment, party=one, interaction_id=one.interaction_id, **over) for one in parties]
        )


def like(row, **changes):
    """A new row with the same values."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**{field.name: getattr(row, field.name) for field in fields} | changes)


@contextmanager
def plans():
    """Of all statements: those that go through a large table, or sort lines."""
    bad = []

    def look(execute, sql, params, many, context):
        if sql.lstrip().startswith(("SELECT", "UPDATE", "WITH")) and not many:
            bad.extend((step, sql) for step in steps(sql, params) if costs(step, sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield bad


def steps(sql: str, params: tuple) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            return [row[3] for row in cursor.fetchall()]
        cursor.cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    return list(walk((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]))


def walk(node: dict):
    """The names of a plan's steps; to sort what is no more than a page is no burden."""
    if "Sort" not in node["Node Type"] or node["Plan Rows"] > transcript.PAGE_LIMIT:
        yield f"{node['Node Type']} {node.get('Relation Name', '')}"
    for below in node.get("Plans", []):
        yield from walk(below)


def costs(step: str, sql: str) -> bool:
    large = OTHER_NAME.search(step) or any(table in step for table in LARGE)
    through = step.startswith(("SCAN", "Seq Scan")) and large
    sorts = step.startswith(("Sort", "Incremental Sort", "USE TEMP B-TREE")) and f'FROM "{LINES}"' in sql
    return bool(through or sorts)


def test_no_query_goes_through_a_large_table(world, chat):
    ana, kim, middle = Author(chat.id, world.ana.id), Author(chat.id), LONG // 2
    with plans() as bad:
        newest = transcript.page(ana)
        before = transcript.page(ana, lane="public", before=middle)
        after = transcript.page(ana, lane="public", after=middle)
        missed = transcript.since(kim, {"public": LONG - 50})
        ack = world.line(chat, world.ana, "One more")
        marks.mark({(kim, "public"): marks.Reached(seen=middle)})
        assert heads.of_agents({world.ana.id, world.bo.id})[world.ana.id].interactions.keys() == {chat.id}
        assert heads.of_contacts({chat.id})[chat.id].heads.number == ack.number
    assert bad == []
    assert [line.number for line in before.lines] == list(range(middle - transcript.PAGE, middle))
    assert [line.number for line in after.lines] == list(range(middle + 1, middle + 1 + transcript.PAGE))
    assert newest.lines[-1].number == missed[-1].number == ack.number - 1 >= LONG
    with plans() as control:
        list(Message.objects.filter(text="no index")[:1])
        list(Message.objects.filter(lane=chat.lanes.get(name="public")).order_by("at")[:1])
    assert len({sql for _, sql in control}) == 2


def gone_through() -> dict[str, int]:
    """How often PostgreSQL has read each large table whole since this transaction began."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, seq_scan FROM pg_stat_xact_user_tables")
        return {name: count for name, count in cursor.fetchall() if name in LARGE}


def test_lines_are_stored_by_indexes_though_tables_were_empty_when_that_was_planned(world):
    """Of a function PostgreSQL keeps the plan, and shows none, so its tables are asked."""
    chat = world.handled(world.ana)
    for _ in range(10):  # PostgreSQL may look at what is given a few times before it keeps a plan
        world.line(chat, None, "Planned now")
    chats = Interaction.objects.bulk_create([like(fresh(chat), state="ended", owner=None) for _ in range(CHATS)])
    of_all(chats, chat, party(chat, None), "contact")
    counted = gone_through if connection.vendor == "postgresql" else dict
    before = counted()
    with plans() as bad:
        for by in (None, world.ana):
            world.line(chat, by, "Stored")
    assert (bad, counted()) == ([], before)
    with plans() as control:
        Lane.objects.filter(head=10**9).exists()
    assert control or counted() != before


def past(world, chat: Interaction) -> None:
    """All that was ever due and is over: rings, places in line, requests, who left while they were away, calls."""
    place = chat.invitations.get(kind="route")
    request = chat.invitations.exclude(kind="route").get()
    ring, here = place.rings.get(), party(chat, world.ana)
    call = world.speaking(world.ana, world.cy)
    chats = Interaction.objects.exclude(pk=chat.pk)
    places = Invitation.objects.bulk_create([like(place, interaction=one, rises_at=one.created_at) for one in chats])
    Ring.objects.bulk_create([like(ring, invitation=one) for one in places])
    about = {"expires_at": chat.created_at, "message_offered_at": None}
    Invitation.objects.bulk_create([like(request, interaction=one, **about) for one in chats])
    gone = {"left_at": chat.created_at, "away_since": chat.created_at}
    Party.objects.bulk_create([like(here, interaction=one, **gone) for one in chats])
    calls.hang_up(call.id, by=world.ana, now=world.clock.tick())
    Call.objects.bulk_create([like(fresh(call)) for _ in chats])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def of_gate(gate: Gate, name: str, now) -> int:
    statement = gate.statement((name,))
    return effort(statement.sql, [moment.at(now) for moment in statement.moments])


def effort(sql: str, params: list) -> int:
    """How much the database does for it: instructions on SQLite, rows that are looked at on PostgreSQL."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return instructions(cursor, sql, params)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    return looked_at((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def instructions(cursor, sql: str, params: list) -> int:
    done = []
    connection.connection.set_progress_handler(lambda: done.append(1), 1)
    try:
        cursor.execute(sql, params)
        cursor.fetchone()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return len(done)


def looked_at(node: dict) -> int:
    here = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return int(here) + sum(map(looked_at, node.get("Plans", [])))


def test_asking_what_is_due_costs_the_same_whatever_there_was(world, chat):
    """What waited, rang, was away or was called and is over is not even looked at."""
    past(world, chat)
    found = {name: of_gate(gate, name, world.now) for gate in (sweep.gate(), beside.gate()) for name in gate.kinds}
    assert {name: done for name, done in found.items() if done > CHATS / 2} == {}
    control = Gate({"": lambda now: [Party.objects.filter(nickname="nobody")]})
    assert of_gate(control, "", world.now) > CHATS


def test_the_place_in_line_costs_what_waits_and_no_more(world, chat):
    past(world, chat)
    place = world.chat().invitations.get()
    assert waits.before([place.id])[place.id]["waiting"] == {}
    assert effort(*waits.statement([place.id])) < CHATS
