"""A large site's people for measurements: agents with names, statuses and connections, and the pools they work in.

Runs in a process that knows the site's database, e.g. `site.run("from bench.crowd import fill; fill()")`.
"""

import random
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction

from agents.models import Agent, AgentGroup, AgentSkill, ChannelStatus, Skill
from core import clock
from core.models import Lease
from interactions.models import Interaction
from routing.models import Queue, RoutingPoint

FIRST = (
    "Ana",
    "Bo",
    "Cy",
    "Dee",
    "Eve",
    "Finn",
    "Gia",
    "Hal",
    "Ida",
    "Jón",
    "José",
    "Kai",
    "Lena",
    "Max",
    "Noor",
    "Øle",
)
LAST = ("Ruiz", "Lind", "Marsh", "Okafor", "Haddad", "Müller", "Núñez", "Łukasik", "Brown", "Costa", "Dubois", "Ito")
DEPARTMENTS = ("Billing", "Network", "Field service", "Sales", "Service", "Retention", "Business", "Fibre")
STATUSES = ("ready", "ready", "not_ready", "after_call_work", "logged_off")
HOUR = timedelta(hours=1)


def fill(agents: int = 2000, queues: int = 50, groups: int = 100, skills: int = 100, seed: int = 1) -> None:
    """Everybody at once. Each agent has two groups, three skills, two queues."""
    chance, now = random.Random(seed), clock.now()  # noqa: S311
    with transaction.atomic():
        people = _people(agents, chance)
        _present(people, chance, now)
        _groups(people, groups, chance)
        _skills(people, skills, chance)
        _queues(people, queues, chance)


def expect(minutes: int = 10) -> None:
    """Everybody counts as there meanwhile: opening thousands of sockets takes longer than people may be away."""
    until = clock.now() + timedelta(minutes=minutes)
    holders = [row.holder for row in (*Agent.objects.all(), *Interaction.objects.all())]
    Lease.objects.bulk_create([Lease(holder=holder, expires_at=until) for holder in holders], batch_size=1000)


def _people(count: int, chance) -> list[Agent]:
    users = User.objects.bulk_create([User(username=f"user{number:04}") for number in range(count)])
    rows = []
    for number, user in enumerate(users):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        name = f"{first} {last}-{number:04}"
        rows.append(Agent(user=user, name=name, nickname=first, department=chance.choice(DEPARTMENTS)))
    return Agent.objects.bulk_create(rows)


def _present(people: list[Agent], chance, now) -> None:
    """Who is not logged off has a connection, and in so large a crowd some have lost theirs."""
    channels = [ChannelStatus(agent=agent, status=chance.choice(STATUSES), since=now) for agent in people]
    ChannelStatus.objects.bulk_create(channels)
    here = [row.agent for row in channels if row.status != "logged_off" and chance.random() < 0.97]
    Lease.objects.bulk_create([Lease(holder=agent.holder, expires_at=now + HOUR) for agent in here])


def _groups(people, count: int, chance) -> None:
    rows = AgentGroup.objects.bulk_create([AgentGroup(name=f"Team {number:03}") for number in range(count)])
    _seat(Agent.groups.through, "agentgroup", people, rows, min(2, count), chance)


def _queues(people, count: int, chance) -> None:
    rows = Queue.objects.bulk_create([Queue(name=f"{_topic(number)} {number:03}") for number in range(count)])
    _seat(Queue.agents.through, "queue", people, rows, min(2, count), chance)
    points = [
        RoutingPoint(slug=f"point-{n}", name=f"Point {n:03}", title="Crowd", queue=row) for n, row in enumerate(rows)
    ]
    RoutingPoint.objects.bulk_create(points[: count // 5])


def _skills(people, count: int, chance) -> None:
    rows = Skill.objects.bulk_create([Skill(name=f"{_topic(number)} skill {number:03}") for number in range(count)])
    _seat(AgentSkill, "skill", people, rows, min(3, count), chance)


def _topic(number: int) -> str:
    return DEPARTMENTS[number % len(DEPARTMENTS)]


def _seat(through, pool: str, people, rows, each: int, chance) -> None:
    """So many different pools for everybody."""
    seats = [(agent.pk, row.pk) for agent in people for row in chance.sample(rows, each)]
    through.objects.bulk_create([through(**{"agent_id": agent, f"{pool}_id": row}) for agent, row in seats])
