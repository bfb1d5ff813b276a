"""A chat with colleagues at hand. Modules that need another one define their own."""

import pytest

from agents.models import AgentGroup, Skill
from tests.scenes import scene


@pytest.fixture
@scene
def chat(world):
    """Ana handles; Bo and Cy are Ready, Cy for calls too."""
    chat = world.handled(world.ana)
    world.ready(world.bo, world.cy)
    world.on_voice(world.cy)
    return chat


@pytest.fixture
@scene
def three(world, chat):
    """Ana owns, Bo is in the conference, Cy is Ready."""
    return world.conferenced(chat, world.ana, world.bo)


@pytest.fixture
@scene
def pools(world):
    """Of each kind one whose agents are Cy."""
    group, skill = AgentGroup.objects.create(name="Second level"), Skill.objects.create(name="Fibre")
    world.cy.groups.add(group)
    skill.levels.create(agent=world.cy)
    world.network.agents.set([world.cy])
    world.point.rules.all().delete()
    world.point.queue = world.network
    world.point.save()
    return {"queue": world.network, "group": group, "skill": skill, "routing_point": world.point}
