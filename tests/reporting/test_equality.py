"""Any history, any interval, any zone: page, CSV, XLSX, API and a recount by other means say the same."""

import itertools
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bench import journal
from core import feed
from core.models import Event
from reporting import checking, counting, reports
from reporting.figures import TIME
from tests.support import rolled_back

from . import asked

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("PARLEY_REPORT_EXAMPLES", "15"))
# Europe and Lord Howe change their clocks at the end of March and the start of April, the Azores at midnight,
# Santiago and Asuncion from midnight to 23 o'clock, Nepal and Chatham are three quarters of an hour off.
ODD = [
    "Europe/Berlin",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/St_Johns",
    "UTC",
]
ZONES = st.one_of(st.sampled_from(ODD), st.sampled_from(sorted(available_timezones())))
BEGINNINGS = [datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)]
QUARTER = timedelta(minutes=15)
QUEUES, PEOPLE = ("billing", "network"), ("ana", "bo", "cy")
ON = ("ready", "not_ready", "after_call_work")

spans = st.integers(0, 7200)
chats = st.fixed_dictionaries(
    {
        "at": st.integers(0, 4 * 86_400_000),
        "queue": st.sampled_from(QUEUES),
        "wait": st.one_of(st.sampled_from([0, 20, 20.001, 60]), st.floats(0, 4000)),
        "agent": st.sampled_from([None, *PEOPLE]),
        "handling": spans,
        "wrap_up": st.one_of(st.none(), spans),
        "helper": st.booleans(),
        "call": st.one_of(st.none(), st.tuples(spans, spans)),
        "codes": st.lists(st.sampled_from(["Resolved", "=cmd()", "Other, unknown"]), max_size=2, unique=True),
        "said": st.one_of(
            st.none(), st.tuples(spans, st.sampled_from([None, 1, 3, 4, 5]), st.sampled_from(["", "Yes", "=No"]))
        ),
    }
)
changes = st.tuples(
    st.sampled_from(PEOPLE),
    st.integers(0, 4 * 86_400_000),
    st.sampled_from(["ready", "not_ready", "after_call_work", "logged_off"]),
    st.sampled_from(["", "Lunch"]),
)
questions = st.fixed_dictionaries(
    {
        "zone": ZONES,
        "start": st.integers(-8, 4 * 96),
        "length": st.one_of(st.integers(1, 40), st.integers(1, 6 * 96)),
        "interval": st.sampled_from(["total", "month", "week", "day", "day", "hour", "quarter"]),
        "threshold": st.sampled_from([20, 60]),
        "split": st.booleans(),
    }
)
QUESTION = {"interval": "hour", "threshold": 20, "split": False}
GIVEN_UP = {
    "at": 0,
    "queue": "billing",
    "wait": 5,
    "agent": None,
    "handling": 0,
    "wrap_up": None,
    "helper": False,
    "call": None,
    "codes": [],
    "said": None,
}
BEFORE = {"beginning": BEGINNINGS[0], "step": 20}
WRAPPING_UP = {  # nothing in the report but a status, across the night in which clocks change
    **BEFORE,
    "came": [],
    "changed": [("ana", 3601, "after_call_work", "")],
    "question": QUESTION | {"zone": "Atlantic/Faroe", "interval": "month", "start": 280, "length": 33},
}
LEVEL_WITH_UTC = {  # from the one offset to none: moments are written in both ways
    **BEFORE,
    "beginning": BEGINNINGS[2],
    "came": [GIVEN_UP, GIVEN_UP | {"at": 3 * 86_400_000}],
    "changed": [("bo", 0, "ready", "")],
    "question": QUESTION | {"zone": "Atlantic/Azores", "start": 0, "length": 4 * 96},
}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PARLEY_REPORT_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    beginning=st.sampled_from(BEGINNINGS),
    came=st.lists(chats, max_size=12),
    changed=st.lists(changes, max_size=12),
    question=questions,
    step=st.integers(1, 40),
)
@example(**WRAPPING_UP)
@example(**LEVEL_WITH_UTC)
def check(world, client, beginning, came, changed, question, step):
    with rolled_back():
        said = write(world, beginning, came, changed)
        counted_by(step)
        assert list(checking.differences()) == []
        world.clock.now = beginning + timedelta(days=30)
        query, borders = asking(beginning, question)
        for report, expected in RECOUNTED.items():
            split = query if question["split"] else {**query, "by": "none"}
            same(client, report, split, expected(said, borders, question, world))


@pytest.mark.history
@pytest.mark.timeout(300)
def test_page_csv_api_and_recount_are_equal(at_worlds_time, sue):
    check(at_worlds_time, sue)


