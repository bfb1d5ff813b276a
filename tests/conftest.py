"""Fixtures for all tests: the cast, real servers."""

import pytest


@pytest.fixture
def world(db):
    """The cast on an empty site."""
    from tests.support import World

    return World()
