"""Options that cascade from the site over groups to agents: each declared once, with how several groups agree. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

OFF, PREVIEW, AT_ONCE = "off", "preview", "at_once"
AUTO_ANSWERS = {OFF: "Off: agents accept", PREVIEW: "After a preview", AT_ONCE: "At once, without a preview"}
LOCK_MOST, DELAY_MOST = 480, 60


def _shortest(minutes: Iterable[int]) -> int:
    """0 is never, so it is the longest."""
    return min((value for value in minutes if value), default=0)


def _most_careful(ways: Iterable[str]) -> str:
    return min(ways, key=list(AUTO_ANSWERS).index)


# {option: which of the values of several groups holds}
CASCADE: dict[str, Callable[[Iterable], Any]] = {
    "capacity": max,
    "lock_minutes": _shortest,
    "auto_answer": _most_careful,
    "auto_answer_delay": max,
}


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds for one agent, and whose word it is."""

    value: Any
    source: str

    def __str__(self) -> str:
        return f"{self.value}, from {self.source}"


def effective(option: str, agent, groups: Iterable, site) -> Effective:
    """The agent's own value, else that of their groups, else the site's. `None` and "" say nothing."""
    own = getattr(agent, option)
    if _says(own):
        return Effective(own, "the agent")
    said = {group.name: getattr(group, option) for group in groups if _says(getattr(group, option))}
    if not said:
        return Effective(getattr(site, option), "the site")
    value = CASCADE[option](said.values())
    return Effective(value, "group " + next(name for name, given in said.items() if given == value))


def _says(value) -> bool:
    return value is not None and value != ""
