"""What routing costs on a large site: per decision, and when nothing happens.

    python -m bench.routing [sqlite|postgres] [rounds]

Fills a throw-away database with agents who are Ready and busy and with chats that wait, frees some agents and lets the
engine's own sweep decide. Printed for each size: milliseconds of the wall and of this process per decision (medians of
the rounds), and which part of a core the engine needs when nobody is free, and when nothing waits.
"""

import os
import statistics
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from .reports import set_up

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SIZES = [(50, 1, 100), (50, 1, 10_000), (1000, 20, 100), (1000, 20, 1000), (1000, 20, 10_000), (1000, 1, 10_000)]
FREED = 40
UNSERVED = {"unserved": True}


def main(kind: str, rounds: int) -> None:
    from django.core.management import call_command

    print(f"{kind}, {rounds} rounds of {FREED} decisions, load of the machine {os.getloadavg()[0]:.1f}")
    print("agents queues waiting | ms per decision: wall, busy | decisions/s | part of a core: nobody free, none waits")
    for agents, queues, waiting in SIZES:
        call_command("flush", interactive=False, verbosity=0)
        site = Site(agents, queues, waiting)
        site.sweep()
        took = [site.decide() for _ in range(rounds)]
        wall, busy = (statistics.median(column) * 1000 / FREED for column in zip(*took, strict=True))
        full = statistics.median(site.sweep()[1] for _ in range(rounds))
        site.empty()
        idle = statistics.median(site.sweep()[1] for _ in range(rounds))
        cost = f"{wall:8.1f} {busy:8.1f}           | {1000 / wall:8.0f}    | {full:8.1%} {idle:8.1%}"
        print(f"{agents:6} {queues:6} {waiting:7} | {cost}", flush=True)
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


