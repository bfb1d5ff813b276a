"""The tree of a set's codes, pure: order, paths, and how a written path is read."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

BETWEEN = " / "
SEPARATOR = re.compile(r"\t+|\s/(?=\s)")


class Node(NamedTuple):
    """A folder or a code in its place; `inside`: the nodes of a folder."""

    row: object
    is_folder: bool
    inside: list["Node"]


def tree(folders: Iterable, codes: Iterable) -> list[Node]:
    """Both kinds together by position and name at each level."""
    children = defaultdict(list)
    for folder in folders:
        children[folder.parent_id].append((folder, True))
    for code in codes:
        children[code.folder_id].append((code, False))
    return _level(children, None)


def _level(children: dict, parent) -> list[Node]:
    rows = sorted(children[parent], key=lambda pair: (pair[0].position, pair[0].name.casefold()))
    return [Node(row, folder, _level(children, row.pk) if folder else []) for row, folder in rows]


def without_empty(nodes: list[Node]) -> list[Node]:
    """Folders that hold no code at any depth are left out."""
    kept = [Node(row, folder, without_empty(inside)) for row, folder, inside in nodes]
    return [node for node in kept if node.inside or not node.is_folder]


def flat(nodes: list[Node]) -> Iterable[Node]:
    """All of them in the order in which they are read."""
    for node in nodes:
        yield node
        yield from flat(node.inside)


def paths(folders: Iterable) -> dict:
    """{folder's key: its names from the top}."""
    by_key = {folder.pk: folder for folder in folders}
    return {key: _climb(by_key, folder) for key, folder in by_key.items()}


def _climb(by_key: dict, folder) -> list[str]:
    names, seen = [], set()
    while folder is not None and folder.pk not in seen:
        seen.add(folder.pk)
        names.insert(0, folder.name)
        folder = by_key.get(folder.parent_id)
    return names


def within(folders: Iterable, top) -> set:
    """Keys of this folder and of all that are inside it, at any depth."""
    known = list(folders)
    found, size = {top}, 0
    while len(found) > size:
        size = len(found)
        found |= {folder.pk for folder in known if folder.parent_id in found}
    return found


def read(line: str) -> list[str]:
    """ "Billing / Refund / Given", or the cells of a pasted table -> its names."""
    return [name.strip() for name in SEPARATOR.split(line.strip())]
