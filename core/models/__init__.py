"""What every app stands on."""

from .event import Event, FeedHead
from .lease import Lease
from .token import ApiToken

__all__ = ["ApiToken", "Event", "FeedHead", "Lease"]
