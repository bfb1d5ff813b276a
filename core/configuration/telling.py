"""Changes in words: for the plan on the screen, on the page, and in the history. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from .state import Step
from .tables import Row

SIGNS = {"add": "+", "change": "~", "remove": "-"}


@dataclass(frozen=True)
class Difference:
    """What one thing of a row was and is: "" where it is as it comes."""

    what: str
    before: str
    after: str


def differences(before: Row | None, after: Row | None, path: str = "") -> list[Difference]:
    """One for each value that differs, in the order in which they are written."""
    before, after = before or {}, after or {}
    found = []
    for name in dict.fromkeys([*after, *before]):
        found += _of(f"{path}{name}", before.get(name), after.get(name))
    return found


def _of(path: str, before, after) -> Iterable[Difference]:
    if before == after:
        return []
    if isinstance(before or after, dict) and isinstance(after or before, dict):
        empty = [] if before and after else [Difference(path, _said(before), _said(after))]
        return differences(before, after, f"{path} / ") or empty
    if isinstance(before or after, list) and isinstance(after or before, list) and _plain(before, after):
        was, now = before or [], after or []
        gone, new = [each for each in was if each not in now], [each for each in now if each not in was]
        return [Difference(path, _said(gone), _said(new))]
    return [Difference(path, _said(before), _said(after))]


def _plain(*lists) -> bool:
    return not any(isinstance(each, dict) for one in lists for each in one or [])


def _said(value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(_said(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_said(each)}" for name, each in value.items()) or "as it comes"
    return str(value)


def tell(steps: Iterable[Step]) -> Iterable[str]:
    """Lines of a plan."""
    for step in steps:
        former = f" (was {step.was})" if step.was else ""
        yield f"{SIGNS[step.kind]} {step.table.name} {step.name}".rstrip() + former
        if step.kind != "remove":
            for each in differences(step.before, step.after):
                yield f"    {each.what}: {each.before or '-'} -> {each.after or '-'}"
