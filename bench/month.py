"""A month of a large site, as rows of its journal; runs in a process that knows the site's database.

Chats come by the hour of the day, from 10 queues to 200 agents; one of ten contacts gives up, one of twelve chats
becomes a conference. What was put in is counted as it is made: the recount that no line of the product took part in.
"""

import heapq
import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import connection

from agents.models import Agent
from core.models import Event, FeedHead
from routing.models import Queue, RoutingPoint

from . import journal

FIRST_DAY, DAYS = datetime(2026, 3, 1, tzinfo=UTC), 31
BUSY = [1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 12, 13, 14, 13, 12, 10, 8, 6, 4, 3, 2, 1]
CODES = [("Resolved",), ("Escalated",), ("Sales, new contract",), ("Resolved", "Follow-up"), ()]
COLUMNS = ("subject", "version", "name", "actor", "at", "data", "uid", "position")
AT_ONCE = 20_000


def fill(interactions: int, seed: int = 1) -> Counter:
    """Write them all; what they hold, by queue and figure."""
    chance, said = random.Random(seed), Counter()  # noqa: S311
    queues, agents, point = _people()
    rows = _in_order(_entries(chance, interactions, queues, agents, point, said))
    written = _copy(rows) if connection.vendor == "postgresql" else _insert(rows)
    FeedHead.objects.update_or_create(pk=1, defaults={"last": written})
    said["events"] = written
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return said


def _people() -> tuple[list[UUID], list[UUID], UUID]:
    queues = [Queue.objects.create(name=f"Queue {number:02}") for number in range(10)]
    users = User.objects.bulk_create([User(username=f"agent{number:03}") for number in range(200)])
    made = [Agent(user=user, name=f"Agent {number:03}", nickname="A") for number, user in enumerate(users)]
    agents = Agent.objects.bulk_create(made)
    point = RoutingPoint.objects.create(slug="large", name="Large", title="Large", queue=queues[0])
    return [queue.id for queue in queues], [agent.id for agent in agents], point.id


def _entries(chance, interactions: int, queues, agents, point, said: Counter) -> Iterator[journal.Entry]:
    """By the time at which a chat or a day of an agent began."""
    hours = [(day, hour) for day in range(DAYS) for hour in range(24)]
    total, made = sum(BUSY) * DAYS, 0
    for number, (day, hour) in enumerate(hours, 1):
        begun = FIRST_DAY + timedelta(days=day, hours=hour)
        if hour == 7:
            yield from _days(chance, agents, day, begun)
        upto = interactions if number == len(hours) else made + round(interactions * BUSY[hour] / total)
        moments = sorted(chance.randrange(3_600_000) for _ in range(min(upto, interactions) - made))
        made += len(moments)
        for moment in moments:
            chat = _chat(chance, begun + timedelta(milliseconds=moment), queues, agents, point)
            _count(said, chat)
            yield from journal.of_chat(chat)


def _chat(chance, at: datetime, queues, agents, point) -> journal.Chat:
    served = chance.random() < 0.9
    about = {"at": at, "point": point, "queue": chance.choice(queues), "wait": chance.randrange(120_000) / 1000}
    if not served:
        return journal.Chat(**about)
    agent, helper = chance.sample(agents, 2)
    work = {"handling": chance.randrange(30, 1200), "wrap_up": chance.randrange(5, 120), "codes": chance.choice(CODES)}
    pace = {"first": chance.randrange(2, 30), "replies": chance.randrange(1, 12), "reply_time": chance.randrange(300)}
    return journal.Chat(**about, agent=agent, helper=helper if chance.random() < 1 / 12 else None, **work, **pace)


def _count(said: Counter, chat: journal.Chat) -> None:
    said[str(chat.queue), "offered"] += 1
    if chat.agent is None:
        said[str(chat.queue), "abandoned"] += 1
        return
    waited = round(chat.wait * 1000)
    said[str(chat.queue), "answered"] += 1
    said[str(chat.queue), "within"] += waited <= 20_000
    said[str(chat.queue), "waited"] += waited
    said[str(chat.agent), "segments"] += 1
    said[str(chat.agent), "handling"] += chat.handling * 1000
    if chat.helper:
        said[str(chat.helper), "segments"] += 1
        said[str(chat.helper), "handling"] += chat.handling * 500


def _days(chance, agents, day: int, begun: datetime) -> Iterator[journal.Entry]:
    """Each agent's statuses of one day, from log-in to log-off."""
    for agent in agents:
        at, version = begun, day * 20 + 1
        for number in range(10):
            away = number % 2
            reason = chance.choice(["Lunch", "", "Meeting"]) if away else ""
            yield journal.status(agent, version + number, at, "not_ready" if away else "ready", reason)
            at += timedelta(seconds=chance.randrange(1800, 4500))
        yield journal.status(agent, version + 10, at, "logged_off")


def _in_order(entries: Iterator[journal.Entry]) -> Iterator[tuple]:
    """As events of many chats come: by time. Places are given here, as the feed would."""
    waiting: list = []
    for number, entry in enumerate(entries):
        heapq.heappush(waiting, (entry.at, number, entry))
        while len(waiting) > AT_ONCE:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]


def _copy(entries) -> int:
    written = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY core_event ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for written, entry in enumerate(entries, 1):
            copy.write_row([*entry[:5], json.dumps(entry.data), uuid4(), written])
    return written


def _insert(entries) -> int:
    written, rows = 0, []
    for written, entry in enumerate(entries, 1):
        rows.append(Event(**entry._asdict(), position=written))
        if len(rows) == AT_ONCE:
            Event.objects.bulk_create(rows, batch_size=1000)
            rows = []
    Event.objects.bulk_create(rows, batch_size=1000)
    return written
