"""Options that cascade, as `agents.declared` lists them: what may be set where, and whose word holds. Pure.

A queue's own word comes first, then the agent's, then that of their groups, then the site's. Nothing set says nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .declared import AGENT, AT_ONCE, GROUP, LARGE, OFF, OPTIONS, PREVIEW, QUEUE, SILENCE, SITE, SMALL, Option

__all__ = [
    "AGENT",
    "AT_ONCE",
    "GROUP",
    "LARGE",
    "OFF",
    "OPTIONS",
    "PREVIEW",
    "QUEUE",
    "SILENCE",
    "SITE",
    "SMALL",
    "Option",
]
OVER = {GROUP: "the site", AGENT: "the agent's groups, else the site", QUEUE: "the site"}


def at(level: str, *topics: str) -> list[str]:
    """Names of the options that may be set there, of these topics or of all."""
    return [o.name for o in OPTIONS.values() if level in o.levels and (not topics or o.topic in topics)]


def help_at(option: Option, level: str) -> str:
    """What stands beside the field: what it does, and what an empty one means."""
    if level == SITE:
        return option.help
    above = "agent, group or site" if level == QUEUE and AGENT in option.levels else OVER[level]
    several = f" Of several groups the {option.agreed} holds." if level == GROUP else ""
    return f"{option.help} Empty: as {above}.{several}"


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds, and whose word it is: "queue Billing", "the agent", "group Floor", "the site"."""

    value: Any
    source: str

    def __str__(self) -> str:
        return f"{self.value}, from {self.source}"


def effective(name: str, *, site, agent=None, groups: Iterable = (), queue=None) -> Effective:
    """The queue's own value, else the agent's, else that of their groups, else the site's."""
    levels = OPTIONS[name].levels
    if queue is not None and QUEUE in levels and says(getattr(queue, name)):
        return Effective(getattr(queue, name), f"queue {queue.name}")
    if agent is not None and AGENT in levels and says(getattr(agent, name)):
        return Effective(getattr(agent, name), "the agent")
    said = {group.name: getattr(group, name) for group in groups if says(getattr(group, name))} if groups else {}
    if not said:
        return Effective(getattr(site, name), "the site")
    value = OPTIONS[name].agree(said.values())
    return Effective(value, "group " + next(name for name, given in said.items() if given == value))


def says(value) -> bool:
    """`None` and "" say nothing."""
    return value is not None and value != ""
