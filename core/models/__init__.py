"""What every app stands on."""

from .event import Event, FeedHead
from .lease import Lease

__all__ = ["Event", "FeedHead", "Lease"]
