"""The engine's loop: wakes, sweeps each second, survives outages, and knows when service was unbroken."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from core import realtime
from interactions import beside, runner
from interactions.runner import Service
from tests.test_realtime import until

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def service(**sweeps) -> bool:
    """Is service steady at the last of these sweeps? Each second one, but for what is left out."""
    one, answer = Service(0.0), False
    for second in range(200):
        if sweeps.get(f"at{second}") == "fails":
            one.broke(second)
        elif sweeps.get(f"at{second}") != "none":
            answer = one.steady(NOW + timedelta(seconds=second + sweeps.get("step", 0) * (second > 150)), second)
    return answer


@pytest.mark.parametrize(
    "sweeps, steady",
    [
        ({}, True),
        ({"at100": "fails"}, True),
        ({"at115": "fails"}, False),
        ({f"at{second}": "none" for second in range(120, 135)}, False),
        ({"step": 3600}, False),
        ({"step": -3600}, False),
    ],
)
def test_service_is_steady_after_ninety_unbroken_seconds(settings, sweeps, steady):
    settings.STEADY_SECONDS = 90
    assert service(**sweeps) is steady


@pytest.fixture
async def sweeps(monkeypatch):
    """An engine whose sweeps are counted; it fails while `failing`."""

    class Sweeps(list):
        failing = False

    seen = Sweeps()

    def sweep(now, *, steady):
        seen.append(steady)
        if seen.failing:
            raise OperationalError("the database is away")

    monkeypatch.setattr(runner, "sweep", sweep)
    monkeypatch.setattr(runner, "db_call", asyncio.to_thread)
    monkeypatch.setattr(beside, "WORK", {})
    monkeypatch.setattr(runner, "BACKOFF", (0.02, 0.02))
    yield seen
    await runner.stop()
    await realtime.stop()


async def swept(sweeps, times: int) -> None:
    """Until there were so many sweeps, however long a busy machine takes."""
    await until(lambda: len(sweeps) >= times)


async def test_a_wake_brings_a_sweep_at_once(sweeps, monkeypatch):
    monkeypatch.setattr(runner, "EVERY", 3600)
    await runner.start()
    await swept(sweeps, 1)
    await asyncio.sleep(0.02)
    await asyncio.to_thread(realtime.wake, "engine")
    await swept(sweeps, 2)


async def test_without_wakes_it_sweeps_all_the_same(sweeps, monkeypatch):
    monkeypatch.setattr(runner, "EVERY", 0.02)
    await runner.start()
    await swept(sweeps, 4)


async def test_wakes_that_come_together_are_one(sweeps, monkeypatch):
    monkeypatch.setattr(runner, "EVERY", 3600)
    await runner.start()
    await swept(sweeps, 1)
    for _ in range(100):
        realtime.wake("engine")
    await swept(sweeps, 2)
    await asyncio.sleep(0.1)
    assert len(sweeps) <= 3


async def test_it_survives_an_outage(sweeps, monkeypatch, caplog):
    monkeypatch.setattr(runner, "EVERY", 0.02)
    sweeps.failing = True
    await runner.start()
    await swept(sweeps, 2)
    sweeps.failing = False
    await swept(sweeps, len(sweeps) + 2)
    assert runner.is_running()
    assert "a sweep failed" in caplog.text


async def test_starting_and_stopping_again_is_harmless(sweeps, monkeypatch):
    monkeypatch.setattr(runner, "EVERY", 3600)
    await runner.start()
    await runner.start()
    await swept(sweeps, 1)
    assert len(sweeps) == 1
    await runner.stop()
    await runner.stop()
    assert not runner.is_running()
