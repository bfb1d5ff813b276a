"""A day to be simulated that was: its chats, and what agents did. Reads rows, writes none."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from statistics import mean, median
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from agents.models import ChannelStatus, Reason, Site, StatusPeriod
from agents.status import Status
from interactions.models import Interaction, Invitation, Party, Ring, Segment
from interactions.states import Kind, Rang
from routing.simulation import Chat, Habits

from .days import ANSWER, AWAY, Day, Mistaken, midnight

NOBODY = "No chats came on {}. Choose another day, or make one up."


def recorded(day: date, zone: ZoneInfo, seed: int) -> Day:
    """Everybody who came on that day, when agents were Ready, and what they did when it rang. Raises Mistaken."""
    try:
        start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    except OverflowError:
        raise Mistaken(NOBODY.format(day)) from None
    places = _first_places(start, end)
    rows = Interaction.objects.filter(created_at__gte=start, created_at__lt=end, offline=False).order_by("created_at")
    seen = [
        (id, (came - start).total_seconds(), *places[id], active and (active - came).total_seconds(), ended, came)
        for id, came, active, ended in rows.values_list("id", "created_at", "active_since", "ended_at")
        if id in places
    ]
    if not seen:
        raise Mistaken(NOBODY.format(day))
    stretches, (shifts, away) = _stretches(start, end), _shifts(start, end)
    habits = _habits(start, end, away)
    about = f"{len(seen):,} chats of {day}, {habits.rejects:.1%} of the rings rejected and {habits.misses:.1%} missed"
    chats = _chats(seen, _work(stretches), random.Random(seed))  # noqa: S311
    return Day(about, start, chats, shifts, habits, _helps(stretches, start))


def _of_chats(rows: QuerySet, chat: str, start: datetime, end: datetime) -> QuerySet:
    """Of those who came on that day and waited for an answer."""
    return rows.filter(**{f"{chat}__created_at__gte": start, f"{chat}__created_at__lt": end, f"{chat}__offline": False})


def _first_places(start: datetime, end: datetime) -> dict:
    """{interaction: (queue, priority, last agent)} of the first place in a line."""
    rows = Invitation.objects.filter(kind=Kind.ROUTE, queue__isnull=False)
    rows = (
        _of_chats(rows, "interaction", start, end)
        .order_by("-created_at")
        .values_list(
            "interaction",
            "queue",
            "preferred",
            "priority",
            "queue__priority",
            "queue__ageing",
            "created_at",
            "rises_at",
        )
    )
    return {id: (queue, _own_priority(*priority), last) for id, queue, last, *priority in rows}


def _own_priority(reached: int, of_queue: int, ageing: int, since: datetime, rises: datetime | None) -> int | None:
    """As a rule gave it, without what the wait has added; None: the queue's."""
    risen = (rises - since) // timedelta(seconds=ageing) - 1 if ageing and rises else 0
    return None if reached - risen == of_queue else reached - risen


def _stretches(start: datetime, end: datetime) -> dict[object, list]:
    """Of each chat the agents' stretches that took a slot, as they joined: (agent, joined, left, done, last owner)."""
    rows = _of_chats(Segment.objects.exclude(party__kind=Party.CONSULTANT), "interaction", start, end)
    found: dict = defaultdict(list)
    for id, *stretch in rows.order_by("joined_at").values_list(
        "interaction", "agent", "joined_at", "left_at", "done_at", "last_owner"
    ):
        found[id].append(stretch)
    return found


def _work(stretches: dict) -> dict:
    """{interaction: (seconds of handling, of wrap-up)}: from the first accept to the end, then the last owner's."""
    limit, found = Site.current().wrap_up_limit, {}
    for id, parts in stretches.items():
        until = max(left or joined for _, joined, left, _, _ in parts)
        wraps = [(done - left).total_seconds() if done else limit for *_, left, done, owner in parts if owner and left]
        found[id] = ((until - parts[0][1]).total_seconds(), min(wraps[-1] if wraps else 0.0, limit))
    return found


def _helps(stretches: dict, start: datetime) -> dict:
    """{agent: spans in which they were in a chat that another one was in already}, their wrap-up included."""
    limit, found = timedelta(seconds=Site.current().wrap_up_limit), defaultdict(list)
    for (_, _, covered, *_), *others in stretches.values():
        for agent, joined, left, done, _ in others:
            if covered and left and joined < covered:
                free = min(done or left + limit, left + limit) if left <= covered else covered
                found[agent].append(((joined - start).total_seconds(), (free - start).total_seconds()))
            covered = max(covered or joined, left or joined)
    return found


def _habits(start: datetime, end: datetime, away: float) -> Habits:
    """What became of the rings at agents; those that were withdrawn asked nobody."""
    rows = Ring.objects.filter(routed=True, invitation__kind=Kind.ROUTE, ended_at__isnull=False)
    rows = _of_chats(rows, "invitation__interaction", start, end).exclude(outcome=Rang.WITHDRAWN)
    seconds: dict = defaultdict(list)
    for outcome, begun, ended in rows.values_list("outcome", "started_at", "ended_at"):
        seconds[outcome].append((ended - begun).total_seconds())
    rang = sum(map(len, seconds.values())) or 1
    answer = mean(seconds[Rang.ACCEPTED] or [ANSWER])
    rejects, misses = (len(seconds[outcome]) / rang for outcome in (Rang.REJECTED, Rang.EXPIRED))
    return Habits(answer or ANSWER, rejects, misses, away)


def _chats(seen: list, work: dict, chance: random.Random) -> list[Chat]:
    """Of those who were served nobody knows how long they would have waited: drawn from those who left.

    The average patience is all waiting divided by how many gave up, and whoever has waited so far has that much again.
    """
    left = [(ended - came).total_seconds() for *_, active, ended, came in seen if active is None and ended]
    waited = sum(left) + sum(active for *_, active, _, _ in seen if active is not None)
    average = waited / len(left) if left and waited else None
    known = list(work.values()) or [(0.0, 0.0)]
    chats = []
    for id, at, queue, priority, last, active, ended, came in seen:
        handling, wrap_up = work.get(id) or chance.choice(known)
        if active is None and ended:
            patience = (ended - came).total_seconds()
        else:
            patience = (active or 0.0) + chance.expovariate(1 / average) if average else None
        chats.append(Chat(at, queue, handling, wrap_up, patience, priority, last))
    return chats


def _shifts(start: datetime, end: datetime) -> tuple[dict, float]:
    """({agent: spans in which they were Ready for chat}, the median of how long missed rings kept them Not Ready).

    Where they became Ready again they count as there throughout: the simulation makes misses of its own.
    """
    rows = StatusPeriod.objects.filter(channel=ChannelStatus.CHAT, since__lt=end).exclude(until__lte=start)
    silent = Q(status=Status.NOT_READY, reason__name=Reason.NOT_RESPONDING)
    found, away, gone = defaultdict(list), [], {}
    rows = rows.filter(Q(status=Status.READY) | silent).order_by("agent", "since")
    for agent, status, since, until in rows.values_list("agent", "status", "since", "until"):
        begins, ends = ((at - start).total_seconds() for at in (max(since, start), min(until or end, end)))
        if status != Status.READY:
            gone[agent] = begins, ends
            continue
        spans = found[agent]
        if spans and gone.pop(agent, None) == (spans[-1][1], begins):
            away.append(begins - spans[-1][1])
            begins, _ = spans.pop()
        spans.append((begins, ends))
    return found, median(away) if away else AWAY
