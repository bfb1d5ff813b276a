"""Breaks real sites and says what became of the people on them.

    python -m bench.faults [--list] [word ...]

Fifty contacts and ten agents on the product's own client code talk all the time, on SQLite with one process and on
PostgreSQL and Redis with two behind nginx; some faults are done to real browsers. All times are the defaults. A fault
counts as survived when every acknowledged line is stored once and stands in order at every party, nobody was lost who
should not be, and no chat is without an agent or a place in a queue. Exit code 1 when one was not.
"""

import sys
import time
import traceback

from . import browsers, crowded
from .table import Fault, Seen

FAULTS: list[Fault] = [*crowded.FAULTS, *browsers.FAULTS]
ROW = "{:<58}{:<10}{:>9}{:>9}  {}"


def main(*words: str) -> int:
    chosen = [fault for fault in FAULTS if all(word in f"{fault.name} {fault.site}" for word in words)]
    print(ROW.format("Fault", "Site", "Time", "Goal", "Outcome"), flush=True)
    return 0 if all([_one(fault) for fault in chosen]) else 1


def _one(fault: Fault) -> bool:
    begun = time.monotonic()
    try:
        seen = fault.run()
    except Exception:
        seen = Seen(good=False, words=traceback.format_exc())
    took = f"{seen.seconds:.1f} s" if seen.seconds is not None else "-"
    words = f"{'as expected' if seen.good else 'NOT AS EXPECTED'}: {seen.words}"
    whole = f"(measured in {time.monotonic() - begun:.0f} s)"
    print(ROW.format(fault.name, fault.site, took, fault.goal, words), whole, flush=True)
    return seen.good


if __name__ == "__main__":
    if "--list" in sys.argv:
        print("\n".join(f"{fault.site:<10}{fault.name}: {fault.expected}" for fault in FAULTS))
        sys.exit(0)
    sys.exit(main(*sys.argv[1:]))
