"""What a waiting contact is told of the line."""

from datetime import datetime

from interactions.frames import Waiting
from interactions.models import Interaction, Invitation
from interactions.staffing import is_staffed
from interactions.states import Invited
from routing.models import Queue

RECENT = 20


def waiting(interaction: Interaction, now: datetime) -> Waiting | None:
    """Place in line, estimated wait in seconds (None: unknown), and whether anybody is there. None when not waiting."""
    mine = interaction.invitations.pending().filter(kind="route").first()
    if mine is None:
        return None
    ahead = Invitation.objects.in_line(mine.queue).values_list("id", flat=True)
    return Waiting(list(ahead).index(mine.id) + 1, _estimate(mine.queue), is_staffed(mine.queue, now))


def _estimate(queue: Queue) -> int | None:
    """The median of the last waits that ended with an accept in this queue."""
    done = Invitation.objects.filter(kind="route", queue=queue, state=Invited.ACCEPTED).order_by("-ended_at")
    waits = sorted((row.ended_at - row.waited_since).total_seconds() for row in done[:RECENT])
    return round(waits[len(waits) // 2]) if waits else None
