"""What a site needs when nothing happens: nobody is there, or agents are and do nothing.

    python -m bench.idle [sqlite] [cluster] [seconds]

Real servers as bin/start runs them, the engine inside. The agents are Ready, over raw sockets. Printed: the part of one
core that each process needed, from /proc, over so many seconds (60). Exit code 1 when all web processes together need
more than one per cent of a core while nobody is there.
"""

import asyncio
import os
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

from tests import servers

from .clients import Agent
from .latency import NAMES, SITES

GOAL, SECONDS, SETTLE = 0.01, 60, 10
PEOPLE = ("ana", "bo", "cy", "sue", "ana")
TICK = os.sysconf("SC_CLK_TCK")


def used(pid: int) -> float:
    """Seconds of a core that a process and its children have had so far."""
    return sum(_used(one) for one in servers.family(pid))


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def shares(site: servers.Parley, seconds: float) -> dict[str, float]:
    """Which part of a core each kind of process needs."""
    kinds = {"web": site.processes, "PostgreSQL": [site.postgres], "Redis": [site.redis]}
    pids = {kind: [one.child.pid for one in found if one] for kind, found in kinds.items()}
    time.sleep(SETTLE)
    before, since = {kind: sum(map(used, found)) for kind, found in pids.items()}, time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - since
    return {kind: (sum(map(used, found)) - before[kind]) / took for kind, found in pids.items() if found}


async def with_agents(site: servers.Parley, seconds: float) -> dict[str, float]:
    async with AsyncExitStack() as around:
        for name in PEOPLE:
            agent = await Agent(site.url).sign_in(name, servers.PASSWORD)
            around.push_async_callback(agent.close)
            await agent.set_status("ready")
        return await asyncio.to_thread(shares, site, seconds)


def report(name: str, who: str, found: dict[str, float]) -> None:
    print(
        f"{NAMES[name]:<38}{who:<22}" + "".join(f"{kind} {share:6.2%}   " for kind, share in found.items()), flush=True
    )


def main(*words: str) -> int:
    wanted = [word for word in words if word in SITES] or list(SITES)
    seconds = next((float(word) for word in words if word not in SITES), SECONDS)
    good = True
    print(f"load of the machine {os.getloadavg()[0]:.1f}; parts of one core")
    for name in wanted:
        with SITES[name]() as site:
            nobody = shares(site, seconds)
            good &= nobody["web"] <= GOAL
            report(name, "nobody there", nobody)
            report(name, f"{len(PEOPLE)} workspaces, Ready", asyncio.run(with_agents(site, seconds)))
    print(f"load of the machine {os.getloadavg()[0]:.1f}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
