"""Who should get it."""

from .queue import Queue
from .routing_point import PreChatField, RoutingPoint, RoutingRule

__all__ = ["PreChatField", "Queue", "RoutingPoint", "RoutingRule"]
