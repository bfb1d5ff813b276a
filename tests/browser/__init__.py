"""The whole product in real browsers."""

import pytest

SITES = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ("server", "cluster")]
on_sqlite = pytest.mark.parametrize("running", SITES[:1], indirect=True)
LOSSY = pytest.param("lossy", marks=pytest.mark.xdist_group("server"))
on_lossy = pytest.mark.parametrize("running", [LOSSY], indirect=True)
on_cluster = pytest.mark.parametrize("running", SITES[1:], indirect=True)
