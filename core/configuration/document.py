"""The document as YAML: written in a stable order, read with the line of everything, so that a mistake names its place.

Only null, true, false and whole numbers are more than text: `off`, `8:00` and dates are read as they are written.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

VERSION = 1
HEAD = f"# Parley's configuration. What it can hold: docs/administration.md.\nparley: {VERSION}\n"
MOST = 20_000_000
DEEPEST = 20
PLAIN = {
    "tag:yaml.org,2002:null": re.compile(r"^(?:~|null|)$"),
    "tag:yaml.org,2002:bool": re.compile(r"^(?:true|false)$"),
    "tag:yaml.org,2002:int": re.compile(r"^(?:0|-?[1-9][0-9]{0,17})$"),
}
STARTS = {"null": ["~", "n", ""], "bool": ["t", "f"], "int": list("-0123456789")}

Path = tuple[str | int, ...]


class Refused(Exception):
    """The document cannot be taken: each of `mistakes` names its line or its path, and what to do."""

    def __init__(self, *mistakes: str):
        super().__init__("\n".join(mistakes))
        self.mistakes = list(mistakes)


@dataclass
class Document:
    """What a file says, and in which line it says it. What its mistakes advise: `missing` and `needed` rows."""

    missing = "Describe it in its section, or take it out here."
    needed = "it is not in the file, and cannot be removed because something needs it."

    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """As a person finds it: "line 12, queues / Billing / ring_time"."""
        words = " / ".join(str(part + 1) if isinstance(part, int) else part for part in path)
        line = next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), None)
        return f"line {line}, {words}" if line else words


class NoFile(Document):
    """Nothing: a change is reverted, by the same rules."""

    missing = "It was removed since, or has another name: revert that first."
    needed = "it cannot be removed because something needs it."


class _Reader(yaml.cyaml.CParser, yaml.resolver.BaseResolver):
    def __init__(self, stream):
        yaml.cyaml.CParser.__init__(self, stream)
        yaml.resolver.BaseResolver.__init__(self)


class _Writer(yaml.SafeDumper):
    yaml_implicit_resolvers: dict = {}

    def ignore_aliases(self, data):
        return True

    def increase_indent(self, flow=False, indentless=False):
        """Lists stand a step further in than their name."""
        return super().increase_indent(flow, False)


def _text(writer, value: str):
    """Several lines as a block, so that a review sees which of them changed."""
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Writer.add_representer(str, _text)
for _tag, _pattern in PLAIN.items():
    for _each in (_Reader, _Writer):
        _each.add_implicit_resolver(_tag, _pattern, STARTS[_tag.rpartition(":")[2]])


def write(data: dict) -> str:
    return HEAD + yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=1000)


def read(text: str) -> Document:
    """Raises Refused with the line for what is no YAML, for a name that stands twice, and for another version."""
    if len(text) > MOST:
        raise Refused(f"The file is larger than {MOST // 1_000_000} million characters.")
    document = Document()
    try:
        _require_shallow(text)
        node = yaml.compose(text, Loader=_Reader)
    except yaml.YAMLError as error:
        raise Refused(_no_yaml(error)) from None
    if not isinstance(node, yaml.MappingNode):
        raise Refused(f"This is no configuration: it begins with “parley: {VERSION}”.")
    document.data = _Taking(document).take(node, ())
    version = document.data.pop("parley", None)
    if version is True or version != VERSION:
        raise Refused(f"line 1: write “parley: {VERSION}”; this is the version that can be read.")
    return document


def _require_shallow(text: str) -> None:
    """Nodes in nodes are read by recursion in C, which nothing but the end of the process would stop."""
    depth = 0
    for event in yaml.parse(text, Loader=_Reader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = event.start_mark.line + 1
            raise Refused(f"line {line}: this is nested too deeply to be a configuration.")


def _no_yaml(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    words = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}this is no YAML, {words}. Mind the indentation, and quote texts with a colon."


class _Taking:
    """Plain values out of nodes. A node that is met twice is an alias, which a file could grow without end by."""

    def __init__(self, document: Document):
        self.document, self.met = document, set()

    def take(self, node: yaml.Node, path: Path):
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.met:
            raise Refused(f"{self.document.place(path)}: write it out, anchors and aliases (& and *) are not read.")
        self.met.add(id(node))
        if not isinstance(node, yaml.ScalarNode) and node.tag not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise Refused(f"{self.document.place(path)}: write a plain value, not {node.tag}.")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.take(each, (*path, n)) for n, each in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict:
        found: dict = {}
        for name, value in node.value:
            line = name.start_mark.line + 1
            if not isinstance(name, yaml.ScalarNode):
                raise Refused(f"line {line}: a name is a plain text.")
            _require_storable(name)
            if name.value in found:
                raise Refused(f"line {line}: “{name.value}” stands here twice. Keep one.")
            self.document.lines[*path, name.value] = line
            found[name.value] = self.take(value, (*path, name.value))
        return found

    def _scalar(self, node: yaml.ScalarNode, path: Path):
        kind = node.tag.rpartition(":")[2]
        if kind not in ("null", "bool", "int", "str") or not node.tag.startswith("tag:yaml.org,2002:"):
            raise Refused(f"{self.document.place(path)}: write a plain value, not {node.tag}.")
        if kind == "str":
            _require_storable(node)
            return node.value
        if not PLAIN[node.tag].match(node.value):
            raise Refused(f"{self.document.place(path)}: “{node.value}” is no {kind}.")
        return {"null": lambda v: None, "bool": lambda v: v == "true", "int": int}[kind](node.value)


def _require_storable(node: yaml.ScalarNode) -> None:
    """Escaped it is YAML, and no database takes it."""
    if "\0" in node.value:
        raise Refused(f"line {node.start_mark.line + 1}: a text cannot hold the character \\0. Take it out.")