def same(client, report: str, query: dict, expected: dict) -> None:
    rows, totals = asked.by_api(client, report, query)
    assert asked.by_csv(client, report, query) == {(start, cell(name)): row for (start, name), row in rows.items()}
    assert in_cells(asked.by_xlsx(client, report, query)) == list(in_units(report, rows.values()))
    lines, last = asked.by_page(client, report, query)
    assert lines == [list(values.values()) for values in rows.values()]
    assert last == (list(totals.values()) if rows else [])
    assert rows.keys() == expected.keys()
    assert {key: {name: rows[key][name] for name in row} for key, row in expected.items()} == expected


def in_cells(lines: list[dict]) -> list[list]:
    """The numbers of each line: heads, moments and names stand before them."""
    return [[value for value in line.values() if isinstance(value, float)][2:] for line in lines]


def in_units(report: str, rows) -> Iterator[list]:
    """A spreadsheet counts time in days, and an empty cell holds nothing."""
    units = {figure.key: figure.unit for figure in reports.ALL[report].figures}
    for row in rows:
        yield [
            pytest.approx(value / 86400 if units[key] == TIME else value)
            for key, value in row.items()
            if value is not None
        ]


def cell(name: str) -> str:
    return f"'{name}" if name.startswith("=") else name


def write(world, beginning: datetime, came: list, changed: list) -> dict:
    """The journal of all this, and what was put into it."""
    queue = {"billing": world.billing, "network": world.network}
    said = {"chats": [], "changes": [], "until": beginning + timedelta(days=30)}
    entries = []
    for one in came:
        agent, helper = one["agent"], one["helper"] and one["agent"] not in (None, "cy")
        chat = journal.Chat(
            at=moment(beginning, one["at"]),
            point=world.point.id,
            queue=queue[one["queue"]].id,
            wait=round(one["wait"], 3),
            agent=agent and getattr(world, agent).id,
            handling=one["handling"],
            wrap_up=one["wrap_up"] if agent else None,
            codes=tuple(one["codes"]),
            helper=world.cy.id if helper else None,
            call=one["call"],
            said=one["said"],
        )
        said["chats"].append((chat, one["queue"], agent))
        entries += journal.of_chat(chat)
    for version, (who, at, status, reason) in enumerate(sorted(changed, key=lambda change: change[1]), 100):
        agent = getattr(world, who)
        entries.append(journal.status(agent.id, version, moment(beginning, at), status, reason))
        said["changes"].append((agent.name, moment(beginning, at), status))
    entries.sort(key=lambda entry: (entry.at, entry.version))
    Event.objects.bulk_create([Event(**entry._asdict()) for entry in entries])
    return said


def moment(beginning: datetime, milliseconds: int) -> datetime:
    return beginning + timedelta(milliseconds=milliseconds)


def counted_by(step: int) -> None:
    while feed.settle(step) | counting.catch_up(limit=step):
        pass
    while counting.catch_up(limit=step):
        pass


def asking(beginning: datetime, question: dict) -> tuple[dict, list[datetime]]:
    """The query, and the borders of its intervals, found by looking at the zone's clock each quarter of an hour."""
    zone = ZoneInfo(question["zone"])
    start = beginning + question["start"] * QUARTER
    end = start + question["length"] * QUARTER
    borders, last = [start], start.astimezone(zone)
    for number in range(1, question["length"]):
        at = (start + number * QUARTER).astimezone(zone)
        if begins(question["interval"], last, at):
            borders.append(at.astimezone(UTC))
        last = at
    about = {"from": start.isoformat(), "to": end.isoformat(), "timezone": question["zone"]}
    return {**about, "interval": question["interval"], "threshold": question["threshold"]}, [*borders, end]


def begins(interval: str, last: datetime, at: datetime) -> bool:
    return {
        "total": False,
        "quarter": True,
        "hour": at.minute == 0,
        "day": at.date() != last.date(),
        "week": at.date() != last.date() and at.weekday() == 0,
        "month": at.month != last.month,
    }[interval]


def place(borders: list[datetime], at: datetime, question: dict) -> str | None:
    """The start of the interval in which it lies, as the API writes it."""
    zone = ZoneInfo(question["zone"])
    for start, end in itertools.pairwise(borders):
        if start <= at < end:
            return start.astimezone(zone).isoformat().replace("+00:00", "Z")
    return None


def add(found: dict, key, **more) -> None:
    if key[0] is not None:
        row = found.setdefault(key, dict.fromkeys(more, 0))
        for name, value in more.items():
            row[name] += value


