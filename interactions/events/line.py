"""What a waiting contact is told of the line."""

from datetime import datetime

from interactions.frames import Waiting
from interactions.models import Interaction
from interactions.waits import waits


def waiting(interaction: Interaction, now: datetime) -> Waiting | None:
    """Place in line, estimated wait in seconds (None: unknown), and whether anybody is there. None when not waiting."""
    return waits([interaction.id], now).get(interaction.id)
