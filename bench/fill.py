"""What a large store costs: fills a throw-away database with chats, then asks what people and jobs ask of it.

    python -m bench.fill [sqlite|postgres] [--interactions 1000000] [--lines 20000000]

Prints how long it took, how large it is, and what snapshots, pages, reports, the recount and retention cost.
Exit code 1 when a report over the month takes more than a second, or the recount differs.
"""

import argparse
import os
import statistics
import sys
import time
from contextlib import ExitStack
from datetime import timedelta

from .reports import GOAL, MONTH, set_up

TIMES, BATCHES = 5, 10
REPORTS = ("queues", "interactions", "segments", "agents", "statuses", "dispositions", "requests")
SIZE = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
}


def main(kind: str, interactions: int, lines: int) -> int:
    with ExitStack() as around:
        set_up(kind, around)
        from django.core.management import call_command

        from .store import fill

        call_command("migrate", verbosity=0)
        empty = _size()
        world = _said(f"{interactions:,} chats written", lambda: fill(interactions, lines))
        _sizes(_size() - empty, interactions)
        _said("counted", lambda: call_command("rollups", rebuild=True, stdout=open(os.devnull, "w")))  # noqa: SIM115
        return _ask(world) | _recount() | _retain(interactions)


def _said(what: str, work):
    start = time.monotonic()
    found = work()
    print(f"{what} in {time.monotonic() - start:.1f} s", flush=True)
    return found


def _size() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(SIZE[connection.vendor])
        return cursor.fetchone()[0]


def _sizes(grown: int, interactions: int) -> None:
    from core.models import Event
    from interactions.models import Message

    print(f"{Message.objects.count():,} lines, {Event.objects.count():,} events", end=", ")
    print(f"{grown / 2**30:.2f} GiB: {grown / interactions / 1024:.1f} KiB a chat", flush=True)


# --- what people ask --------------------------------------------------------------------------


def _ask(world) -> int:
    """Agents with a chat whose contact came fifty times before; a supervisor's reports; the administrator's lists."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.utils import timezone

    from interactions.models import Interaction

    world.clock.now = timezone.now()
    chat = world.handled(world.ana)
    past = list(Interaction.objects.filter(state="ended").order_by("-created_at").values_list("pk", flat=True)[:50])
    Interaction.objects.filter(pk__in=past).update(contact=chat.contact)
    agent, reader = Client(), Client()
    agent.force_login(world.ana.user)
    reader.force_login(User.objects.create_superuser("reader"))
    of_chat, admin = f"/api/v1/interactions/{chat.pk}", "/admin/interactions/interaction/"
    for what, address in {
        "snapshot of a desk": "/api/v1/desk",
        "newest lines of a chat": f"{of_chat}/messages",
        "history of a contact": f"{of_chat}/history",
        "a past chat of it": f"{of_chat}/history/{past[0]}",
    }.items():
        _timed(what, agent, address)
    for what, address, query in [
        ("administration: list of chats", admin, {}),
        ("administration: one chat", f"{admin}{past[0]}/change/", {}),
        ("feed, a thousand events", "/api/v1/events", {"limit": 1000, "after": 1000}),
        ("behind a figure", "/api/v1/reports/queues/details", {**MONTH, "figure": "answered"}),
    ]:
        _timed(what, reader, address, query)
    slow = [_timed(f"report: {key} by day", reader, f"/api/v1/reports/{key}", MONTH) > GOAL for key in REPORTS]
    return int(any(slow))


def _timed(what: str, client, address: str, query: dict | None = None) -> float:
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        answer = client.get(address, query or {})
        took.append(time.perf_counter() - start)
        assert answer.status_code == 200, (address, answer.status_code, answer.content[:500])
    print(f"{what:32} {statistics.median(took) * 1000:8.0f} ms, first {took[0] * 1000:.0f}", flush=True)
    return statistics.median(took)


# --- what jobs do -----------------------------------------------------------------------------


def _recount() -> int:
    from reporting import checking

    wrong = _said("recounted, beside what is stored", lambda: list(checking.differences()))
    print("\n".join(wrong[:10]) or "No difference.", flush=True)
    return int(bool(wrong))


def _retain(interactions: int) -> int:
    from django.utils import timezone

    from interactions.actions import retention

    before, took, erased = timezone.now() - timedelta(days=1), [], 0
    for _ in range(BATCHES):
        start = time.perf_counter()
        erased += retention.erase(before, now=timezone.now())
        took.append(time.perf_counter() - start)
    each = sum(took) / max(1, erased) * 1000
    print(f"{erased:,} chats erased, {each:.2f} ms each; the longest transaction took {max(took) * 1000:.0f} ms")
    return int(erased < min(interactions, BATCHES * retention.AT_ONCE))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", nargs="?", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--interactions", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=20_000_000)
    given = parser.parse_args()
    sys.exit(main(given.kind, given.interactions, given.lines))
