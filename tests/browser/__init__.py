"""The whole product in real browsers."""

import pytest

PATIENCE = 30_000  # milliseconds: a busy machine is no failure

# The cluster is one worker's; sites on SQLite are cheap, so whoever is free takes the next test on one of its own.
SITES = ["server", pytest.param("cluster", marks=pytest.mark.xdist_group("cluster"))]
on_sqlite = pytest.mark.parametrize("running", SITES[:1], indirect=True)
on_lossy = pytest.mark.parametrize("running", ["lossy"], indirect=True)
on_cluster = pytest.mark.parametrize("running", SITES[1:], indirect=True)
