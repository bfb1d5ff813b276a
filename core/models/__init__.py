"""What every app stands on."""

from .change import Change, KeptState
from .event import Event, FeedHead
from .lease import Lease, Process
from .token import ApiToken

__all__ = ["ApiToken", "Change", "Event", "FeedHead", "KeptState", "Lease", "Process"]
