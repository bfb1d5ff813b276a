"""Fixtures for all tests: the cast, real servers."""

import pytest

from core import realtime
from tests import servers

SOON_STEADY = {"PARLEY_STEADY_SECONDS": "5"}  # who is gone is gone, also on a site that has just started
FAULTS = "drop:0.3,double:0.1,reorder:0.1"
EXACT = ("tests.test_realtime", "tests.test_sockets", "tests.protocol")  # delivery itself


@pytest.fixture(autouse=True)
def faults(request):
    """PARLEY_TEST_FAULTS holds in every other test, whatever the one before it did to the hub."""
    exact = request.module.__name__.startswith(EXACT)
    realtime.inject(None if exact else realtime.Faults.from_environment())


@pytest.fixture
def world(db):
    """The cast on an empty site."""
    from tests.support import World

    return World()


@pytest.fixture(scope="session")
def postgres_url():
    """A throw-away PostgreSQL."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url():
    """A throw-away Redis."""
    with servers.redis() as url:
        yield url


@pytest.fixture(scope="session")
def server():
    """Parley as a newcomer has it: SQLite, one process."""
    with servers.parley(SOON_STEADY) as site:
        yield site


@pytest.fixture(scope="session")
def lossy():
    """Parley as a newcomer has it, on a hub that loses a third of all frames, doubles and reorders others."""
    with servers.parley({"PARLEY_TEST": "1", "PARLEY_TEST_FAULTS": FAULTS}) as site:
        yield site


@pytest.fixture(scope="session")
def cluster(postgres_url, redis_url):
    """Parley grown up: PostgreSQL and Redis, two web processes behind nginx, an engine in each."""
    given = SOON_STEADY | {"DATABASE_URL": postgres_url, "REDIS_URL": redis_url}
    with servers.parley(given, processes=2) as site:
        yield site


@pytest.fixture
def unhashed_static_files(settings):
    """Pages without collectstatic."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
