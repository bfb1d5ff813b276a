"""What system lines say: each is used, each fits the form. What contacts read: `tests/routing/test_wording.py`."""

import ast
import string
from pathlib import Path

import pytest

from agents.status import Status
from interactions import actions, texts
from routing.wording import KEYS, Wording

SOURCE = "\n".join(path.read_text() for path in Path(actions.__file__).parent.glob("*.py"))
NAMES = {"who": "Bo (Network)", "whom": "Cy", "by": "Ana", "what": "transfer", "note": "Router?"}
PEOPLE = {"requester": "Ana", "consultant": "Bo", "who": "Bo", "note": "Router?"}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("key", texts.INTERNAL)
def test_internal_lines_are_complete(key):
    assert fields(texts.INTERNAL[key]) <= set(NAMES)
    assert "{" not in texts.internal(key, **NAMES)


@pytest.mark.parametrize("key", texts.CONSULTATION)
def test_lines_of_consultations_are_complete(key):
    assert fields(texts.CONSULTATION[key]) <= set(PEOPLE)
    assert "{" not in texts.consultation(key, **PEOPLE)


def test_every_line_is_said_somewhere():
    """What is withdrawn says why by the status that was chosen."""
    words = {node.value for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Constant)}
    assert set(texts.INTERNAL) <= words | set(Status)
    assert {key for key, text in KEYS.items() if text.label.startswith("Line:")} <= words


def test_names_are_not_taken_for_templates():
    """A nickname with braces is a name, and says nothing of what is behind it."""
    nickname = "{introduction} {agent.__class__} {0}"
    assert Wording("en").say("joined", introduction=nickname) == f"{nickname} has joined"
