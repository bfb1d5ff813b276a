"""What crosses the wallboard's socket, as strict types, and what has become of a board since it was told. Pure."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from core.frames import PROTOCOL, BeatAsk, ErrorFrame, Frame, Strict, Tab
from interactions.frames import Locked

from .wallboard import AgentNow, Board, QueueNow


class BoardHello(Strict, tag="hello"):
    """First frame of a wallboard. `timezone`: in which today began; empty: the site's."""

    tab: Tab
    timezone: Annotated[str, Meta(max_length=64)] = ""


class BoardWelcome(Frame, tag="welcome"):
    """The whole board."""

    board: Board
    time: datetime
    protocol: int = PROTOCOL


class BoardChange(Frame, tag="board"):
    """What is other than told before: whole rows that replace those of their ids or are new, and ids that are gone."""

    at: datetime
    since: datetime
    threshold: int
    queues: list[QueueNow]
    agents: list[AgentNow]
    gone: list[UUID]


class BoardBeat(Frame, tag="beat"):
    """All that was told holds at this time. Comes every five seconds."""

    time: datetime


BoardFrame = BoardHello | BeatAsk
ToBoard = BoardWelcome | BoardChange | BoardBeat | Locked | ErrorFrame


def change(before: Board, after: Board) -> BoardChange | None:
    """None where there is none but the time."""
    queues, agents = _other(before.queues, after.queues), _other(before.agents, after.agents)
    gone = sorted(_ids(before) - _ids(after))
    if queues or agents or gone or before.since != after.since:
        return BoardChange(after.at, after.since, after.threshold, queues, agents, gone)
    return None


def _other(before: Iterable, after: Iterable) -> list:
    held = {row.id: row for row in before}
    return [row for row in after if held.get(row.id) != row]


def _ids(board: Board) -> set[UUID]:
    return {row.id for row in chain(board.queues, board.agents)}
