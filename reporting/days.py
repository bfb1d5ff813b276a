"""The chats of a day and who was there: as recorded, or made up. Reads rows, writes none."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from agents.models import ChannelStatus, Site, StatusPeriod
from agents.status import Status
from interactions.models import Interaction, Invitation, Segment
from interactions.states import Kind
from routing.models import Queue
from routing.simulation import Chat

BUSY = [1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 12, 13, 14, 13, 12, 10, 8, 6, 4, 3, 2, 1]
HOUR = 3600
MOST_CHATS = 100_000
ANY_DAY = date(2026, 1, 5)


class Mistaken(Exception):
    """What was asked makes no sense; in words."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A day to be made up: chats spread over these hours as on an ordinary day. Times in seconds, averages."""

    chats: int
    hours: tuple[int, int] = (8, 18)
    handling: float = 360.0
    patience: float = 300.0


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def made_up(demand: Demand, seed: int) -> tuple[list[Chat], tuple, str]:
    """Chats by the hours of an ordinary day, queues by how many agents they have."""
    begins, ends = demand.hours
    if not 0 <= begins < ends <= 24:
        raise Mistaken("Hours are from 0 to 24, the first before the last, e.g. 8 and 18.")
    if not 0 < demand.chats <= MOST_CHATS:
        raise Mistaken(f"From 1 to {MOST_CHATS:,} chats.")
    if min(demand.handling, demand.patience) <= 0:
        raise Mistaken("Handling and patience are more than 0 seconds.")
    chance = random.Random(seed)  # noqa: S311
    seats = Counter(Queue.agents.through.objects.values_list("queue_id", flat=True))
    queues = sorted(Queue.objects.values_list("pk", flat=True))
    if not queues:
        raise Mistaken("There is no queue yet. Add one, with agents, then simulate.")
    hours = chance.choices(range(begins, ends), BUSY[begins:ends], k=demand.chats)
    names = chance.choices(queues, [seats[queue] or 1 for queue in queues], k=demand.chats)
    chats = [
        Chat(
            (hour + chance.random()) * HOUR,
            queue,
            chance.expovariate(1 / demand.handling),
            patience=chance.expovariate(1 / demand.patience),
        )
        for hour, queue in zip(hours, names, strict=True)
    ]
    about = f"{demand.chats:,} made-up chats from {begins} to {ends} o'clock"
    return chats, ((begins * HOUR, ends * HOUR),), about


def recorded(day: date, zone: ZoneInfo, seed: int) -> tuple[list[Chat], dict, str]:
    """Everybody who came on that day, and when agents were Ready. Raises Mistaken."""
    start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    places = _first_places(start, end)
    rows = Interaction.objects.filter(created_at__gte=start, created_at__lt=end, offline=False).order_by("created_at")
    work = _work(start, end)
    seen = [
        (id, (came - start).total_seconds(), *places[id], active and (active - came).total_seconds(), ended, came)
        for id, came, active, ended in rows.values_list("id", "created_at", "active_since", "ended_at")
        if id in places
    ]
    if not seen:
        raise Mistaken(f"No chats came on {day}. Choose another day, or make one up.")
    return _chats(seen, work, random.Random(seed)), _shifts(start, end), f"{len(seen):,} chats of {day}"  # noqa: S311


def _first_places(start: datetime, end: datetime) -> dict:
    """{interaction: (queue, priority)} of the first place in a line."""
    rows = Invitation.objects.filter(kind=Kind.ROUTE, queue__isnull=False)
    rows = rows.filter(interaction__created_at__gte=start, interaction__created_at__lt=end).order_by("-created_at")
    return {id: (queue, priority) for id, queue, priority in rows.values_list("interaction", "queue", "priority")}


def _work(start: datetime, end: datetime) -> dict:
    """{interaction: (seconds of handling, of wrap-up)}: from the first accept to the end, then the last owner's."""
    rows = Segment.objects.filter(interaction__created_at__gte=start, interaction__created_at__lt=end)
    found: dict = {}
    for id, joined, left, done, owner in rows.order_by("joined_at").values_list(
        "interaction", "joined_at", "left_at", "done_at", "last_owner"
    ):
        begun, until, wrap = found.get(id, (joined, joined, 0.0))
        if owner and left and done:
            wrap = (done - left).total_seconds()
        found[id] = (begun, max(until, left or joined), wrap)
    limit = Site.current().wrap_up_limit
    return {id: ((until - begun).total_seconds(), min(wrap, limit)) for id, (begun, until, wrap) in found.items()}


def _chats(seen: list, work: dict, chance: random.Random) -> list[Chat]:
    """Of those who were served nobody knows how long they would have waited: drawn from those who left.

    The average patience is all waiting divided by how many gave up, and whoever has waited so far has that much again.
    """
    left = [(ended - came).total_seconds() for *_, active, ended, came in seen if active is None and ended]
    waited = sum(left) + sum(active for *_, active, _, _ in seen if active is not None)
    average = waited / len(left) if left and waited else None
    known = list(work.values()) or [(0.0, 0.0)]
    chats = []
    for id, at, queue, priority, active, ended, came in seen:
        handling, wrap_up = work.get(id) or chance.choice(known)
        if active is None and ended:
            patience = (ended - came).total_seconds()
        else:
            patience = (active or 0.0) + chance.expovariate(1 / average) if average else None
        chats.append(Chat(at, queue, handling, wrap_up, patience, priority or None))
    return chats


def _shifts(start: datetime, end: datetime) -> dict:
    """{agent: spans in which they were Ready for chat}."""
    rows = StatusPeriod.objects.filter(channel=ChannelStatus.CHAT, status=Status.READY, since__lt=end)
    found: dict = defaultdict(list)
    for agent, since, until in rows.exclude(until__lte=start).values_list("agent", "since", "until"):
        begins, ends = max(since, start), min(until or end, end)
        found[agent].append(((begins - start).total_seconds(), (ends - start).total_seconds()))
    return found
