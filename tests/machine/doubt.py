"""A sweep that does not believe the gate: every step looks for itself, and what it finds the gate must have known."""

from datetime import datetime
from unittest.mock import patch

from interactions.actions import sweep
from interactions.actions.sweep import STEPS, Step
from tests.support import rolled_back


class AlwaysOpen:
    def open(self, now) -> set[str]:
        return set(STEPS)

    def still_open(self, now, only) -> set[str]:
        return set(only)


def sweep_in_doubt(now: datetime, steady: bool) -> None:
    """What it does is taken back."""
    doubted = {name: _doubted(name, step, sweep.gate()) for name, step in STEPS.items()}
    with rolled_back(), patch.dict(STEPS, doubted), patch.object(sweep, "gate", AlwaysOpen):
        sweep.sweep(now, steady=steady)


def _doubted(name: str, step: Step, gate) -> Step:
    def do(now, steady):
        known = gate.still_open(now, [name])
        found = step.do(now, steady)
        assert known or not found, f"{name}: the gate is closed, and {found} are due"
        return found

    return step._replace(do=do)
