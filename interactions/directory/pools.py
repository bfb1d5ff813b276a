"""Queues, groups, skills and routing points as targets: asked one agent after the other."""

from collections import Counter

from agents.models import Agent, AgentGroup, Skill
from agents.status import Status
from core import leases
from interactions import permissions
from interactions.models import Invitation
from interactions.states import Kind
from routing.models import Queue, RoutingPoint

from .chat import Chat
from .hit import Hit, Presence, conference

MODELS = {"group": AgentGroup, "skill": Skill, "queue": Queue, "routing_point": RoutingPoint}


def find(type: str, me: Agent, text: str, *, ids, limit: int, chat: Chat | None, now) -> list[Hit]:
    """Pools whose names hold every word, by name. `ids`: only these (None: all)."""
    rows = MODELS[type].objects.order_by("name")
    for word in text.split():
        rows = rows.filter(name__icontains=word)
    if type == "routing_point":
        rows = rows.filter(active=True).select_related("queue")
    found = list((rows if ids is None else rows.filter(pk__in=ids))[:limit])
    pools = [_pool(row, chat) for row in found]
    people = _people(pools, me, now)
    waiting = _waiting([pool for pool in pools if isinstance(pool, Queue)])
    return [_hit(type, row, pool, people[pool], waiting, chat) for row, pool in zip(found, pools, strict=True)]


def _pool(row, chat: Chat | None):
    """Whose agents would be asked: a routing point chooses by the chat's case data."""
    if not isinstance(row, RoutingPoint):
        return row
    return row.choose(chat.interaction.case) if chat else row.queue


def _people(pools: list, me: Agent, now) -> dict:
    """{pool: (members, logged in, ready)}, those without a connection left out of the last two."""
    seats = {pool: set(pool.agents.active().exclude(pk=me.pk).values_list("id", flat=True)) for pool in set(pools)}
    everybody = Agent.objects.filter(pk__in=set().union(*seats.values())).prefetch_related("channels")
    agents = {agent.id: agent for agent in everybody}
    live = leases.live([agent.holder for agent in agents.values()], now)
    status = {id: _status(agent) for id, agent in agents.items() if agent.holder in live}
    return {pool: _count(members, status) for pool, members in seats.items()}


def _status(agent: Agent) -> str:
    return next((c.status for c in agent.channels.all() if c.channel == "chat"), Status.LOGGED_OFF)


def _count(members: set, status: dict) -> tuple[int, int, int]:
    here = [status[id] for id in members if id in status and status[id] != Status.LOGGED_OFF]
    return len(members), len(here), here.count(Status.READY)


def _waiting(queues: list) -> Counter:
    rows = Invitation.objects.pending().filter(kind=Kind.ROUTE, queue__in=queues)
    return Counter(rows.values_list("queue_id", flat=True))


def _hit(type: str, row, pool, people, waiting: Counter, chat: Chat | None) -> Hit:
    members, logged_in, ready = people
    refusal = chat and (chat.refusal or permissions.can_be_asked(pool, open_targets=chat.asked, staffed=logged_in > 0))
    return Hit(
        type=type,
        id=row.id,
        name=row.name,
        nickname=row.name,
        department="",
        presence=_presence(pool, members, logged_in, ready, waiting),
        actions=[conference(refusal)] if chat else [],
    )


def _presence(pool, members: int, logged_in: int, ready: int, waiting: Counter) -> Presence:
    status = Status.READY if ready else Status.NOT_READY if logged_in else Status.LOGGED_OFF
    text = f"{ready} of {members} ready"
    if isinstance(pool, Queue):
        text = f"{ready} ready, {waiting[pool.id]} waiting"
    return Presence(status, text if logged_in else "nobody logged in", None, ready)
