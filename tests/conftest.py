"""What the tests stand on: a data folder of their own, the cast, real servers."""

import os
import tempfile

os.environ["PARLEY_DATA"] = tempfile.mkdtemp(prefix="parley-tests-")
os.environ.setdefault("PARLEY_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ["PARLEY_TEST"] = "1"

import pytest  # noqa: E402


@pytest.fixture
def world(db):
    """The cast on an empty site."""
    from tests.support import World

    return World()
