"""The cast at its desks and pages, on a clock that moves only when told."""

import pytest
from django.core.cache import cache
from django.db import transaction

from core.api import base
from interactions import pages
from tests import scenes
from tests.support import World

from .scene import Scene


@pytest.fixture(autouse=True)
def unhashed_static_files(settings):
    """Nobody ran collectstatic."""
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_counts_of_other_tests():
    cache.clear()


@pytest.fixture(scope="module")
def set_scene(django_db_setup, django_db_blocker):
    """Made once for a module, in a transaction that each test's own is a part of and that is thrown away."""
    with django_db_blocker.unblock():
        stage = transaction.atomic()
        stage._from_testcase = True  # the actions' transactions may not be parts of others, save of tests'
        with stage:
            with scenes.stage():
                made = built()
            yield made
            transaction.set_rollback(True)


@scenes.scene
def built() -> Scene:
    return Scene(World())


@pytest.fixture
def scene(set_scene, db, monkeypatch):
    """Kim's chat: Ana owns it, Bo is in it, Dee has left it, Tess is invited. Cy, Sue and another contact are not."""
    set_scene.callers.clear()
    at_time_of(set_scene.world, monkeypatch)
    return set_scene


@pytest.fixture
def world(world, monkeypatch):
    """An empty site of its own."""
    at_time_of(world, monkeypatch)
    return world


def at_time_of(world, monkeypatch) -> None:
    """Requests happen at the world's time."""
    for module in (base, pages):
        monkeypatch.setattr(module, "now", world.clock.tick)
