"""Tables of the documents: they name the tests which hold them, and the states that the code has."""

import re
from functools import cache
from pathlib import Path

import pytest

from interactions.states import INVITATION, Cause, Invited, Kind
from interactions.texts import CONSULTATION

ROOT = Path(__file__).parent.parent
TEST = re.compile(r"`(test_\w+)`")


@cache
def known() -> set[str]:
    """The names of all tests."""
    files = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in files for name in re.findall(r"^ *(?:async )?def (test_\w+)\(", text, re.MULTILINE)}


def rows(document: str, after: str) -> list[str]:
    """The rows of the tables below this heading, up to the next one of its level, without their heads."""
    level = after.split(" ")[0]
    part = (ROOT / "docs" / document).read_text().split(f"\n{after}\n", 1)[1]
    part = re.split(rf"^{level} ", part, flags=re.MULTILINE)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [line for line, following in zip(lines, [*lines[1:], ""], strict=True) if not _is_head(line, following)]


def _is_head(line: str, following: str) -> bool:
    return line.startswith("|---") or following.startswith("|---")


@pytest.mark.parametrize(
    "document, after",
    [
        ("state-machine.md", "## Crossings"),
        ("conformance.md", "## Instant conference"),
        ("conformance.md", "## Receiving a conference"),
        ("conformance.md", "## Conference from a consultation"),
    ],
)
def test_each_row_is_held_by_tests_that_exist(document, after):
    found = rows(document, after)
    assert found
    for row in found:
        held = TEST.findall(row.rsplit("|", 2)[1])
        assert held, f"nothing holds: {row}"
        assert set(held) <= known(), f"unknown: {sorted(set(held) - known())}"


def cells(document: str, after: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows(document, after)]


def test_kinds_and_states_of_invitations_are_those_of_the_code():
    found = cells("state-machine.md", "## Invitation")
    states = {first: set(second.split(", ")) for first, second, _ in found if first in set(Invited)}
    assert states == {target.value: {source.value for source in sources} for target, sources in INVITATION.items()}
    assert {first for first, _, _ in found} - states.keys() == set(Kind)


def test_causes_are_those_of_the_code():
    causes = {name for first, _, _ in cells("state-machine.md", "## Consultation") for name in first.split(", ")}
    assert causes == {f"`{cause}`" for cause in CONSULTATION if cause in set(Cause)}
    text = (ROOT / "docs" / "state-machine.md").read_text()
    listed = re.search(r"joins once and leaves once \(`([^`]+)`\)", text)
    assert set(listed[1].split(", ")) == set(Cause) - {Cause.CONFERENCE}


def test_a_row_without_a_test_would_be_seen():
    """The control: heads are left out, rows are not."""
    assert _is_head("| Situation | Outcome |", "|---|---|") and _is_head("|---|---|", "| a | b |")
    assert not _is_head("| a | b |", "| c | d |")
    assert "test_two_ends_at_once" in known() and "test_that_nobody_wrote" not in known()
