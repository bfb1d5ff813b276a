"""A site on the real database, with room for many rounds."""

import pytest

from agents.models import Site


@pytest.fixture
def site(transactional_db, world):
    """The cast, Ready all of them, with as many slots as there are rounds."""
    Site.objects.update(capacity=1000, unclosed_limit=1000)
    world.ready(world.ana, world.bo, world.cy)
    return world
