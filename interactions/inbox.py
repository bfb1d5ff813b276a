"""What an agent sees of their conversations: which there are, how much is unread, and the lines of each."""

import base64
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db.models import F, Q, QuerySet, Sum

from agents.models import Agent
from core.errors import Invalid, NotFound
from core.written import Written

from . import permissions
from .frames import About, ConversationView, ImLine, InboxView
from .models import Conversation, ConversationMember, Inbox, InstantMessage, Segment

PAGE = 30
UNREAD_SHOWN = 50
LINES = 100


class Listing(NamedTuple):
    """`next`: the cursor of the next page, None on the last."""

    conversations: list[ConversationView]
    next: str | None


class Lines(NamedTuple):
    """`more`: there are others beyond these in the direction that was read."""

    lines: list[ImLine]
    more: bool


# --- which there are --------------------------------------------------------------------------


def inboxes(agents: Collection[Agent]) -> dict[UUID, InboxView]:
    """{agent id: InboxView} with the conversations that hold something new. The same few queries, however many."""
    versions, views = of_agents(agent.id for agent in agents), defaultdict(list)
    for row, view in _views(UNREAD.about(agent.id for agent in agents)):
        views[row.agent_id].append(view)
    return {agent.id: _inbox(versions[agent.id], views[agent.id]) for agent in agents}


def _inbox(version: int, unread: list[ConversationView]) -> InboxView:
    return InboxView(version, sum(view.unread for view in unread), unread[:UNREAD_SHOWN])


def of_agents(agents: Iterable[UUID]) -> dict[UUID, int]:
    """{agent id: version of the inbox}. One query."""
    agents = list(agents)
    known = dict(Inbox.objects.filter(pk__in=agents).values_list("agent_id", "version"))
    return {agent: known.get(agent, 0) for agent in agents}


def unread(agent_id: UUID) -> int:
    rows = ConversationMember.objects.filter(agent=agent_id, unread__gt=0)
    return rows.aggregate(all=Sum("unread"))["all"] or 0


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    at: datetime
    id: UUID


def listed(agent: Agent, *, cursor: str | None = None, limit: int = PAGE) -> Listing:
    """The agent's conversations, the latest first. Raises Invalid for a cursor that is none."""
    rows = _rows().filter(agent=agent).order_by("-conversation__last_at", "-conversation_id")
    if cursor:
        last = _read(cursor)
        earlier = Q(conversation__last_at=last.at, conversation__lt=last.id) | Q(conversation__last_at__lt=last.at)
        rows = rows.filter(earlier)
    found = list(rows[: limit + 1])
    shown = found[:limit]
    more = _write(shown[-1]) if len(found) > limit else None
    return Listing([view for _, view in _views(shown)], more)


def _write(row: ConversationMember) -> str:
    cursor = _Cursor(row.conversation.last_at, row.conversation_id)
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(text: str) -> _Cursor:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Cursor)
    except (ValueError, msgspec.MsgspecError):
        raise Invalid(message="This is no cursor.", cursor=["This is no cursor."]) from None


# --- one of them ------------------------------------------------------------------------------


def other(id: UUID) -> Agent:
    """Whom a conversation is with. Raises NotFound for who never worked here."""
    found = Agent.objects.select_related("user").filter(pk=id).first()
    if found is None:
        raise NotFound(message="There is no such agent.")
    return found


def between(agent: Agent, colleague: Agent) -> QuerySet[Conversation]:
    """The one conversation of these two, or none."""
    return Conversation.objects.filter(**Conversation.of(agent.id, colleague.id))


def conversation(agent: Agent, colleague: Agent) -> ConversationView:
    """The agent's view of the conversation with a colleague, also of one that nobody has begun."""
    row = _rows().filter(agent=agent, conversation__in=between(agent, colleague)).first()
    return next(view for _, view in _views([row])) if row else _view(agent, colleague, None, None, None)


def lines(agent: Agent, colleague: Agent, *, after=None, before=None, limit: int = LINES) -> Lines:
    """The newest lines, or those before or after a number, in order."""
    rows = InstantMessage.objects.filter(conversation__in=between(agent, colleague))
    rows = rows.select_related("interaction__contact")
    if before is not None:
        rows = rows.filter(number__lt=before)
    if after is not None:
        rows = rows.filter(number__gt=after)
    found = list(rows.order_by("number" if after is not None else "-number")[: limit + 1])
    shown = sorted(found[:limit], key=lambda row: row.number)
    may_see = chats_of(agent, {row.interaction_id for row in shown if row.interaction_id})
    return Lines([line(row, may_see) for row in shown], len(found) > limit)


def line(row: InstantMessage, may_see: Collection[UUID]) -> ImLine:
    """`may_see`: the chats that its reader was a party of; to others a line names none."""
    about = row.interaction_id in may_see and About(row.interaction_id, row.interaction.contact.label)
    return ImLine(row.number, row.author_id, row.client_id, row.text, row.at, about or None)


def chats_of(agent: Agent, ids: Collection[UUID]) -> set[UUID]:
    """Those of these chats that the agent is or was a party of."""
    rows = Segment.objects.filter(agent=agent, interaction__in=ids)
    return set(rows.order_by().values_list("interaction_id", flat=True)) if ids else set()


# --- rows and views ---------------------------------------------------------------------------


def _rows() -> QuerySet[ConversationMember]:
    rows = ConversationMember.objects.select_related("agent", "conversation")
    return rows.prefetch_related("conversation__members__agent__user")


def _unread(agents) -> QuerySet[ConversationMember]:
    rows = _rows().filter(agent__in=agents, unread__gt=0)
    return rows.order_by("-conversation__last_at", "-conversation_id")


UNREAD = Written(_unread)


def _views(rows: list[ConversationMember]) -> Iterable[tuple[ConversationMember, ConversationView]]:
    if not rows:
        return
    newest = InstantMessage.objects.filter(conversation__in={row.conversation_id for row in rows})
    last = {line.conversation_id: line for line in newest.filter(number=F("conversation__head")).order_by()}
    Agent.read_roles([row.agent for row in rows])
    for row in rows:
        peer = next(member for member in row.conversation.members.all() if member.agent_id != row.agent_id)
        yield row, _view(row.agent, peer.agent, row, peer, last.get(row.conversation_id))


def _view(agent: Agent, colleague: Agent, mine, theirs, last: InstantMessage | None) -> ConversationView:
    return ConversationView(
        agent=colleague.id,
        name=colleague.name,
        nickname=colleague.nickname,
        department=colleague.department,
        head=mine.conversation.head if mine else 0,
        seen=mine.seen if mine else 0,
        unread=mine.unread if mine else 0,
        their_seen=theirs.seen if theirs else 0,
        at=last and last.at,
        last=last.text[:120] if last else "",
        mine=last is not None and last.author_id == agent.id,
        can=permissions.can(permissions.can_message(agent, colleague)),
    )
