"""Arbitrary histories of a site.

PARLEY_MACHINE_EXAMPLES and PARLEY_MACHINE_STEPS make it longer; PARLEY_MACHINE_SHRINK=1 looks for the shortest
history that fails (slow). With -s it says how many steps were really run.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from .site import SiteMachine

EXAMPLES = int(os.environ.get("PARLEY_MACHINE_EXAMPLES", 12))
STEPS = int(os.environ.get("PARLEY_MACHINE_STEPS", 40))
PHASES = [Phase.generate] + [Phase.shrink] * (os.environ.get("PARLEY_MACHINE_SHRINK") == "1")


@pytest.mark.history
@pytest.mark.timeout(0 if EXAMPLES > 100 else 300)
def test_whatever_people_do_the_promises_hold(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    run_state_machine_as_test(
        SiteMachine,
        settings=hypothesis_settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="PARLEY_MACHINE_EXAMPLES" not in os.environ,
            phases=PHASES,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    tally = SiteMachine.tally
    print("\n{histories} histories, {steps} steps; commands {done} done, {refused} refused".format(**tally))
    assert tally["steps"] > EXAMPLES * STEPS * 0.5, "the histories were cut short"  # Hypothesis also draws shorter ones
