"""Fixtures for all tests: the cast, real servers."""

import gc
import shutil
from pathlib import Path

import pytest
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from core import realtime
from tests import rows, servers

SOON_STEADY = {"PARLEY_STEADY_SECONDS": "5"}  # who is gone is gone, also on a site that has just started
QUICK = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
FAULTS = "drop:0.3,double:0.1,reorder:0.1"
DATABASE = {"db", "transactional_db", "django_db_setup"}
EXACT = ("tests.test_realtime", "tests.test_sockets", "tests.protocol")  # delivery itself

TransactionTestCase._fixture_teardown = rows.back_to_first
settings.register_profile(  # a machine that is busy is no failure, and no run draws other examples than the one before
    "steady", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def pytest_collection_modifyitems(items):
    """What may take longest begins first, so that no worker waits for another at the end.

    Who does not ask for the tests' database is not let to it, so for them one kind of database is enough.
    """
    limits = {item: item.get_closest_marker("timeout") for item in items}
    items.sort(key=lambda item: -limits[item].args[0] if limits[item] else 0)
    for item in items:
        if not item.get_closest_marker("django_db") and DATABASE.isdisjoint(item.fixturenames):
            item.add_marker(pytest.mark.once)


def pytest_collection_finish():
    """What is loaded by now stays: the garbage collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The tests' database is a copy of one that is migrated once for all workers."""
    test = connections["default"].settings_dict["TEST"]
    test["MIGRATE"] = False  # it is so already
    if connections["default"].vendor == "sqlite":
        Path(test["NAME"]).parent.mkdir(exist_ok=True)
        shutil.copyfile(servers.migrated(), test["NAME"])
    else:
        test["TEMPLATE"] = servers.MIGRATED


@pytest.fixture(scope="session")
def django_db_keepdb():
    """A file that is there is the copy; PostgreSQL makes its own from the template. Both go with their folder."""
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """What migrations made is known."""
    with django_db_blocker.unblock():
        rows.at_first()


@pytest.fixture(autouse=True)
def faults(request):
    """PARLEY_TEST_FAULTS holds in every other test, whatever the one before it did to the hub."""
    exact = request.module.__name__.startswith(EXACT)
    realtime.inject(None if exact else realtime.Faults.from_environment())


@pytest.fixture
def world(db):
    """The cast on an empty site."""
    from tests import scenes
    from tests.support import World

    with scenes.stage():
        yield scenes.scene(World)()


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
    with servers.parley(SOON_STEADY | QUICK) as site:
        yield site


@pytest.fixture(scope="session")
def lossy():
    """Parley as a newcomer has it, on a hub that loses a third of all frames, doubles and reorders others."""
    with servers.parley(QUICK | {"PARLEY_TEST": "1", "PARLEY_TEST_FAULTS": FAULTS}) as site:
        yield site


@pytest.fixture(scope="session")
def cluster(redis_url):
    """Parley grown up: PostgreSQL and Redis, two web processes behind nginx, an engine in each."""
    with servers.postgres(migrated=True) as url:
        given = SOON_STEADY | QUICK | {"DATABASE_URL": servers.database(url, servers.MIGRATED), "REDIS_URL": redis_url}
        with servers.parley(given, processes=2) as site:
            yield site


@pytest.fixture
def unhashed_static_files(settings):
    """Pages without collectstatic."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
