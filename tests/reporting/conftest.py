"""People who may read reports, on a clock that moves only when told."""

import pytest
from django.contrib.auth.models import User

from agents.models import Agent
from core.api import base
from reporting import pages


@pytest.fixture(autouse=True)
def plain_files(unhashed_static_files):
    """Nobody ran collectstatic."""


@pytest.fixture
def at_worlds_time(world, monkeypatch):
    """Requests happen at the world's time."""
    for module in (base, pages):
        monkeypatch.setattr(module, "now", world.clock.tick)
    return world


@pytest.fixture
def sue(at_worlds_time, client):
    """A supervisor's browser."""
    world = at_worlds_time
    Agent.objects.filter(pk=world.sue.pk).update(supervisor=True)
    client.force_login(User.objects.get(username="sue"))
    return client
