"""Servers that help two browsers to reach each other; none are needed on one machine or in one network."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings

from agents.models import Agent

from .frames import IceServer

TERM = timedelta(hours=12)


def servers(agent: Agent, now: datetime) -> list[IceServer]:
    """STUN and TURN as configured; a shared secret makes a pass for this agent that runs out by itself."""
    found = [IceServer(settings.STUN)] if settings.STUN else []
    if settings.TURN:
        found.append(IceServer(settings.TURN, *_pass(agent, now)))
    return found


def _pass(agent: Agent, now: datetime) -> tuple[str, str]:
    if not settings.TURN_SECRET:
        return settings.TURN_USER, settings.TURN_PASSWORD
    user = f"{int((now + TERM).timestamp())}:{agent.id.hex}"
    digest = hmac.new(settings.TURN_SECRET.encode(), user.encode(), hashlib.sha1).digest()
    return user, base64.b64encode(digest).decode()
