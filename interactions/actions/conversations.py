"""Instant messages between two agents: said, seen. They start at once, nobody has to accept."""

from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from agents.models import Agent
from core import realtime
from core.errors import Conflict, NotFound
from core.models import Event
from core.realtime import Post
from interactions import inbox, permissions
from interactions.frames import ImAck, ImFrame, ImSeen
from interactions.models import Conversation, ConversationMember, Inbox, InstantMessage, Interaction
from interactions.transcript import clean

_encode = msgspec.json.encode


def say_now(agent: Agent, colleague_id, *, id: UUID, text: str, about=None, now: datetime) -> ImAck:
    """One line to a colleague; the first begins the conversation. The same id again gets the same number.

    `about`: the chat it is written about. Raises Invalid, NotFound, NotAllowed, Conflict (`self`, `gone`, `id_reused`).
    Emits conversation.started with the first line. Pushes the line to both.
    """
    text, colleague = clean(text), inbox.other(colleague_id)
    try:
        return _say({agent.id, colleague.id}, agent.id, colleague.id, id, text, about, now)
    except _Repeated as repeated:
        return ImAck(id, colleague.id, repeated.number)


@transaction.atomic(durable=True)
def _say(both: set, agent_id, colleague_id, id: UUID, text: str, about, now) -> ImAck:
    versions = Inbox.lock(*both)  # first of all: lines of two who write to each other queue here
    people = Agent.objects.select_related("user").in_bulk(both)  # as they are now: a socket knows its agent for long
    agent, colleague = people[agent_id], people[colleague_id]
    permissions.require(permissions.can_message(agent, colleague))
    _refuse_repeat(agent, colleague, id, text)
    chat = about and _chat(about, agent)
    talk = _conversation(agent, colleague, now)
    talk.head, talk.last_at = talk.head + 1, now
    talk.save(update_fields=["head", "last_at"])
    row = InstantMessage.objects.create(
        conversation=talk, number=talk.head, author=agent, client_id=id, text=text, at=now, interaction=chat
    )
    for member in talk.members.exclude(agent=agent):
        member.unread += 1
        member.save(update_fields=["unread"])
    _tell(agent, colleague, versions, lambda frame, reader: ImFrame(*frame, line=_line(row, reader)))
    return ImAck(id, colleague.id, talk.head)


@transaction.atomic(durable=True)
def seen(agent: Agent, colleague_id, number: int, *, now: datetime) -> None:
    """The agent has looked at the lines up to this number. A lower one changes nothing. Raises NotFound.

    Pushes the mark to both.
    """
    colleague = inbox.other(colleague_id)
    versions = Inbox.lock(*{agent.id, colleague.id})
    mine = ConversationMember.objects.filter(conversation__in=inbox.between(agent, colleague), agent=agent)
    mine = mine.select_related("conversation").first()
    if mine is None or min(number, mine.conversation.head) <= mine.seen:
        transaction.set_rollback(True)
        return
    mine.seen = min(number, mine.conversation.head)
    mine.unread = mine.conversation.lines.filter(author=colleague, number__gt=mine.seen).count()
    mine.save(update_fields=["seen", "unread"])
    _tell(agent, colleague, versions, lambda frame, reader: ImSeen(*frame))


class _Repeated(Exception):
    """Not a new line: what was taken for it is given back."""

    def __init__(self, number: int):
        self.number = number


def _refuse_repeat(agent: Agent, colleague: Agent, id: UUID, text: str) -> None:
    """Whoever has the inboxes has them alone, so what was said before is seen here."""
    stored = InstantMessage.objects.filter(author=agent, client_id=id).select_related("conversation").first()
    if stored is None:
        return
    both = {stored.conversation.first_id, stored.conversation.second_id}
    if stored.text != text or both != {agent.id, colleague.id}:
        raise Conflict("id_reused", "This id belongs to another line.")
    raise _Repeated(stored.number)


def _chat(id, agent: Agent) -> Interaction:
    chat = Interaction.objects.select_related("contact").filter(pk=id).first()
    if chat is None:
        raise NotFound(message="There is no such interaction.")
    permissions.segment_of(chat, agent)
    return chat


def _conversation(agent: Agent, colleague: Agent, now) -> Conversation:
    """Found, or begun: there is no race for it, since both inboxes are held."""
    found = inbox.between(agent, colleague).first()
    if found is not None:
        return found
    made = Conversation.objects.create(**Conversation.of(agent.id, colleague.id), started_at=now, last_at=now)
    ConversationMember.objects.bulk_create(
        ConversationMember(conversation=made, agent=one) for one in (agent, colleague)
    )
    by, data = f"agent:{agent.id}", {"with": str(colleague.id)}
    Event.objects.create(subject=made.id, version=1, name="conversation.started", actor=by, at=now, data=data)
    return made


def _line(row: InstantMessage, reader: Agent):
    return inbox.line(row, inbox.chats_of(reader, {row.interaction_id} - {None}))


def _tell(agent: Agent, colleague: Agent, versions: dict, build) -> None:
    """Each of the two gets their own view of it, in the order of their inbox. Nobody else gets anything."""
    posts = []
    for reader, peer in ((agent, colleague), (colleague, agent)):
        frame = (versions[reader.id], inbox.unread(reader.id), inbox.conversation(reader, peer))
        posts.append(Post((reader.holder,), _encode(build(frame, reader)), (lane_key(reader), versions[reader.id])))
    transaction.on_commit(lambda: realtime.publish(posts), robust=True)


def lane_key(agent: Agent) -> str:
    """The name under which the sockets of an agent keep what happens in their inbox in order."""
    return f"inbox.{agent.id.hex}"