class Site:
    """So many agents with a chat each and no room for another, and so many who wait."""

    def __init__(self, agents: int, queues: int, waiting: int):
        from agents import models as people
        from routing.models import Queue, RoutingPoint

        people.Site.objects.create(name="Large", capacity=1)
        self.now = NOON
        self.queues = [Queue.objects.create(name=f"Queue {number:02}") for number in range(queues)]
        self.point = RoutingPoint.objects.create(slug="large", name="Large", title="Large", queue=self.queues[0])
        self.agents = self._people(agents)
        self._chats([(self.queues[n % queues], agent, n) for n, agent in enumerate(self.agents)])
        self._chats([(self.queues[number % queues], None, number) for number in range(waiting)])
        self._analyze()

    def sweep(self) -> tuple[float, float]:
        """One, a second later: seconds of the wall, and how long this process was busy."""
        from interactions.actions.sweep import sweep

        self.now += timedelta(seconds=1)
        start, busy = time.perf_counter(), time.process_time()
        sweep(self.now, steady=True)
        return time.perf_counter() - start, time.process_time() - busy

    def decide(self) -> tuple[float, float]:
        """So many agents get room; what it costs to let that many chats ring, more than a sweep without."""
        from agents.models import Agent
        from interactions.models import Ring

        freed = [agent.id for agent in self.agents[:FREED]]
        Agent.objects.filter(pk__in=freed).update(capacity=2)
        wall, busy = self.sweep()
        assert Ring.objects.filter(outcome="").count() == FREED, "not all were asked"
        self._take_back(freed)
        rest = self.sweep()
        return wall - rest[0], busy - rest[1]

    def empty(self) -> None:
        """Nobody waits any more."""
        from interactions.models import Interaction, Invitation, Party

        waiting = Interaction.objects.filter(state="waiting")
        Party.objects.filter(interaction__in=waiting).update(left_at=self.now)
        Invitation.objects.filter(interaction__in=waiting).update(state="cancelled", ended_at=self.now)
        waiting.update(state="ended", ended_at=self.now)
        self._analyze()

    def _take_back(self, freed: list) -> None:
        from agents.models import Agent
        from interactions.models import Invitation, Ring

        Agent.objects.filter(pk__in=freed).update(capacity=None)
        Invitation.objects.filter(state="ringing").update(state="waiting")
        Ring.objects.all().delete()

    def _people(self, count: int) -> list:
        from django.contrib.auth.models import User

        from agents.models import Agent, ChannelStatus
        from core.models import Lease
        from routing.models import Queue

        users = User.objects.bulk_create([User(username=f"agent{number}") for number in range(count)])
        named = [Agent(user=user, name=f"Agent {n:04}", nickname=f"A{n}") for n, user in enumerate(users)]
        agents = Agent.objects.bulk_create(named)
        chat = {"channel": "chat", "status": "ready", "since": NOON}
        ChannelStatus.objects.bulk_create([ChannelStatus(agent=agent, **chat) for agent in agents])
        Lease.objects.bulk_create([Lease(holder=agent.holder, expires_at=NOON + DAY) for agent in agents])
        seat = Queue.agents.through
        queues = self.queues
        seat.objects.bulk_create([seat(agent=one, queue=queues[n % len(queues)]) for n, one in enumerate(agents)])
        return agents

    def _chats(self, wanted: list) -> None:
        from core.models import Lease
        from interactions.models import Contact, Interaction, Invitation, Lane, Party, Reader, Segment

        contacts = Contact.objects.bulk_create([Contact(name=f"C{n}", created_at=NOON) for _, _, n in wanted])
        rows = [
            Interaction(
                contact=contact, client_key=uuid4().hex, routing_point=self.point, queue=queue, **self._times(n)
            )
            for contact, (queue, _, n) in zip(contacts, wanted, strict=True)
        ]
        chats = Interaction.objects.bulk_create(rows, batch_size=500)
        Lease.objects.bulk_create([Lease(holder=chat.holder, expires_at=NOON + DAY) for chat in chats], batch_size=500)
        there = {"kind": "contact", "nickname": "Kim", "joined_at": NOON}
        kims = Party.objects.bulk_create([Party(interaction=chat, **there) for chat in chats], batch_size=500)
        lanes = [Lane(interaction=chat, name=name) for chat in chats for name in ("public", "internal")]
        public = Lane.objects.bulk_create(lanes, batch_size=500)[::2]
        pairs = zip(kims, public, strict=True)
        Reader.objects.bulk_create([Reader(party=kim, lane=lane, start=1) for kim, lane in pairs], batch_size=500)
        both = list(zip(chats, wanted, strict=True))
        places = [
            Invitation(
                interaction=chat, kind="route", queue=queue, **UNSERVED, created_at=NOON, waited_since=chat.waited_since
            )
            for chat, (queue, agent, _) in both
            if agent is None
        ]
        Invitation.objects.bulk_create(places, batch_size=500)
        busy = [(chat, queue, agent) for chat, (queue, agent, _) in both if agent is not None]
        seated = [Party(interaction=c, kind="agent", agent=a, nickname="A", joined_at=NOON) for c, _, a in busy]
        seats = Party.objects.bulk_create(seated, batch_size=500)
        about = zip(seats, busy, strict=True)
        work = [Segment(party=p, interaction=c, agent=a, queue=q, joined_at=NOON) for p, (c, q, a) in about]
        Segment.objects.bulk_create(work, batch_size=500)
        for seat in seats:
            Interaction.objects.filter(pk=seat.interaction_id).update(state="active", owner=seat, active_since=NOON)

    def _times(self, number: int) -> dict:
        return {"created_at": NOON, "waited_since": NOON - timedelta(seconds=100 + number / 100)}

    def _analyze(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


if __name__ == "__main__":
    given = sys.argv[1:]
    with ExitStack() as around:
        set_up(given[0] if given else "sqlite", around)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        main(given[0] if given else "sqlite", int(given[1]) if len(given) > 1 else 5)
