"""Faults of servers, under a crowd that goes on talking."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial

from tests import servers
from tests.servers import Parley

from .crowd import Crowd
from .table import Fault, Seen

SITES = {"sqlite": servers.parley, "cluster": lambda: servers.cluster(durable=True)}
WARM, AFTER = 8, 12
BACK = 15.0
STEADY = 95
NOTHING = "nothing lost, doubled or misordered; nobody away or lost; every chat keeps its agent"


@contextmanager
def crowd(site: str, **numbers: int):
    """A site and its people, who talk for a while already."""
    with SITES[site]() as parley:
        people = Crowd(parley, **numbers)
        try:
            people.talk()
            time.sleep(WARM)
            yield parley, people
        finally:
            people.stop()


def survive(name: str, harm: Callable[[Parley], float], *, steady: bool = False, goal: float = BACK) -> Seen:
    """Do harm, which returns the moment from which the people's return counts; then look at every line."""
    with crowd(name) as (site, people):
        if steady:
            time.sleep(STEADY)
        since = harm(site)
        took = people.back(since)
        time.sleep(AFTER)
        wrong = people.settle()
        late, lines = people.last_slow(since), people.lines()
        kept = people.stands()["owners"] == people.before["owners"]
        tracebacks = site.said().count("Traceback")
    words = f"ready after {site.ready:.1f} s; " if hasattr(site, "ready") else ""
    words += f"{people.cut(since)} of {people.everybody} cut off; "
    words += f"{lines} lines; last late line after {late:.1f} s; {'; '.join(wrong) or 'nothing lost or doubled'}"
    words += "" if kept else "; owners changed"
    return Seen(not wrong and kept and took < goal, words + f"; {tracebacks} tracebacks in the logs", took)


def killed(site: Parley, away: float = 0) -> float:
    """kill -9 of every web process; they are started again so much later."""
    since = time.time()
    site.kill()
    time.sleep(away)
    since = time.time() if away else since
    site.start()
    site.ready = time.time() - since
    return since


def one_killed(site: Parley) -> float:
    """kill -9 of one web process with its engine; it stays dead."""
    since = time.time()
    site.processes[0].kill()
    return since


def rolled(site: Parley) -> float:
    since = time.time()
    site.roll()
    return since


def redis_killed(site: Parley, away: float = 10) -> float:
    """kill -9 of Redis, which comes back empty."""
    site.redis.kill()
    time.sleep(away)
    site.redis.start()
    return time.time()


def frozen(which: str, site: Parley, away: float) -> float:
    process = getattr(site, which)
    process.freeze()
    time.sleep(away)
    process.thaw()
    return time.time()


def web_frozen(site: Parley, away: float) -> float:
    """One web process with its engine stands still: its people go to the other one."""
    since = time.time()
    site.processes[0].freeze()
    time.sleep(away)
    site.processes[0].thaw()
    return since


def postgres_restarted(site: Parley, away: float = 5) -> float:
    site.postgres.stop(servers.signal.SIGINT)
    time.sleep(away)
    site.postgres.start()
    return time.time()


UNDER = f"< {BACK:.0f} s"
FAULTS = [
    *(
        Fault("server killed with 50 chats open, started again", name, NOTHING, partial(survive, name, killed), UNDER)
        for name in SITES
    ),
    *(
        Fault(
            "server killed for 100 s, longer than all leases",
            name,
            NOTHING,
            partial(survive, name, partial(killed, away=100), steady=True),
            UNDER,
        )
        for name in SITES
    ),
    Fault("one web process killed, for good", "cluster", NOTHING, partial(survive, "cluster", one_killed), UNDER),
    Fault(
        "one web process frozen for 40 s",
        "cluster",
        NOTHING,
        partial(survive, "cluster", partial(web_frozen, away=40), steady=True, goal=60),
        "< 60 s",
    ),
    Fault(
        "processes restarted one by one",
        "cluster",
        NOTHING,
        partial(survive, "cluster", rolled, goal=60),
        "< 60 s",
    ),
    Fault("Redis killed, back empty after 10 s", "cluster", NOTHING, partial(survive, "cluster", redis_killed), UNDER),
    Fault(
        "Redis frozen for 10 s",
        "cluster",
        NOTHING,
        partial(survive, "cluster", partial(frozen, "redis", away=10)),
        UNDER,
    ),
    Fault(
        "PostgreSQL stopped for 5 s and started again",
        "cluster",
        NOTHING,
        partial(survive, "cluster", postgres_restarted),
        UNDER,
    ),
    Fault(
        "PostgreSQL frozen for 40 s, longer than leases",
        "cluster",
        NOTHING,
        partial(survive, "cluster", partial(frozen, "postgres", away=40), steady=True),
        UNDER,
    ),
]
