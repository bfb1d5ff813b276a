"""Who can work."""

from .agent import Agent
from .desk import DeskSession
from .group import AgentGroup
from .menu import MenuEntry
from .reason import Reason
from .role import Role
from .site import Site
from .skill import AgentSkill, Skill
from .status import ChannelStatus, StatusPeriod

__all__ = [
    "Agent",
    "AgentGroup",
    "AgentSkill",
    "ChannelStatus",
    "DeskSession",
    "MenuEntry",
    "Reason",
    "Role",
    "Site",
    "Skill",
    "StatusPeriod",
]
