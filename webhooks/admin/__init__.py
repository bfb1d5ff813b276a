"""Administration of webhooks, and what went out to them."""

from . import deliveries, webhook  # noqa: F401
