"""Queues, groups, skills and routing points as targets: asked one agent after the other."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q

from agents.models import Agent, AgentGroup, AgentSkill, ChannelStatus, Skill
from agents.status import Status
from core import leases
from interactions import permissions
from interactions.states import Kind, Medium
from interactions.waits import estimates
from routing.models import Queue, RoutingPoint, RoutingRule

from .chat import Chat
from .hit import NO_CHAT, Action, Hit, Key, Presence, action, consults
from .waiting import waiting

MODELS = {"group": AgentGroup, "skill": Skill, "queue": Queue, "routing_point": RoutingPoint}
SEATS = {
    AgentGroup: (Agent.groups.through, "agentgroup_id"),
    Skill: (AgentSkill, "skill_id"),
    Queue: (Queue.agents.through, "queue_id"),
}


def hits(me: Agent, keys: Collection[Key], chat: Chat | None, now: datetime) -> dict[Key, Hit]:
    """The pools with their presence. The number of queries does not depend on how many they are."""
    rows = {type: _rows(type, {id for kind, id in keys if kind == type}) for type in MODELS}
    asked = {(type, row.id): _asked(row, chat, now) for type, found in rows.items() for row in found}
    if not asked:
        return {}
    queues = _queues({pool.id for pool in asked.values() if isinstance(pool, Queue)})
    staff, lines = Staff(asked.values(), me, now), Lines(queues, now)
    return {
        (type, row.id): _hit(type, row, queues.get(asked[type, row.id].id, asked[type, row.id]), staff, lines, chat)
        for type, found in rows.items()
        for row in found
    }


def _rows(type: str, ids: set) -> list:
    if not ids:
        return []
    rows = MODELS[type].objects.filter(pk__in=ids).order_by()
    if type == "routing_point":
        rows = rows.filter(active=True).select_related("queue").prefetch_related(RoutingRule.read())
    return list(rows)


def _asked(row, chat: Chat | None, now: datetime):
    """Whose agents would be asked: a routing point chooses by its rules."""
    if not isinstance(row, RoutingPoint):
        return row
    return row.route(chat.interaction.sample(now))[0] if chat else row.queue


def _queues(ids: set) -> dict:
    rows = Queue.objects.select_related("opening_hours").order_by()
    return rows.prefetch_related("opening_hours__week", "opening_hours__exceptions").in_bulk(ids) if ids else {}


class Staff:
    """Who of each pool is there: `of` gives (members, logged in, ready) without the asking agent.

    Those without a connection are members only.
    """

    def __init__(self, pools: Collection, me: Agent, now: datetime):
        self._counts: dict = {}
        for model in SEATS:
            if ids := {pool.id for pool in pools if isinstance(pool, model)}:
                self._counts |= {(model, id): counts for id, *counts in _counted(model, ids, me, now)}

    def of(self, pool) -> tuple[int, int, int]:
        return self._counts.get((type(pool), pool.id), (0, 0, 0))


def _counted(model, ids: set, me: Agent, now: datetime):
    through, pool = SEATS[model]
    here = Q(leases.lives("agent", "agent_id", now), agent__channels__channel=ChannelStatus.CHAT)
    rows = through.objects.filter(agent__user__is_active=True, **{f"{pool}__in": ids}).exclude(agent=me).order_by()
    return rows.values_list(pool).annotate(
        members=Count("agent", distinct=True),
        logged_in=Count("agent", distinct=True, filter=here & ~Q(agent__channels__status=Status.LOGGED_OFF)),
        ready=Count("agent", distinct=True, filter=here & Q(agent__channels__status=Status.READY)),
    )


class Lines:
    """How the queues' lines stand, and whether they are open."""

    def __init__(self, queues: dict, now: datetime):
        self.now = now
        self.waiting, self.estimates = (waiting(queues), estimates(queues, now)) if queues else ({}, {})


def _hit(type: str, row, pool, staff: Staff, lines: Lines, chat: Chat | None) -> Hit:
    members, logged_in, ready = staff.of(pool)
    queue = isinstance(pool, Queue)
    return Hit(
        type=type,
        id=row.id,
        name=row.name,
        nickname=row.name,
        department="",
        presence=_line(pool, logged_in, ready, lines) if queue else _crew(members, logged_in, ready),
        actions=_actions(type, pool, logged_in > 0, lines, chat),
    )


def _actions(type: str, pool, staffed: bool, lines: Lines, chat: Chat | None) -> list[Action]:
    def refuse(kind: Kind, medium: str = Medium.CHAT) -> permissions.Refusal:
        if chat is None:
            return NO_CHAT
        asked = chat.picture.asked(kind)
        return chat.refuse(kind, type, medium) or permissions.can_be_asked(pool, open_targets=asked, staffed=staffed)

    found = [action("conference", refuse(Kind.CONFERENCE)), *consults(lambda medium: refuse(Kind.CONSULT, medium))]
    if chat is None or not isinstance(pool, Queue):
        return [*found, action("transfer", refuse(Kind.TRANSFER))]
    return found + _sendings(type, pool, staffed, lines.now, chat)


def _sendings(type: str, queue: Queue, staffed: bool, now: datetime, chat: Chat) -> list[Action]:
    """The chat goes to the queue; where that cannot be, a message can."""
    asked = {"staffed": staffed, "alone": chat.alone, "now": now}
    refusal = chat.refuse(Kind.TRANSFER, type)
    chat_too = refusal or permissions.can_send_to(queue, chat.picture, as_message=False, **asked)
    message = refusal or permissions.can_send_to(queue, chat.picture, as_message=True, **asked)
    offered = not message and not chat.interaction.offline
    return [action("transfer", chat_too), *([action("transfer_message", None)] if offered else [])]


def _crew(members: int, logged_in: int, ready: int) -> Presence:
    text = f"{ready} of {members} ready" if logged_in else "nobody logged in"
    return Presence(_status(logged_in, ready), text, None, ready)


def _line(queue: Queue, logged_in: int, ready: int, lines: Lines) -> Presence:
    waiting, estimate = lines.waiting[queue.id], lines.estimates.get(queue.id)
    closed = not queue.is_open(lines.now)
    parts = ["closed"] if closed else []
    parts += [f"{ready} ready", f"{waiting} waiting"] if logged_in else ["nobody logged in"]
    parts += [f"about {_roughly(estimate)}"] if waiting and estimate and not closed else []
    opens = queue.next_opening(lines.now) if closed else None
    return Presence(_status(logged_in, ready), ", ".join(parts), None, ready, waiting, estimate, closed, opens)


def _status(logged_in: int, ready: int) -> Status:
    return Status.READY if ready else Status.NOT_READY if logged_in else Status.LOGGED_OFF


def _roughly(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{round(seconds / 60)} min"
