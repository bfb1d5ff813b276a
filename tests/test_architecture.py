"""The order of the house: which way imports point, who may know whom, and what must not stand anywhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ("core", "agents", "routing", "interactions", "reporting", "webhooks")  # each may import those before it
EDGES = {"views", "api", "consumers", "admin", "management", "pages", "sockets", "urls", "backoffice"}
INNER = {"actions", "models", "states", "status", "engine", "permissions", "events", "transcript"}
PURE = (
    "interactions.states",
    "agents.status",
    "routing.engine",
    "routing.hours",
    "routing.plain",
    "routing.rules",
    "routing.simulation.clock",
    "routing.simulation.figures",
    "routing.simulation.floor",
    "routing.simulation.lines",
    "routing.simulation.parts",
    "routing.simulation.pieces",
    "routing.simulation.run",
    "routing.strategies",
    "routing.widening",
)
LAYER = ("channels.layers", "channels_redis")
LATER = re.compile(r"(?<![\w-])(TODO|FIXME|XXX|HACK)\b|\bnot implemented\b")
TEXTS = {".py", ".js", ".mjs", ".html", ".css", ".md", ".toml", ".sh", ""}


class Import(NamedTuple):
    """One import: which module says it, in which line, and the full name of what it takes."""

    module: str
    line: int
    name: str

    @property
    def app(self) -> str:
        return self.module.partition(".")[0]

    @property
    def target(self) -> str:
        return self.name.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.name}"


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[Import]:
    module = module_of(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(module, node.lineno, f"{start}.{alias.name}")


def sources() -> list[Path]:
    return [path for app in ORDER for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    found = [each for path in sources() for each in imports_of(path)]
    assert len(found) > 300, "the sources were not found"
    return found


def kinds(name: str) -> set[str]:
    """The parts of a dotted name below its app: what kind of module it is."""
    return set(name.split(".")[1:])


def test_imports_point_one_way(imports):
    up = [each for each in imports if each.target in ORDER and ORDER.index(each.target) > ORDER.index(each.app)]
    assert [str(each) for each in up] == []


def test_nobody_imports_the_configuration(imports):
    assert [str(each) for each in imports if each.target == "config"] == []


def test_no_app_imports_the_edges_of_another(imports):
    """What only edges know, the administration's common ground, is imported by edges only."""
    foreign = [each for each in imports if each.target in ORDER and each.target != each.app]
    wrong = [each for each in foreign if kinds(each.name) & EDGES and not kinds(each.module) & EDGES]
    assert [str(each) for each in wrong] == []
    beside = [each for each in foreign if kinds(each.name) & EDGES and each.target != "core"]
    assert [str(each) for each in beside] == []


def test_what_is_inside_does_not_know_the_edges(imports):
    wrong = [each for each in imports if kinds(each.module) & INNER and not kinds(each.module) & EDGES]
    wrong = [each for each in wrong if each.target in ORDER and kinds(each.name) & EDGES]
    assert [str(each) for each in wrong] == []


def test_only_realtime_touches_the_channel_layer(imports):
    touching = [each for each in imports if each.name.startswith(LAYER)]
    assert touching, "the rule is not looked for in the right place"
    assert [str(each) for each in touching if not each.module.startswith("core.realtime")] == []


def test_pure_modules_stay_pure(imports):
    """States, statuses and the choice of an agent need no database to be understood or tested."""
    allowed = {
        "bisect",
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "heapq",
        "itertools",
        "math",
        "operator",
        "random",
        "re",
        "typing",
        "unicodedata",
        "uuid",
        "zoneinfo",
    }
    pure = [each for each in imports if each.module in PURE]
    assert {each.module for each in pure} == set(PURE)
    own = [each for each in pure if each.name.startswith(PURE)]
    others = [each for each in pure if each not in own and not each.name.startswith("urllib.parse")]
    assert [str(each) for each in others if each.target not in allowed] == []


def test_no_signals_and_no_save_overrides():
    """A change that must be heard is an action, never a side effect of saving."""
    wrong = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and "models" in path.parts:
                names = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
                wrong += [f"{path.relative_to(ROOT)}:{node.lineno} {name}" for name in names & {"save", "delete"}]
    wrong += [str(each) for path in sources() for each in imports_of(path) if "django.db.models.signals" in each.name]
    assert wrong == []


def test_every_module_says_what_it_is():
    written = [(path, path.read_text()) for path in sources()]
    silent = [path for path, text in written if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_nothing_is_left_for_later():
    folders = [*ORDER, "config", "templates", "static", "docs", "bin", "bench"]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXTS]
    read = [path for path in files if path.suffix in TEXTS and "vendor" not in path.parts]
    found = [(path, LATER.search(path.read_text())) for path in read if "__pycache__" not in path.parts]
    assert [f"{path.relative_to(ROOT)}: {match[0]}" for path, match in found if match] == []


def test_the_configuration_file_holds_all_that_has_a_page():
    """Whoever adds a kind of row that administrators set describes it in the `configuration.py` of its app."""
    from django.contrib import admin

    from core.backoffice.pages import Page, ReadOnlyPage
    from core.configuration import tables

    pages = [page for page in admin.site._registry.values() if isinstance(page, Page)]
    pages = [page for page in pages if not isinstance(page, ReadOnlyPage)]
    models = {model for page in pages for model in (page.model, *(inline.model for inline in page.inlines))}
    with_secrets = {"ApiToken", "Webhook"}
    assert {model.__name__ for model in models if tables.of_model(model) is None} == with_secrets
