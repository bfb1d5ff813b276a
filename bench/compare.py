"""Delivery side by side: the same lines through Parley and through others, each started, loaded and checked here.

    bench/run [CONTENDER ...] [--chats 200] [--seconds 8] [--open 250] [--slow] [--small]

Each chat is three sockets. A closed loop (every chat always has one line under way) gives lines per second and the CPU
of all server processes, databases included; a fixed offered load gives the latency from send to the last party. Then
each acknowledged line must be stored once and have reached every party once and in the same order. `--slow` adds 2 ms
to each fsync. Compare within one table: machines differ, and so does one machine from hour to hour.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests import servers

from .contenders import ALONE, CONTENDERS, PARTIES, Ground, Running

HERE = Path(__file__).parent
NUMBER = re.compile(r"~([0-9a-f]{8})~")
TICKS = 100.0
ALL = CONTENDERS | ALONE
SETTLE = 1.5
MOST = 20  # lines a second that a person of the generator writes


class Generator:
    """The load generator's process."""

    def __init__(self, program: Path, plan: list[str], path: Path, patience: float = 5):
        (path / "plan").write_text("\n".join(plan) + "\n")
        command = [str(program), str(path / "plan"), str(patience)]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603

    def answer(self) -> dict:
        said = self.child.stdout.readline()
        if not said:
            raise RuntimeError("the load generator ended; see what it said above")
        return json.loads(said)

    def ask(self, *words) -> dict:
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        self.child.stdin.flush()
        return self.answer()

    def end(self) -> None:
        self.child.kill()
        self.child.communicate()


def cpu(processes: list[servers.Process]) -> float:
    """Seconds that these processes and all they have started have used."""
    return sum(_ticks(pid) for process in processes for pid in servers.family(process.child.pid)) / TICKS


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def memory(processes: list[servers.Process]) -> int:
    """KiB that are their own."""
    return sum(_pss(pid) for process in processes for pid in servers.family(process.child.pid))


def _pss(pid: int) -> int:
    try:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def measure(running: Running, given, program: Path, path: Path) -> dict:
    """One contender's figures."""
    before = memory(running.processes)
    generator = Generator(program, running.plan, path)
    try:
        ready = generator.answer()
        time.sleep(SETTLE)
        each = (memory(running.processes) - before) / len(running.plan)
        generator.ask("closed", given.seconds / 4)  # warm
        used = cpu(running.all)
        closed = generator.ask("closed", given.seconds)
        used = cpu(running.all) - used
        offered = generator.ask("open", given.open, given.seconds)
        checked = generator.ask("check")
    finally:
        generator.end()
    per_thousand = used / max(1, closed["done"]) * 1000
    faults = _faults(checked, running.stored())
    return {"closed": closed, "open": offered, "cpu": per_thousand, "each": each, "faults": faults, "ready": ready}


def _faults(checked: dict, texts: list[str]) -> dict[str, int]:
    """What must not be: all 0."""
    stored = Counter(int(found[1], 16) for text in texts if (found := NUMBER.search(text)))
    acked = set(range(1, checked["sent"] + 1)) - set(checked["unacked"])
    names = ("lost", "doubled", "unordered", "misnumbered", "strangers", "closed")
    return {
        **{name: checked[name] for name in names},
        "not stored": len(acked - stored.keys()),
        "stored twice": sum(count > 1 for count in stored.values()),
        "not acknowledged": len(checked["unacked"]),
    }


COLUMNS = ("lines/s", "x", "CPU s/1,000", "p50", "p95", "p99 ms", "KiB/socket", "generator", "checked")


def table(rows: dict[str, dict], given) -> str:
    first = next((row for name, row in rows.items() if name.startswith("tutorial")), next(iter(rows.values())))
    offered = f"send to last party at {given.open}/s"
    lines = [f"| Server | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, row in rows.items():
        closed, opened = row["closed"], row["open"]
        faults = ", ".join(f"{count} {what}" for what, count in row["faults"].items() if count) or "all right"
        cells = [
            f"{closed['rate']:,.0f}",
            f"{closed['rate'] / max(1, first['closed']['rate']):.1f}",
            f"{row['cpu']:.3f}",
            *(f"{opened[name]:.1f}" for name in ("p50", "p95", "p99")),
            f"{row['each']:.0f}",
            f"{closed['cpu']:.2f}",
            faults,
        ]
        lines.append(f"| {ALL[name][0]} | {' | '.join(cells)} |")
    people = given.chats * PARTIES
    sockets = (
        f"{given.chats} chats, {people} sockets that write at most {people * MOST:,} lines/s, {given.seconds} s each"
    )
    slow = ", 2 ms added to each fsync" if given.slow else ""
    return f"{sockets}{slow}. Latency: {offered}. generator: share of a core.\n\n" + "\n".join(lines)


def compiled(path: Path) -> tuple[Path, Path]:
    """The load generator, and what makes fsync slow."""
    generator, slow = path / "generator", path / "slowsync.so"
    build = ["cc", "-O2", "-Wall", "-Werror"]
    subprocess.run([*build, "-o", generator, HERE / "generator.c", "-lm"], check=True)  # noqa: S603
    subprocess.run([*build, "-shared", "-fPIC", "-o", slow, HERE / "slowsync.c", "-ldl"], check=True)  # noqa: S603
    return generator, slow


def run(given) -> dict[str, dict]:
    """Every contender in its turn."""
    rows = {}
    with servers.folder() as programs:
        generator, slow = compiled(programs)
        env = {"LD_PRELOAD": str(slow)} if given.slow else {}
        for name in asked_for(given):
            with ExitStack() as around:
                path = around.enter_context(servers.folder())
                path.chmod(0o777)
                try:
                    running = around.enter_context(ALL[name][1](Ground(path, given.chats, env, programs)))
                    rows[name] = measure(running, given, generator, path)
                    print(f"{ALL[name][0]}: {rows[name]['closed']['rate']:,.0f} lines/s", file=sys.stderr)
                except Exception as error:
                    print(f"{ALL[name][0]} could not be measured: {error}", file=sys.stderr)
    return rows


def main() -> int:
    asked = argparse.ArgumentParser(prog="bench/run", description=__doc__.partition("\n")[0])
    asked.add_argument("contenders", nargs="*", choices=[*ALL, []], metavar="CONTENDER", help=", ".join(ALL))
    asked.add_argument("--chats", type=int, default=200)
    asked.add_argument("--seconds", type=float, default=8)
    asked.add_argument("--open", type=float, default=250, help="lines per second that are offered")
    asked.add_argument("--slow", action="store_true", help="2 ms more for each fsync")
    asked.add_argument("--small", action="store_true", help="only to see that it works: 40 chats, a second each")
    given = asked.parse_args()
    if given.small:
        given.chats, given.seconds, given.open = 40, 1, 40
    rows = run(given)
    if rows:
        print(table(rows, given))
    return 0 if rows and all(_is_right(rows.get(name)) for name in asked_for(given) if name.startswith("parley")) else 1


def asked_for(given) -> list[str]:
    return given.contenders or list(CONTENDERS)


def _is_right(row: dict | None) -> bool:
    """Of ours: it was measured, lines went through it, and nothing was wrong with any of them."""
    return row is not None and row["closed"]["done"] > 0 and not any(row["faults"].values())


if __name__ == "__main__":
    sys.exit(main())
