"""Scenes that many tests begin with: a process plays each once by the verbs, and gives later tests its rows at once.

That is only done where nothing else was written, and time stands where it stood. What lives in memory alone (work for
after a commit that a test never makes, frames that nobody took) does not come again.
"""

import functools
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection

from interactions.transcript import members
from tests import rows

READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT")


class Stage:
    """Which scenes the running test has played, and whether anything was written besides."""

    def __init__(self, free: bool = False):
        self.played: tuple = ()
        self.free = free

    def __call__(self, execute, sql, params, many, context):
        self.free = self.free and sql.startswith(READS)
        return execute(sql, params, many, context)


class Scene(NamedTuple):
    statements: list[rows.Statement]
    objects: bytes  # the world, and what the fixture gives


_scenes: dict[tuple, Scene] = {}
_stage = Stage()


@contextmanager
def stage() -> Iterator[None]:
    """For one test: free when its database is as migrations leave it, and is rolled back afterwards."""
    global _stage
    untouched = connection.in_atomic_block and rows.read() == rows.at_first()
    _stage = Stage(free=untouched)
    with connection.execute_wrapper(_stage):
        yield


def scene(make: Callable) -> Callable:
    """For a fixture that makes the world, or changes it by the verbs alone."""

    @functools.wraps(make)
    def play(**given):
        if not _stage.free:
            return make(**given)
        world = given.get("world")
        key = (_stage.played, make.__module__, make.__qualname__, world and world.now)
        made = _set(_scenes[key], world) if key in _scenes else _build(key, make, given)
        _stage.played, _stage.free = key, True
        return made

    return play


def _build(key: tuple, make: Callable, given: dict):
    before = rows.read()
    made = make(**given)
    _scenes[key] = Scene(rows.difference(before, rows.read()), pickle.dumps((given.get("world"), made)))
    return made


def _set(kept: Scene, world):
    rows.run(kept.statements)
    members._kept._chats.clear()  # another test may have had other people in this chat at the same version
    same, made = pickle.loads(kept.objects)
    if world:
        clock, now = world.clock, same.now
        world.__dict__ = same.__dict__ | {"clock": clock}  # others may hold the clock
        clock.now = now
    return made
