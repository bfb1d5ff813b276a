"""Subscriptions, and what goes out to each."""

from .delivery import Delivery, Sending
from .webhook import Webhook

__all__ = ["Delivery", "Sending", "Webhook"]