def queues(said: dict, borders, question, world) -> dict:
    names, found = {"billing": "Billing", "network": "Network"}, {}
    for chat, queue, agent in said["chats"]:
        key = (place(borders, chat.at, question), names[queue] if question["split"] else "")
        answered, waited = int(agent is not None), round(chat.wait * 1000)
        within = int(answered and waited <= question["threshold"] * 1000)
        about = {"offered": 1, "answered": answered, "abandoned": 1 - answered}
        add(found, key, **about, within=within, waited=waited * answered)
    for row in found.values():
        within, waited = row.pop("within"), row.pop("waited")
        row["service_level"] = round(within / row["offered"], 4)
        row["answer_wait"] = round(waited / row["answered"] / 1000, 3) if row["answered"] else None
    return found


def agents(said: dict, borders, question, world) -> dict:
    found: dict = {}
    nothing = dict.fromkeys(("segments", "call_time", "logged_in", *ON), 0)
    names = {name: getattr(world, name).name for name in PEOPLE}
    for chat, _, agent in said["chats"]:
        if agent is not None:
            taken = chat.at + timedelta(seconds=chat.wait)
            who = [(names[agent], taken)]
            who += [(names["cy"], taken + timedelta(seconds=chat.handling) / 2)] if chat.helper else []
            for name, at in who:
                key = (place(borders, at, question), name if question["split"] else "")
                add(found, key, **{**nothing, "segments": 1, "call_time": spoken(chat, taken, at)})
    for number, (name, since, status) in enumerate(said["changes"]):
        later = [at for other, at, _ in said["changes"][number + 1 :] if other == name]
        until = later[0] if later else said["until"]
        if status in ON:
            for start, end in itertools.pairwise(borders):
                spent = (min(end, until) - max(start, since)) // timedelta(milliseconds=1)
                if spent > 0:
                    key = (place(borders, max(start, since), question), name if question["split"] else "")
                    add(found, key, **{**nothing, status: spent, "logged_in": spent})
    return {
        key: {name: value if name == "segments" else value / 1000 for name, value in row.items()}
        for key, row in found.items()
    }


def spoken(chat: journal.Chat, taken: datetime, joined: datetime) -> int:
    """Milliseconds of the call that lie in the stretch of who joined then."""
    if not (chat.call and chat.helper):
        return 0
    start, end = (taken + timedelta(seconds=at) for at in (chat.call[0], sum(chat.call)))
    over = taken + timedelta(seconds=chat.handling)
    return max(0, (min(end, over) - max(start, joined)) // timedelta(milliseconds=1))


def dispositions(said: dict, borders, question, world) -> dict:
    found: dict = {}
    for chat, _, agent in said["chats"]:
        if agent is not None and chat.wrap_up is not None:
            at = chat.at + timedelta(seconds=chat.wait)
            for code in chat.codes or ("No outcome",):
                add(found, (place(borders, at, question), code if question["split"] else ""), chosen=1)
    return found


def surveys(said: dict, borders, question, world) -> dict:
    found: dict = {}
    for chat, _, agent in said["chats"]:
        if agent is None or chat.said is None:
            continue
        after, rating, chosen = chat.said
        at = chat.at + timedelta(seconds=chat.wait + chat.handling + (chat.wrap_up or 0) + after)
        start, split = place(borders, at, question), question["split"]
        if rating:
            about = {"rated": 1, "points": rating, "high": int(rating >= 4)}
            add(found, (start, "After chats: content" if split else ""), answers=1, **about)
        if chosen:
            key = (start, "After chats: solved" if split else "")
            add(found, key, answers=1, rated=0, points=0, high=0)
    for row in found.values():
        points = row.pop("points")
        row["rating"] = round(points / row["rated"], 2) if row["rated"] else None
        row["content"] = round(row["high"] / row["rated"], 4) if row["rated"] else None
    return found


RECOUNTED = {"queues": queues, "agents": agents, "dispositions": dispositions, "surveys": surveys}


def test_a_recount_notices_what_was_changed_behind_its_back(world):
    """The control: a wrong fact, a wrong sum, a lost status time are all found."""
    chat = world.handled(world.ana)
    world.clock.pass_(900)
    world.end(chat, world.ana, "close")
    world.ready(world.ana)
    counting.catch_up_now()
    assert list(checking.differences()) == []
    from reporting.models import CallFact, OpenStatus, SegmentFact, WaitFact, WaitSum

    call = {"caller": uuid.uuid4(), "callee": uuid.uuid4(), "interaction": chat.id}

    spoil = [
        lambda: SegmentFact.objects.update(handling=1),
        lambda: WaitFact.objects.create(interaction=uuid.uuid4(), at=world.now, quarter=5),
        lambda: WaitSum.objects.update(offered=7),
        lambda: CallFact.objects.create(id=uuid.uuid4(), at=world.now, quarter=5, **call),
        lambda: OpenStatus.objects.update(status="not_ready"),
        lambda: Event.objects.filter(name="invitation.accepted").update(name="other.thing", data={}),
    ]
    for change in spoil:
        with rolled_back():
            change()
            assert list(checking.differences()) != []
