"""What comes by the thousand is said now and then, with how often it was."""

import logging
from types import SimpleNamespace

import pytest

from core import seldom

pytestmark = pytest.mark.once


@pytest.fixture
def clock(monkeypatch):
    found = SimpleNamespace(now=100.0)
    monkeypatch.setattr(seldom, "time", SimpleNamespace(monotonic=lambda: found.now))
    return found


def test_what_comes_again_at_once_is_counted_and_said_later(clock, caplog):
    warning, other = [seldom.Seldom(logging.getLogger("parley"), words) for words in ("no database", "other")]
    for _ in range(1000):
        warning.warn(OSError("disk is full"))
    other.warn(OSError("disk is full"))
    clock.now += seldom.EVERY
    warning.warn(OSError("disk is full"))
    clock.now += seldom.EVERY
    warning.warn(OSError())
    said = ["no database: OSError: disk is full", "other: OSError: disk is full"]
    assert caplog.messages == [*said, "no database: OSError: disk is full (999 more before)", "no database: OSError"]


def test_what_somebody_wrote_is_not_said(clock, caplog):
    warning = seldom.Seldom(logging.getLogger("parley"), "refused")
    warning.warn(ValueError("a row breaks a rule\nDETAIL: Failing row contains (what somebody wrote)"))
    assert caplog.messages == ["refused: ValueError: a row breaks a rule"]
