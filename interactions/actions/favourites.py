"""Targets that an agent keeps at hand. Nobody else sees them, so nothing is pushed."""

from agents.models import Agent
from core.errors import NotFound
from interactions.models import Favourite
from interactions.models.favourite import TARGETS


def add(agent: Agent, type: str, id) -> None:
    """Raises NotFound for an unknown target."""
    _must_exist(type, id)
    Favourite.objects.get_or_create(agent=agent, **Favourite.pointing_at(type, id))


def remove(agent: Agent, type: str, id) -> None:
    """Raises NotFound for an unknown target; corporate ones stay."""
    _must_exist(type, id)
    Favourite.objects.filter(agent=agent, **Favourite.pointing_at(type, id)).delete()


def _must_exist(type: str, id) -> None:
    model = TARGETS.get(type)
    if model is None or not model.objects.filter(pk=id).exists():
        raise NotFound(message="There is no such target.")
