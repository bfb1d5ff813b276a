"""The configuration as it is, and what of it a document would change."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import NOT_PROVIDED

from .document import Document, Path, Refused
from .known import Known
from .tables import Part, Row, Table, table, tables
from .values import Column

State = dict[str, dict[str, Row]]
WAS = "was"  # the former name of a row that gets another


@dataclass(frozen=True)
class Step:
    """What becomes of one row. `before` or `after` is None where it is added or removed; `was`: its name until now."""

    table: Table
    name: str
    before: Row | None
    after: Row | None
    was: str = ""
    path: Path = ()

    @property
    def kind(self) -> str:
        if self.before is None:
            return "add"
        return "remove" if self.after is None else "change"


@dataclass
class Wanted:
    """What a document asks for, and where in it."""

    rows: State = field(default_factory=dict)
    paths: dict[tuple[str, str], Path] = field(default_factory=dict)
    was: dict[tuple[str, str], str] = field(default_factory=dict)


def state(known: Known, names: Iterable[str] | None = None) -> State:
    """{section: {row: what is not as it comes}} of these sections, or of all."""
    asked = [each for each in tables() if names is None or each.name in names]
    return {each.name: {name: each.dump(row) for name, row in known.rows(each).items()} for each in asked}


def as_data(given: State) -> dict:
    """As it stands in the document."""
    return {name: _section(table(name), rows) for name, rows in given.items()}


def _section(of: Table, rows: dict[str, Row]):
    if of.single:
        return rows.get("", {})
    return list(rows.values()) if of.listed else rows


def fingerprint(given: State) -> str:
    """Equal for equal states: a plan that somebody looked at holds only as long."""
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:16]


def wanted(document: Document) -> Wanted:
    """Raises Refused, with every mistake that can be seen without the database."""
    found, mistakes = Wanted(), []
    for name, section in document.data.items():
        of = table(name)
        if of is None:
            known = ", ".join(each.name for each in tables())
            mistakes.append(f"{document.place((name,))}: there is no such section. There are: {known}.")
            continue
        found.rows[name] = {}
        for path, key, body in _rows(of, section, document, mistakes):
            _take(of, path, key, body, found, document, mistakes)
    if mistakes:
        raise Refused(*mistakes)
    return found


def _rows(of: Table, section, document: Document, mistakes: list) -> Iterable[tuple[Path, str | None, Row]]:
    """(where, name, what it says) of each row as the section writes it."""
    if of.single:
        pairs = [((of.name,), "", section)]
    elif of.listed and isinstance(section, list):
        pairs = [((of.name, n), None, body) for n, body in enumerate(section)]
    elif not of.listed and isinstance(section, dict):
        pairs = [((of.name, name), name, body) for name, body in section.items()]
    else:
        kind = "a list of rows" if of.listed else "rows by their names"
        pairs = []
        if section is not None:
            mistakes.append(f"{document.place((of.name,))}: write {kind}.")
    for path, name, body in pairs:
        if body is None or isinstance(body, dict):
            yield path, name, body or {}
        else:
            mistakes.append(f"{document.place(path)}: write what it has, by name.")


def _take(
    of: Table, path: Path, name: str | None, body: Row, found: Wanted, document: Document, mistakes: list
) -> None:
    body = dict(body)
    was = body.pop(WAS, "") if not of.single and not of.listed else ""
    known = [*(of.keys if of.listed else ()), *of.columns]
    row = _normal(known, of.parts, body, path, document, mistakes)
    if name is None:
        name = of.name_from({each.name: row.get(each.name) for each in of.keys})
    if name in found.rows[of.name]:
        mistakes.append(f"{document.place(path)}: “{name}” stands in this section twice. Keep one.")
    found.rows[of.name][name] = row
    found.paths[of.name, name] = path
    if was:
        found.was[of.name, name] = str(was)


def _normal(columns, parts, body: Row, path: Path, document: Document, mistakes: list) -> Row:
    """The row as it would be written, without what is as it comes."""
    known: dict[str, Column | Part] = {each.name: each for each in (*columns, *parts)}
    for name in [name for name in body if name not in known]:
        mistakes.append(f"{document.place((*path, name))}: there is no such thing here. There are: {', '.join(known)}.")
    row = {}
    for name, each in known.items():
        if isinstance(each, Part):
            if below := _normal_part(each, body.get(name), (*path, name), document, mistakes):
                row[name] = below
        elif name in body:
            try:
                value = each.normal(body[name])
            except ValidationError as error:
                mistakes.append(f"{document.place((*path, name))}: {' '.join(error.messages)}")
                continue
            if value != each.default:
                row[name] = value
        elif each.default is NOT_PROVIDED:
            mistakes.append(f"{document.place(path)}: {name} is missing.")
    return row


def _normal_part(part: Part, body, path: Path, document: Document, mistakes: list):
    if body is None:
        return None
    kind = dict if part.key else list
    if not isinstance(body, kind):
        mistakes.append(f"{document.place(path)}: write {'rows by their names' if part.key else 'a list of rows'}.")
        return None
    pairs = body.items() if part.key else enumerate(body)
    rows = [(name, _normal_below(part, row, (*path, name), document, mistakes)) for name, row in pairs]
    return dict(sorted(rows)) if part.key else [row for _, row in rows]


def _normal_below(part: Part, row, path: Path, document: Document, mistakes: list) -> Row:
    if row is not None and not isinstance(row, dict):
        mistakes.append(f"{document.place(path)}: write what it has, by name.")
        return {}
    return _normal(part.columns, (), row or {}, path, document, mistakes)


def difference(now: State, then: Wanted) -> list[Step]:
    """Row by row, sections and rows in the order of the document; a section that it leaves out stays as it is."""
    found = []
    for of in tables():
        if of.name in then.rows:
            found += _steps(of, now.get(of.name, {}), then)
    return found


def _steps(of: Table, before: dict[str, Row], then: Wanted) -> Iterable[Step]:
    after, renamed = then.rows[of.name], set()
    for name, row in after.items():
        was = then.was.get((of.name, name), "")
        was = was if was in before and name not in before else ""
        renamed.add(was)
        old = before.get(was or name)
        if old != row or was:
            yield Step(of, name, old, row, was, then.paths.get((of.name, name), (of.name, name)))
    for name, row in before.items():
        if name not in after and name not in renamed:
            yield Step(of, name, row, None, path=(of.name, name))
