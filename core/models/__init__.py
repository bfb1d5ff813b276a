"""What every app stands on."""

from .event import Event
from .lease import Lease

__all__ = ["Event", "Lease"]
