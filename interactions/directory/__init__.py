"""What the Team Communicator finds: internal targets, their presence, and what can be done with each."""

from datetime import datetime

from agents.models import Agent
from interactions.models import Favourite, Invitation

from . import people, pools
from .chat import Chat
from .hit import TYPES, Action, Hit, Presence

__all__ = ["TYPES", "Action", "Hit", "Presence", "search"]

LIMIT = 30
RECENT = 10


def search(agent: Agent, text: str, *, types=TYPES, view: str = "all", interaction_id=None, now: datetime) -> list[Hit]:
    """Targets of these types whose names hold every word, grouped by type.

    `view`: all, favourites (own and corporate), recent (whom the agent invited last, newest first).
    Raises NotFound for a foreign interaction.
    """
    chat = Chat(interaction_id, agent) if interaction_id else None
    favourites, recent = Favourite.of(agent), _recent(agent) if view == "recent" else {}
    chosen = {"all": None, "favourites": favourites, "recent": recent}[view]
    hits = []
    for type in types:
        ids = None if chosen is None else [id for kind, id in chosen if kind == type]
        hits += _find(type, agent, text, ids=ids, limit=LIMIT, chat=chat, now=now)
    for hit in hits:
        hit.favourite = favourites.get((hit.type, hit.id))
    return sorted(hits, key=lambda hit: recent[hit.type, hit.id]) if view == "recent" else hits


def _find(type: str, agent: Agent, text: str, **kwargs) -> list[Hit]:
    if kwargs["ids"] == []:
        return []
    return people.find(agent, text, **kwargs) if type == "agent" else pools.find(type, agent, text, **kwargs)


def _recent(agent: Agent) -> dict:
    """{(type, id): rank} of the targets that the agent invited last."""
    rows = Invitation.objects.filter(inviter__agent=agent).order_by("-created_at")
    rows = rows.select_related("agent", "queue", "group", "skill", "routing_point")[: RECENT * 5]
    ranks: dict = {}
    for invitation in rows:
        ranks.setdefault((invitation.target_type, invitation.target.id), len(ranks))
    return dict(list(ranks.items())[:RECENT])
