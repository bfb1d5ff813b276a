"""The comparison works, and would notice what must not be. No figure of it is judged here."""

import subprocess
import sys

import pytest

from bench.compare import MOST, _faults
from tests.servers import ROOT

CHECKED = {"sent": 3, "unacked": [3], **dict.fromkeys(("lost", "doubled", "unordered", "misnumbered"), 0)}
CHECKED |= {"strangers": 0, "closed": 0}
PEOPLE = 120  # of `--small`


@pytest.mark.once
@pytest.mark.parametrize(
    "stored, wrong",
    [
        ((1, 2), {"not acknowledged": 1}),
        ((1, 2, 3), {"not acknowledged": 1}),
        ((1,), {"not acknowledged": 1, "not stored": 1}),
        ((1, 2, 2), {"not acknowledged": 1, "stored twice": 1}),
    ],
)
def test_each_acknowledged_line_must_be_stored_once(stored, wrong):
    texts = [f"~{number:08x}~ a line" for number in stored]
    assert {what: count for what, count in _faults(CHECKED, texts).items() if count} == wrong


@pytest.mark.once
@pytest.mark.server
def test_parley_and_the_tutorial_are_measured():
    command = [sys.executable, "-m", "bench.compare", "parley-sqlite", "tutorial-sqlite", "--small"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    [ours, others] = [line.split(" | ") for line in done.stdout.splitlines() if " 40 chats" not in line][-2:]
    assert (ours[0], ours[-1]) == ("| Parley, SQLite", "all right |")
    assert others[0] == "| Channels tutorial, SQLite" and _rate(others) > 0
    assert _rate(ours) <= PEOPLE * (MOST + 1), "somebody wrote faster than Parley lets anybody, and was not ended"


def _rate(row: list[str]) -> float:
    return float(row[1].replace(",", ""))
