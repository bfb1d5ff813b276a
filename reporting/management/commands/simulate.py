"""`manage.py simulate`: a day that was, or one made up, against the site as it is and with changes."""

import json
import os
import shlex
from argparse import ArgumentTypeError
from dataclasses import asdict
from datetime import date
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reporting import simulating
from reporting.days import Demand, Mistaken
from reporting.simulating import Change, Comparison
from routing.strategies import STRATEGIES

COLUMNS = (
    "offered",
    "turned_away",
    "answered",
    "abandoned",
    "service_level",
    "average",
    "ninth",
    "longest",
    "occupancy",
)
SHARES = ("service_level", "occupancy")
POLITE = 10


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise ArgumentTypeError(f"there is no day {words}. Write it as 2026-03-04.") from None


class Command(BaseCommand):
    help = (
        "Play a day twice, as the site is and with changes, by the engine that routes. Writes nothing. "
        'Example: simulate --chats 20000 --queue "Network agents=+2 strategy=least_busy also=Billing:60"'
    )

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--day", type=_day, help="replay the chats of this day, e.g. 2026-03-04")
        what.add_argument("--chats", type=int, help="make up a day with so many chats")
        parser.add_argument("--hours", default="8-18", help="of the day that is made up")
        parser.add_argument("--handling", type=float, default=360.0, help="average seconds of a chat that is made up")
        parser.add_argument("--patience", type=float, default=300.0, help="average seconds that contacts would wait")
        parser.add_argument("--rejects", type=float, default=0.0, help="per cent of the rings of a day that is made up")
        parser.add_argument("--misses", type=float, default=0.0, help="per cent of the rings of a day that is made up")
        parser.add_argument("--capacity", type=int, help="chats at the same time, of every agent")
        parser.add_argument(
            "--queue",
            action="append",
            default=[],
            metavar="CHANGES",
            help="name, then strategy=, priority=, ageing=, agents=+n or -n, skills=no, also=queue:seconds, "
            "hours=name or always; a name with spaces in quotes",
        )
        parser.add_argument("--seed", type=int, default=1, help="another number is another day like it")
        parser.add_argument("--json", action="store_true", help="lines of JSON: progress, then the result")

    def handle(self, **given):
        os.nice(POLITE)  # chats that are going on come first
        self._json = given["json"]
        try:
            found = simulating.compare(
                given["day"] or _demand(given),
                [change_of(words) for words in given["queue"]],
                zone=ZoneInfo(timezone.get_default_timezone_name()),
                capacity=given["capacity"],
                seed=given["seed"],
                progress=self._progress,
            )
        except Mistaken as mistake:
            if not self._json:
                raise CommandError(str(mistake)) from None
            return self._say({"mistake": str(mistake)})
        self._say({"result": asdict(found)}) if self._json else self.stdout.write(_table(found))

    def _progress(self, part: float) -> None:
        if self._json:
            self._say({"progress": round(part, 3)})
        elif self.stderr.isatty():
            self.stderr.write(f"\r{part:4.0%}", ending="\n" if part >= 1 else "")

    def _say(self, what: dict) -> None:
        self.stdout.write(json.dumps(what))
        self.stdout.flush()


def _demand(given: dict) -> Demand:
    begins, _, ends = given["hours"].partition("-")
    if not (begins.isdecimal() and ends.isdecimal()):
        raise Mistaken("Write hours as 8-18.")
    shares = given["rejects"] / 100, given["misses"] / 100
    return Demand(given["chats"], (int(begins), int(ends)), given["handling"], given["patience"], *shares)


def change_of(words: str) -> Change:
    """ "Network agents=+2 skills=no" as a change. Raises Mistaken."""
    try:
        name, *settings = shlex.split(words)
    except ValueError:
        raise Mistaken(f"Begin with the name of a queue: {words!r}.") from None
    read = {"strategy": _strategy, "priority": int, "ageing": _seconds, "agents": int}
    read |= {"skills": _yes, "also": _also, "hours": str}
    given = {}
    for setting in settings:
        key, _, value = setting.partition("=")
        try:
            given[key] = read[key](value)
        except (KeyError, ValueError):
            raise Mistaken(f"{setting!r} is no change of a queue. Possible are: {', '.join(read)}.") from None
    return Change(name, **given)


def _strategy(value: str) -> str:
    if value not in STRATEGIES:
        raise Mistaken(f"There is no strategy {value}. There are: {', '.join(STRATEGIES)}.")
    return value


def _seconds(value: str) -> int:
    if not value.isdecimal():
        raise ValueError(value)
    return int(value)


def _yes(value: str) -> bool:
    return {"yes": True, "no": False}[value]


def _also(value: str) -> tuple[str, int]:
    name, _, after = value.rpartition(":")
    return name, _seconds(after)


def _table(found: Comparison) -> str:
    """Two lines for each queue, as it is and changed."""
    rows = [("All queues", found.before.total, found.after.total)]
    rows += [(name, found.before.queues[name], found.after.queues[name]) for name in found.names]
    lines = [found.about, f"{'':30}" + "".join(f"{name.replace('_', ' '):>15}" for name in COLUMNS)]
    for name, before, after in rows:
        lines += [_line(name, before), _line("  with the changes", after)]
    return "\n".join(lines)


def _line(name: str, row) -> str:
    return f"{name:30}" + "".join(f"{words(key, getattr(row, key)):>15}" for key in COLUMNS)


def words(key: str, value) -> str:
    """A figure as people read it; seconds of waiting, shares in per cent."""
    if value is None:
        return "-"
    return f"{value:.1%}" if key in SHARES else f"{value:,}" if isinstance(value, int) else f"{value:,.1f} s"
