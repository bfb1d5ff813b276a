"""What actions tell, and the snapshots that clients start from: the one place that says what others may see."""

import msgspec

from .line import waiting
from .record import agent_posts, encode, record, record_agent
from .snapshots import (
    agent_state,
    desk,
    invitation_view,
    menu,
    options,
    queues_for,
    snapshot,
    snapshot_for_contact,
)

__all__ = [
    "agent_posts",
    "agent_state",
    "desk",
    "encode",
    "invitation_view",
    "menu",
    "options",
    "plain",
    "queues_for",
    "record",
    "record_agent",
    "snapshot",
    "snapshot_for_contact",
    "waiting",
]


def plain(view):
    """A snapshot or a part of one as JSON types, for HTTP answers."""
    return msgspec.to_builtins(view)
