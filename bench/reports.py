"""How long reports take on a large store, and whether they say what was put into it.

    python -m bench.reports [sqlite|postgres] [interactions]

Fills a throw-away database with the journal of a month, counts it with `manage.py rollups --rebuild`, and asks for
reports of the whole month over the product's own HTTP views, in this process. Exit code 1 when a question takes more
than a second, or a figure differs from what was written.
"""

import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack

GOAL, TIMES = 1.0, 5
MONTH = {"from": "2026-03-01", "to": "2026-03-31", "timezone": "Europe/Berlin"}
PAGES = [
    ("queues by day", "/api/v1/reports/queues", {"interval": "day"}),
    ("queues by hour", "/api/v1/reports/queues", {"interval": "hour"}),
    ("agents, all together", "/api/v1/reports/agents", {"interval": "total"}),
    ("agents by day", "/api/v1/reports/agents", {"interval": "day"}),
    ("interactions by day", "/api/v1/reports/interactions", {"interval": "day"}),
    ("dispositions", "/api/v1/reports/dispositions", {"interval": "total"}),
    ("conferences by day", "/api/v1/reports/requests", {"interval": "day"}),
    ("page of the queues by day", "/reports/queues/", {"interval": "day"}),
    ("page of the agents", "/reports/agents/", {"interval": "total"}),
    ("behind a figure, first page", "/api/v1/reports/queues/details", {"figure": "abandoned"}),
    ("feed, a thousand events", "/api/v1/events", {"limit": 1000, "after": 1000}),
]


def main(kind: str, interactions: int) -> int:
    with ExitStack() as around:
        set_up(kind, around)
        from django.core.management import call_command

        from .month import fill

        call_command("migrate", verbosity=0)
        start = time.monotonic()
        said = fill(interactions)
        print(f"{interactions:,} interactions, {said['events']:,} events written in {time.monotonic() - start:.0f} s")
        start = time.monotonic()
        call_command("rollups", rebuild=True, stdout=open(os.devnull, "w"))  # noqa: SIM115
        print(f"counted in {time.monotonic() - start:.0f} s", flush=True)
        return _ask(said)


def set_up(kind: str, around: ExitStack) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["PARLEY_DATA"] = around.enter_context(tempfile.TemporaryDirectory())
    if kind == "postgres":
        from tests import servers

        os.environ["DATABASE_URL"] = around.enter_context(servers.postgres(durable=True))
    import django

    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def _ask(said) -> int:
    from django.contrib.auth.models import User
    from django.test import Client

    client, slow = Client(), 0
    client.force_login(User.objects.create_superuser("reader"))
    for name, address, query in PAGES:
        took = [_timed(client, address, {**MONTH, **query} if "events" not in address else query) for _ in range(TIMES)]
        median, busy = (statistics.median(column) * 1000 for column in zip(*took, strict=True))
        slow += median > GOAL * 1000
        print(f"{name:32} {median:7.0f} ms, busy for {busy:.0f} of them", flush=True)
    wrong = _differences(client, said)
    print("\n".join(wrong) or "Every figure is what was written.")
    return 1 if slow or wrong else 0


def _timed(client, address: str, query: dict) -> tuple[float, float]:
    """Seconds, and for how many of them this process was busy: the rest are the database's, or other programs'."""
    start, busy = time.perf_counter(), time.process_time()
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return time.perf_counter() - start, time.process_time() - busy


def _differences(client, said) -> list[str]:
    """The whole month by the product, against the counters of the generator."""
    month = {"from": "2026-02-28", "to": "2026-04-02", "interval": "total"}
    found = []
    for report, told in (("queues", _of_queue), ("agents", _of_agent)):
        for row in client.get(f"/api/v1/reports/{report}", month).json()["rows"]:
            right = told(said, row["id"])
            wrong = {name for name in right if row["values"][name] != right[name]}
            found += [f"{row['name']} {name}: {row['values'][name]}, not {right[name]}" for name in wrong]
    return found


def _of_queue(said, id: str) -> dict:
    told = {name: said[id, name] for name in ("offered", "answered", "abandoned")}
    told["service_level"] = round(said[id, "within"] / told["offered"], 4)
    told["answer_wait"] = round(said[id, "waited"] / told["answered"] / 1000, 3)
    return told


def _of_agent(said, id: str) -> dict:
    return {"segments": said[id, "segments"], "handling_total": round(said[id, "handling"] / 1000, 3)}


if __name__ == "__main__":
    given = [*sys.argv[1:], "postgres", "200000"]
    sys.exit(main(given[0], int(given[1] if len(sys.argv) > 2 else 200_000)))
