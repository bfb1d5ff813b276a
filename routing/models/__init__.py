"""Who should get it."""

from .hours import OpeningException, OpeningHours, OpenSpan
from .queue import Queue
from .routing_point import PreChatField, RoutingPoint, RoutingRule
from .texts import ContactTexts
from .widening import OverflowStep, RequiredSkill

__all__ = [
    "ContactTexts",
    "OpenSpan",
    "OpeningException",
    "OpeningHours",
    "OverflowStep",
    "PreChatField",
    "Queue",
    "RequiredSkill",
    "RoutingPoint",
    "RoutingRule",
]
