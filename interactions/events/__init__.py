"""What actions tell, and the snapshots that clients start from: the one place that says what others may see."""

import msgspec

from .agents import agent_state, channels_of
from .calls import call_view
from .line import waiting
from .record import encode, record, record_agent, record_call
from .snapshots import desk, desks, invitation_view, snapshot, snapshot_for_contact

__all__ = [
    "agent_state",
    "call_view",
    "channels_of",
    "desk",
    "desks",
    "encode",
    "invitation_view",
    "plain",
    "record",
    "record_agent",
    "record_call",
    "snapshot",
    "snapshot_for_contact",
    "waiting",
]


def plain(view):
    """A snapshot or a part of one as JSON types, for HTTP answers."""
    return msgspec.to_builtins(view)
