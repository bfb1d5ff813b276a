"""How long people wait: from Send to the line at the other two, and from Ready to the Interaction Preview.

    python -m bench.latency [sqlite] [cluster]

Real servers as bin/start runs them, commits durable, over raw sockets. Exit code 1 when a goal is missed.
"""

import asyncio
import statistics
import sys
import time
from contextlib import AsyncExitStack

from tests import servers

from .clients import Agent, Contact

LINES, READIES = 100, 20
GOALS = {"Send to the line at the other two": 50, "Ready to the Interaction Preview": 500}
SITES = {"sqlite": servers.parley, "cluster": lambda: servers.cluster(durable=True)}
NAMES = {"sqlite": "SQLite, one process", "cluster": "PostgreSQL and Redis, two processes"}


async def measure(url: str) -> dict[str, list[float]]:
    """Milliseconds of each sample."""
    async with AsyncExitStack() as around:
        ana, bo = [await Agent(url).sign_in(name, servers.PASSWORD) for name in ("ana", "bo")]
        for agent in (ana, bo):
            around.push_async_callback(agent.close)
        readies = [await _ready_to_preview(url, ana) for _ in range(READIES)]
        kim = await Contact(url).start("Kim Lee")
        around.push_async_callback(kim.close)
        await _conference(kim, ana, bo)
        people = [kim, ana, bo]
        lines = [await _line_to_all(kim.chat, people[n % 3], people, n) for n in range(LINES)]
        return dict(zip(GOALS, (lines, readies), strict=True))


async def _ready_to_preview(url: str, agent: Agent) -> float:
    """A contact waits; the agent becomes ready."""
    await agent.set_status("not_ready")
    contact = await Contact(url).start("Lou Park")
    begun = time.perf_counter()
    asked = asyncio.create_task(agent.set_status("ready"))
    rang, _ = await agent.frame("invitation", state="ringing")
    await asked
    await contact.leave()
    await agent.frame("invitation", state="revoked")
    await contact.close()
    return (rang - begun) * 1000


async def _conference(kim: Contact, ana: Agent, bo: Agent) -> None:
    await ana.accept()
    await bo.set_status("ready")
    found = await ana.call("GET", f"targets?q=Bo&types=agent&interaction={kim.chat}&verb=conference")
    target = {"type": "agent", "id": found["results"][0]["id"]}
    await ana.call("POST", f"interactions/{kim.chat}/conference", {"target": target})
    await bo.accept()


async def _line_to_all(chat: str, sender, people: list, number: int) -> float:
    begun = time.perf_counter()
    id = await sender.send_line(chat, f"Line {number}")
    arrivals = [await person.frame("message", id=id) for person in people if person is not sender]
    await sender.frame("ack", id=id)
    return (max(at for at, _ in arrivals) - begun) * 1000


def report(site: str, found: dict[str, list[float]]) -> bool:
    """Print one row per measurement; is every median within its goal?"""
    good = True
    for what, samples in found.items():
        median, worst = statistics.median(samples), _percentile(samples, 0.99)
        good &= median < GOALS[what]
        goal = f"{GOALS[what]:>6} ms"
        print(f"{NAMES[site]:<36}{what:<36}{len(samples):>4}{median:>9.1f} ms{worst:>9.1f} ms{goal:>10}")
    return good


def _percentile(samples: list[float], share: float) -> float:
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * share))]


def main(*wanted: str) -> int:
    good = True
    print(f"{'Site':<36}{'What':<36}{'n':>4}{'median':>12}{'p99':>12}{'goal':>10}")
    for site in wanted or SITES:
        with SITES[site]() as parley:
            good &= report(site, asyncio.run(measure(parley.url)))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
