"""Live chats of a contact and two agents, many at once, for measurements; and their removal, without a trace.

They are rows only: no action made them, so no event tells of them and no report counts them. What marks them is what
nobody else's rows can have: a user name that no form takes, and a client key that is no digest.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import ProtectedError

from agents.models import Agent, ChannelStatus
from core import clock
from core.errors import NotFound
from core.models import Event, Lease
from interactions.models import Contact, ContactSession, Interaction, Lane, Message, Party, Reader, Segment
from interactions.models.contact import digest
from interactions.models.lane import INTERNAL, PUBLIC
from interactions.states import State
from routing.models import RoutingPoint

DAY = timedelta(days=1)
MARK = "doctor:"  # how users, chats and sessions of measurements begin


@transaction.atomic
def fill(count: int) -> list[dict]:
    """So many chats, each with two agents of its own; gives ids, tokens and cookies of all."""
    now = clock.now()
    agents = _agents(2 * count, now)
    cookies = _sessions(agents, now)
    tokens = [uuid.uuid4().hex for _ in range(count)]
    chats = _chats(count, now)
    _parties(chats, agents, now)
    sessions = [
        ContactSession(interaction=chat, token=digest(token), created_at=now)
        for chat, token in zip(chats, tokens, strict=True)
    ]
    ContactSession.objects.bulk_create(sessions)
    return [
        {"chat": str(chat.id), "token": tokens[n], "cookies": cookies[2 * n : 2 * n + 2]}
        for n, chat in enumerate(chats)
    ]


def _agents(count: int, now) -> list[Agent]:
    run = uuid.uuid4().hex[:6]
    users = User.objects.bulk_create([User(username=f"{MARK}{run}-{n}") for n in range(count)])
    names = [(user, f"Load test {n}") for n, user in enumerate(users)]
    agents = [Agent(user=user, name=name, nickname=name, department="Load test") for user, name in names]
    Agent.objects.bulk_create(agents)
    ChannelStatus.objects.bulk_create([ChannelStatus(agent=agent, status="not_ready", since=now) for agent in agents])
    return agents


def _sessions(agents: list[Agent], now) -> list[str]:
    rows = []
    for agent in agents:
        held = {SESSION_KEY: str(agent.user_id), HASH_SESSION_KEY: agent.user.get_session_auth_hash()}
        held[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        key = MARK + uuid.uuid4().hex[len(MARK) :]
        rows.append(Session(session_key=key, session_data=SessionStore().encode(held), expire_date=now + DAY))
    Session.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def _chats(count: int, now) -> list[Interaction]:
    point = RoutingPoint.objects.select_related("queue").first()
    if point is None:
        raise NotFound(message="There is no routing point yet; a chat needs one. Make one in the administration.")
    contacts = Contact.objects.bulk_create([Contact(name=f"Contact {n}", created_at=now) for n in range(count)])
    chats = [
        Interaction(
            contact=contact,
            client_key=MARK + uuid.uuid4().hex,
            routing_point=point,
            queue=point.queue,
            version=1,
            public_version=1,
            created_at=now,
            waited_since=now,
            active_since=now,
        )
        for contact in contacts
    ]
    return Interaction.objects.bulk_create(chats)


def _parties(chats: list[Interaction], agents: list[Agent], now) -> None:
    public = Lane.objects.bulk_create([Lane(interaction=chat, name=PUBLIC) for chat in chats])
    internal = Lane.objects.bulk_create([Lane(interaction=chat, name=INTERNAL) for chat in chats])
    parties, readers, segments = [], [], []
    for n, chat in enumerate(chats):
        contact = Party(interaction=chat, kind=Party.CONTACT, nickname=chat.contact.name, joined_at=now)
        pair = [
            Party(interaction=chat, kind=Party.AGENT, agent=agent, nickname=agent.nickname, joined_at=now)
            for agent in agents[2 * n : 2 * n + 2]
        ]
        parties += [contact, *pair]
        readers += [Reader(party=party, lane=public[n]) for party in (contact, *pair)]
        readers += [Reader(party=party, lane=internal[n]) for party in pair]
        segments += [Segment(party=party, interaction=chat, agent=party.agent, joined_at=now) for party in pair]
        chat.state, chat.owner = State.ACTIVE, pair[0]
    Party.objects.bulk_create(parties)
    Reader.objects.bulk_create(readers)
    Segment.objects.bulk_create(segments)
    Interaction.objects.bulk_update(chats, ["state", "owner"])


@transaction.atomic
def remove() -> int:
    """All of them, of earlier runs too, with all that came of them. How many chats went."""
    agents = list(Agent.objects.filter(user__username__startswith=MARK))
    chats = _remove_chats(agents)
    Session.objects.filter(session_key__startswith=MARK).delete()
    Lease.objects.filter(holder__in=[agent.holder for agent in agents]).delete()
    _remove_agents(agents)
    return chats


def _remove_chats(agents: list[Agent]) -> int:
    """Those that were made for these agents; not what a colleague may have taken one of them into."""
    theirs = Segment.objects.filter(agent__in=agents).order_by().values("interaction")
    chats = sorted(Interaction.objects.filter(pk__in=theirs, client_key__startswith=MARK).values_list("pk", flat=True))
    for id in chats:  # whoever works on one of them has done so before, or comes too late
        Interaction.lock(id)
    rows = Interaction.objects.filter(pk__in=chats)
    contacts, holders = list(rows.values_list("contact_id", flat=True)), [row.holder for row in rows]
    rows.update(owner=None, state=State.ENDED)
    Message.objects.filter(lane__interaction__in=chats).delete()
    rows.delete()
    Contact.objects.filter(pk__in=contacts).delete()
    Lease.objects.filter(holder__in=holders).delete()
    Event.objects.filter(subject__in=chats).delete()
    return len(chats)


def _remove_agents(agents: list[Agent]) -> None:
    """Whom a colleague has written to, called or invited stays, as somebody who may no longer sign in."""
    try:
        with transaction.atomic():
            Agent.objects.filter(pk__in=[agent.pk for agent in agents]).delete()
            User.objects.filter(pk__in=[agent.user_id for agent in agents]).delete()
            Event.objects.filter(subject__in=[agent.pk for agent in agents]).delete()
    except ProtectedError:
        if len(agents) == 1:
            User.objects.filter(pk=agents[0].user_id).update(is_active=False)
        else:
            for agent in agents:
                _remove_agents([agent])
