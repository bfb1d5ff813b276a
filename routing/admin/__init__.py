"""Administration of queues and routing points."""

from . import opening_hours, queue, routing_point, texts  # noqa: F401
