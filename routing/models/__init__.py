"""Who should get it."""

from .hours import OpeningException, OpeningHours, OpenSpan
from .queue import Queue
from .routing_point import PreChatField, RoutingPoint, RoutingRule

__all__ = [
    "OpenSpan",
    "OpeningException",
    "OpeningHours",
    "PreChatField",
    "Queue",
    "RoutingPoint",
    "RoutingRule",
]
