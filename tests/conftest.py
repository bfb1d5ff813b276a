"""Fixtures for all tests: the cast, real servers."""

import pytest

from tests import servers


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
    with servers.parley() as site:
        yield site


@pytest.fixture(scope="session")
def cluster(postgres_url, redis_url):
    """Parley grown up: PostgreSQL and Redis, two web processes behind nginx, an engine in each."""
    with servers.parley({"DATABASE_URL": postgres_url, "REDIS_URL": redis_url}, processes=2) as site:
        yield site


@pytest.fixture
def unhashed_static_files(settings):
    """Pages without collectstatic."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
