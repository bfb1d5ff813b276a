"""Journals as the product writes them, made without it: what a chat leaves there from its start to Mark Done."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4


class Entry(NamedTuple):
    """A row of the journal, save its place."""

    subject: UUID
    version: int
    name: str
    actor: str
    at: datetime
    data: dict


class Chat(NamedTuple):
    """Times in seconds. `wait`: until the accept, or until the contact gave up where `agent` is None.

    `call`: from when after the accept, and for how long, agent and helper speak. `said`: how long after the end the
    contact answers the survey, the rating (None: none), and what they choose ("": nothing).
    """

    at: datetime
    point: UUID
    queue: UUID
    wait: float
    agent: UUID | None = None
    handling: float = 0
    wrap_up: float | None = None
    codes: tuple[str, ...] = ()
    helper: UUID | None = None
    first: float = 5
    replies: int = 0
    reply_time: float = 0
    call: tuple[float, float] | None = None
    said: tuple[float, int | None, str] | None = None


def of_chat(chat: Chat) -> Iterator[Entry]:
    subject, place = uuid4(), str(uuid4())
    entries = _served(chat, place) if chat.agent else _given_up(chat, place)
    entries = [_came(chat, place), *entries]
    for version, (name, actor, at, facts) in enumerate(entries, 1):
        yield Entry(subject, version, name, actor, at, {"facts": facts})
    if chat.said and chat.agent:
        yield _asked(chat, subject, len(entries) + 1)
    if chat.call and chat.agent and chat.helper:
        yield from _called(chat, subject)


def _called(chat: Chat, about: UUID) -> Iterator[Entry]:
    """Placed, answered and heard at once: of a call only what is spoken counts."""
    call, after = uuid4(), chat.at + timedelta(seconds=chat.wait)
    told = {"call": str(call), "caller": str(chat.agent), "callee": str(chat.helper), "about": str(about), "cause": ""}
    start, end = (after + timedelta(seconds=at) for at in (chat.call[0], sum(chat.call)))
    steps = (("placed", "ringing", start), ("accepted", "connecting", start), ("connected", "active", start))
    for version, (name, state, at) in enumerate((*steps, ("ended", "ended", end)), 1):
        yield Entry(
            call, version, f"call.{name}", f"agent:{chat.agent}", at, {"facts": {"calls": [told | {"state": state}]}}
        )


def _asked(chat: Chat, subject: UUID, version: int) -> Entry:
    after, rating, chosen = chat.said
    at = chat.at + timedelta(seconds=chat.wait + chat.handling + (chat.wrap_up or 0) + after)
    told = {"ratings": {"content": rating} if rating else {}, "choices": {"solved": chosen} if chosen else {}}
    return Entry(subject, version, "survey.answered", "contact", at, {"facts": {}, "title": "After chats", **told})


def _came(chat: Chat, place: str) -> tuple:
    came = {"point": str(chat.point), "queue": str(chat.queue), "offline": False}
    line = {"invitation": place, "kind": "route", "type": "queue", "target": str(chat.queue), "by": None}
    return "interaction.started", "contact", chat.at, {"came": came, "invited": [line | {"queue": str(chat.queue)}]}


def _given_up(chat: Chat, place: str) -> list[tuple]:
    facts = {"answered": [{"invitation": place, "state": "revoked"}], "cause": "left", "owner": ""}
    return [("contact.left", "contact", chat.at + timedelta(seconds=chat.wait), facts)]


def _served(chat: Chat, place: str) -> list[tuple]:
    party, by = str(uuid4()), f"agent:{chat.agent}"
    taken = chat.at + timedelta(seconds=chat.wait)
    over = taken + timedelta(seconds=chat.handling)
    joined = {"party": party, "agent": str(chat.agent), "kind": "agent", "by": None}
    answer = {"invitation": place, "state": "accepted", "through": str(chat.queue)}
    found = [("invitation.accepted", by, taken, {"answered": [answer], "joined": [joined], "owner": party})]
    helped, gone = _helped(chat, party, taken, over) if chat.helper else ([], [])
    left = {"party": party, "cause": "end", "queue": str(chat.queue), "first": _ms(chat.first)}
    left |= {"replies": chat.replies, "reply_time": _ms(chat.reply_time)}
    found += [*helped, ("interaction.ended", by, over, {"left": [left, *gone], "cause": "end", "owner": ""})]
    if chat.wrap_up is not None:
        done = {"party": party, "codes": list(chat.codes), "by_system": False}
        found.append(("segment.done", by, over + timedelta(seconds=chat.wrap_up), {"done": [done]}))
    return found


def _helped(chat: Chat, owner: str, taken: datetime, over: datetime) -> tuple[list, list]:
    """A colleague is asked halfway, and comes."""
    half, request, party = taken + (over - taken) / 2, str(uuid4()), str(uuid4())
    asked = {"invitation": request, "kind": "conference", "type": "agent", "target": str(chat.helper), "by": owner}
    joined = {"party": party, "agent": str(chat.helper), "kind": "agent", "by": owner}
    left = {"party": party, "cause": "over", "queue": str(chat.queue), "first": None, "replies": 0, "reply_time": 0}
    answer = {"invitation": request, "state": "accepted"}
    entries = [
        ("invitation.ringing", f"agent:{chat.agent}", half, {"invited": [asked]}),
        ("invitation.accepted", f"agent:{chat.helper}", half, {"answered": [answer], "joined": [joined]}),
    ]
    return entries, [left]


def status(agent: UUID, version: int, at: datetime, status: str, reason: str = "") -> Entry:
    told = {"agent": str(agent), "channel": "chat", "status": status, "reason": reason}
    return Entry(agent, version, "agent.status_changed", f"agent:{agent}", at, {"facts": {"statuses": [told]}})


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
