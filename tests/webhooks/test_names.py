"""The events that a webhook can want are those that the code writes down."""

import ast
import re
from pathlib import Path

import pytest

from webhooks import names

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "agents", "routing", "interactions", "reporting", "webhooks")
LIKE = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = ("record", "record_all", "_record", "_record_all", "create", "Event")


def calls() -> list[ast.Call]:
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    trees = [ast.parse(path.read_text()) for path in paths if path.name != "names.py"]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def written(call: ast.Call) -> list[str]:
    """Names of events in the arguments, e.g. also "a.b" if this else "a.c"."""
    given = [*call.args, *(each.value for each in call.keywords if each.arg in (None, "name"))]
    texts = [each.value for one in given for each in ast.walk(one) if isinstance(each, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and LIKE.fullmatch(text)]


def test_what_is_written_down_is_known_and_what_is_known_is_written_down():
    names_of = {}
    for call in calls():
        function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        for name in written(call):
            names_of.setdefault(name, set()).add(function)
    recorded = {name for name, functions in names_of.items() if functions & set(WRITERS)}
    assert recorded - set(names.NAMES) == set(), "add it to webhooks/names.py"
    everywhere = {
        text
        for path in ROOT.glob("*/**/*.py")
        if path.parts[len(ROOT.parts)] in APPS and path.name != "names.py"
        for text in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text())
    }
    assert set(names.NAMES) - everywhere == set(), "no code writes it down"


@pytest.mark.parametrize("given", ["*", "interaction.*", "interaction.ended", "webhook.disabled"])
def test_what_there_is_is_no_mistake(given):
    assert names.mistake(given) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("interaction.endet", "Did you mean interaction.ended?"),
        ("interactions.*", "Did you mean interaction.*?"),
        ("agent.weather", "Of this kind there are: answered_late"),
        ("weather.report", "Kinds are: administrator"),
        ("", "There is no event"),
    ],
)
def test_a_wrong_name_says_what_there_is(given, words):
    assert words in names.mistake(given)
