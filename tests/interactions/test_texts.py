"""What system lines say: each is used, each fits the form, and the contact's name nothing but people."""

import ast
import string
from pathlib import Path

import pytest

from agents.status import Status
from interactions import actions, texts

SOURCE = "\n".join(path.read_text() for path in Path(actions.__file__).parent.glob("*.py"))
NAMES = {"who": "Bo (Network)", "stays": "Ana", "by": "Ana", "seconds": 45}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("key", texts.PUBLIC)
def test_public_lines_name_people_only(key):
    assert fields(texts.PUBLIC[key]) <= {"who", "stays", "seconds"}
    assert "{" not in texts.public(key, **NAMES)


@pytest.mark.parametrize("key", texts.INTERNAL)
def test_internal_lines_are_complete(key):
    assert fields(texts.INTERNAL[key]) <= set(NAMES)
    assert "{" not in texts.internal(key, **NAMES)


def test_every_line_is_said_somewhere():
    """What is withdrawn says why by the status that was chosen."""
    words = {node.value for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Constant)}
    assert set(texts.PUBLIC) | set(texts.INTERNAL) <= words | set(Status)


def test_names_are_not_taken_for_templates():
    """A nickname with braces is a name, and says nothing of what is behind it."""
    assert texts.public("joined", who="{who.__class__} {0}") == "{who.__class__} {0} has joined"
