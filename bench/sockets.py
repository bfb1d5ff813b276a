"""Many open sockets at one process: what each keeps in memory, what all need while nothing happens, who is lost.

    python -m bench.sockets [sqlite] [postgres] [--sockets 10000] [--seconds 60]

A third are contacts, two thirds agents, as in a conference. Printed: how long they took to open; memory of each (what
the process has, and what nobody shares with it) when all were open and after the wait; the part of a core that the web
process and the databases needed meanwhile; what a socket heard. Exit code 1 when a socket was closed or a goal is
missed. Each needs a file at either end: `ulimit -n` must be above their number.
"""

import argparse
import re
import sys
import time
from pathlib import Path

from tests import servers

from .compare import SETTLE, Generator, compiled, cpu
from .contenders import CONTENDERS, PARTIES, Ground, Running

GOAL, WHOLE = 40, 600_000_000 // 1024  # KiB of a socket, and of the process with 10,000 of them
SITES = {"sqlite": "parley-sqlite", "postgres": "parley-postgres"}


def memory(running: Running) -> dict[str, int]:
    """KiB of the web processes: what they have, and what is theirs alone."""
    parts = [_of(pid) for process in running.processes for pid in servers.family(process.child.pid)]
    return {name: sum(part[name] for part in parts) for name in ("Rss", "Private")}


def _of(pid: int) -> dict[str, int]:
    rows = re.findall(r"^(\w+):\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    return {
        "Rss": sum(int(size) for name, size in rows if name == "Rss"),
        "Private": sum(int(size) for name, size in rows if name.startswith("Private_")),
    }


def measure(running: Running, seconds: float, program: Path, path: Path) -> dict:
    """Opens them all, then only listens."""
    before, generator = memory(running), Generator(program, running.plan, path)
    try:
        opened = generator.answer()["seconds"]
        time.sleep(SETTLE)
        after, used, web = memory(running), cpu(running.all), cpu(running.processes)
        heard = generator.ask("idle", seconds)
        used, web = cpu(running.all) - used, cpu(running.processes) - web
        return {
            **heard,
            "count": len(running.plan),
            "opened": opened,
            "memory": [before, after, memory(running)],
            "web": web / seconds,
            "others": (used - web) / seconds,
        }
    finally:
        generator.end()


def report(name: str, row: dict) -> bool:
    """Prints it; is all as it should be?"""
    count, (before, after, then) = row["count"], row["memory"]
    each = [{kind: (found[kind] - before[kind]) / count for kind in found} for found in (after, then)]
    print(f"{name}: {count:,} sockets, opened in {row['opened']:.0f} s, closed: {row['closed']}")
    for when, found in zip(("when all were open", f"after {row['seconds']:.0f} s"), each, strict=True):
        print(f"  KiB of a socket {when}: RSS {found['Rss']:.1f}, private {found['Private']:.1f}")
    print(f"  MiB of the process: {before['Rss'] / 1024:.0f} at first, {then['Rss'] / 1024:.0f} then")
    print(f"  of a core meanwhile: web {row['web']:.1%}, database and Redis {row['others']:.1%}")
    print(f"  heard by a socket: {row['texts'] / count:.1f} texts, {row['pings'] / count:.1f} pings", flush=True)
    return not row["closed"] and each[-1]["Rss"] < GOAL and then["Rss"] < WHOLE


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.sockets", description=__doc__.partition("\n")[0])
    asked.add_argument("sites", nargs="*", choices=[*SITES, []], metavar="SITE", help=", ".join(SITES))
    asked.add_argument("--sockets", type=int, default=10_000)
    asked.add_argument("--seconds", type=float, default=60)
    given = asked.parse_args()
    good = True
    with servers.folder() as programs:
        generator, _ = compiled(programs)
        for name in given.sites or SITES:
            title, start = CONTENDERS[SITES[name]]
            with servers.folder() as path:
                path.chmod(0o777)
                with start(Ground(path, -(-given.sockets // PARTIES), {}, programs)) as running:
                    good &= report(title, measure(running, given.seconds, generator, path))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
