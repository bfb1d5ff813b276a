"""The contact owes an answer and says nothing: a line warns them, then the chat closes.

The clock stands still in a queue, while invitations are open, during consultations, and while the contact is Away. For
a message that was left it never runs: nobody waits at the other end.
Nothing sets it back: it counts from the last of the moments in the rows (agents' last line or typing, contact back,
invitation or consultation ended).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from agents.models import Site
from interactions import events
from interactions.models import Interaction, Lane, Party
from interactions.models.lane import PUBLIC
from interactions.states import Cause, State

from .arrival import end_by_contact
from .joining import concerned, say

WARN, CLOSE = "warn", "close"


def quiet(now: datetime):
    """Public lanes of the chats in which the contact owes an answer."""
    served = {"interaction__state": State.ACTIVE, "interaction__offline": False}
    return Lane.objects.filter(name=PUBLIC, quiet_since__lt=now, **served)


def due(now: datetime) -> list:
    """Ids of the chats whose clock has run out; the action looks again under the lock."""
    site, lanes = Site.current(), quiet(now)
    warns = Q(interaction__queue__idle_warning__gt=0)
    if site.idle_warning:
        warns |= Q(interaction__queue__isnull=False, interaction__queue__idle_warning=None)
    lanes = lanes.filter(warns).select_related("interaction__queue")
    old = [lane for lane in lanes if _may_be_over(lane, now, site)]
    return [lane.interaction_id for lane in old if _verdict(lane.interaction, lane, now, site)]


def _may_be_over(lane: Lane, now: datetime, site: Site) -> bool:
    """Nothing that the clock counts from is earlier than this: it need not be asked for."""
    warning = lane.interaction.queue.option("idle_warning", site).value
    return lane.warned_at is not None or _over(lane.quiet_since, warning, now)


@transaction.atomic(durable=True)
def run_out(interaction_id, *, now: datetime) -> None:
    """Warn the contact, or close what was warned. Emits contact.warned or interaction.idle."""
    interaction = Interaction.lock(interaction_id)
    interaction.lock_agents(*concerned(interaction))
    lane = Lane.lock(interaction)[PUBLIC]
    site = Site.current()
    verdict = _verdict(interaction, lane, now, site)
    if verdict == WARN:
        contact = interaction.parties.get(kind=Party.CONTACT)
        Lane.objects.filter(pk=lane.pk).update(warned_at=now)
        say(interaction, "warning", contact, now, seconds=interaction.queue.option("idle_close", site).value)
        events.record(interaction, "contact.warned", now=now)
    elif verdict == CLOSE:
        end_by_contact(interaction, Cause.IDLE, "idle", now=now)
        events.record(interaction, "interaction.idle", now=now)
    else:
        interaction.untouched()


def _verdict(interaction: Interaction, lane: Lane, now: datetime, site: Site) -> str | None:
    """What the clock asks for now."""
    warning = interaction.queue.option("idle_warning", site).value
    since = _since(interaction, lane) if warning else None
    if since is None:
        return None
    if lane.warned_at is not None and lane.warned_at >= since:
        return CLOSE if _over(lane.warned_at, interaction.queue.option("idle_close", site).value, now) else None
    return WARN if _over(since, warning, now) else None


def _since(interaction: Interaction, lane: Lane) -> datetime | None:
    """When the clock last began to run; None while it stands still or the contact owes nothing."""
    contact = interaction.parties.get(kind=Party.CONTACT)
    open_ones = interaction.invitations.pending().exists()
    open_ones = open_ones or interaction.consultations.active().exists()
    still = interaction.offline or contact.away_since or open_ones
    if interaction.state != State.ACTIVE or lane.quiet_since is None or still:
        return None
    ended = (_last_end(interaction.invitations), _last_end(interaction.consultations))
    return max(filter(None, [lane.quiet_since, contact.back_at, *ended]))


def _last_end(rows) -> datetime | None:
    return rows.aggregate(last=Max("ended_at"))["last"]


def _over(start: datetime, seconds: int, now: datetime) -> bool:
    return start + timedelta(seconds=seconds) <= now
