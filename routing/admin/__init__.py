"""Administration of queues and routing points."""

from . import queue, routing_point  # noqa: F401
