"""What the Team Communicator finds: internal targets and contacts, their presence, and what can be done with each."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from functools import partial

from agents.models import Agent
from interactions.models import Favourite, Invitation

from . import contacts, people, pools
from .chat import Chat
from .hit import TARGETS, TYPES, Action, Found, Hit, Key, Presence
from .listing import Entry, Question, listed, page

__all__ = ["TARGETS", "TYPES", "Action", "Found", "Hit", "Presence", "look", "search"]

LIMIT = 30
RECENT = 10


def search(
    agent: Agent,
    text: str = "",
    *,
    types: Collection[str] = TYPES,
    view: str = "all",
    grouped: bool = False,
    limit: int = LIMIT,
    cursor: str | None = None,
    interaction_id=None,
    now: datetime,
) -> Found:
    """Targets of these types in which every word is the start of one; best first, then favourites, then who is Ready.

    `view`: all, favourites (own and corporate), recent (whom the agent asked last, newest first), consultations (whom
    the agent consults on this interaction now, newest first).
    `grouped`: type by type, of each at most `limit`, and no next page.
    Raises NotFound for a foreign interaction, Invalid for a cursor that is none.
    """
    favourites = Favourite.of(agent)
    chat = Chat(interaction_id, agent) if interaction_id else None
    ranked = {"recent": _recent, "consultations": partial(_consulted, chat)}.get(view, _nobody)(agent)
    among = {"all": None, "favourites": favourites}.get(view, ranked)
    entries = listed(agent, Question(text, types, among, favourites))
    if view in ("recent", "consultations"):
        entries.sort(key=lambda entry: ranked[entry.key])
        shown, more = entries, None
    elif grouped:
        shown, more = _of_each_type(entries, limit), None
    else:
        shown, more = page(entries, cursor=cursor, limit=limit, now=now)
    hits = _hits(agent, [entry.key for entry in shown], favourites, chat, now)
    counts = Counter(entry.type for entry in entries)
    return Found(hits, more, {type: counts[type] for type in types})


def look(agent: Agent, keys: Collection[Key], *, interaction_id=None, now: datetime) -> Found:
    """How these very targets stand now, in the order asked; those that are gone are left out."""
    chat = Chat(interaction_id, agent) if interaction_id else None
    hits = _hits(agent, keys, Favourite.of(agent), chat, now)
    return Found(hits, None, dict(Counter(hit.type for hit in hits)))


def _of_each_type(entries: list[Entry], limit: int) -> list[Entry]:
    """Some of each type; the type with the best fit first, else in their usual order."""
    kinds: dict = {type: [] for type in TYPES}
    for entry in entries:
        kinds[entry.type].append(entry)
    best = sorted((found for found in kinds.values() if found), key=lambda found: found[0].rank)
    return [entry for found in best for entry in found[:limit]]


def _hits(agent: Agent, keys: Collection[Key], favourites: dict, chat: Chat | None, now) -> list[Hit]:
    found = people.hits(agent, [id for type, id in keys if type == "agent"], chat, now)
    found |= contacts.hits(agent, [id for type, id in keys if type == "contact"])
    found |= pools.hits(agent, [key for key in keys if key[0] in pools.MODELS], chat, now)
    for key, hit in found.items():
        hit.favourite = favourites.get(key)
    return [found[key] for key in keys if key in found]


def _nobody(agent: Agent) -> dict[Key, int]:
    return {}


def _consulted(chat: Chat | None, agent: Agent) -> dict[Key, int]:
    """{(type, id): rank} of whom the agent consults."""
    active = reversed(chat.consultations) if chat else []
    return {("agent", each.consultant.agent_id): rank for rank, each in enumerate(active)}


def _recent(agent: Agent) -> dict[Key, int]:
    """{(type, id): rank} of the targets that the agent asked last."""
    rows = Invitation.objects.filter(inviter__agent=agent).order_by("-created_at")
    rows = rows.select_related("agent", "queue", "group", "skill", "routing_point")[: RECENT * 5]
    ranks: dict = {}
    for invitation in rows:
        ranks.setdefault((invitation.target_type, invitation.target.id), len(ranks))
    return dict(list(ranks.items())[:RECENT])
