"""Drives the crowd of bench/crowd.mjs: fifty contacts and their agents, and what became of every line."""

import json
import subprocess
import threading
import time
from collections.abc import Callable

from tests.servers import ROOT, Parley

AGENTS, CONTACTS = 10, 50
PATIENCE = 120.0
TALK = 4.0
SETTLED = 120.0

STAFF = """
import secrets
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest
from importlib import import_module
from django.conf import settings
from agents.actions import people
from agents.models import Site
from core import clock
from routing.models import Queue

Site.objects.update(capacity=100, over_capacity=0)
Queue.objects.update(idle_warning=0)
store = import_module(settings.SESSION_ENGINE).SessionStore
result = []
for number in range(1, {count} + 1):
    user = get_user_model().objects.create(username=f"crowd{{number}}", password="!")
    agent = people.enroll(
        user, name=f"Agent {{number}}", nickname=f"Agent{{number}}", department="", supervisor=False, groups=[],
        now=clock.now(),
    )
    agent.queues.set(Queue.objects.all())
    request = HttpRequest()
    request.session = store()
    login(request, user)
    request.session.save()
    cookie = f"{{settings.SESSION_COOKIE_NAME}}={{request.session.session_key}}"
    result.append({{"name": agent.name, "cookie": cookie, "csrf": secrets.token_hex(16)}})
"""
STORED = """
from interactions.models import Message
result = {}
for chat, number, id, text in Message.objects.filter(lane__name="public").order_by("lane", "number").values_list(
    "lane__interaction", "number", "client_id", "text"
):
    result.setdefault(str(chat), []).append([number, str(id), text])
"""
STANDS = """
from collections import Counter
from core.models import Event
from interactions.models import Interaction, Party
rows = Interaction.objects.all()
here = Counter(Party.objects.here().agents().values_list("interaction", flat=True))
events = Counter(Event.objects.values_list("name", flat=True))
result = {
    "owners": {str(row.id): str(row.owner_id) for row in rows},
    "alone": [str(row.id) for row in rows if row.state == "active" and not here[row.id]],
    "stranded": [str(row.id) for row in rows if row.state == "waiting"
                 and row.invitations.pending().filter(kind="route").count() != 1],
    "ended": [str(row.id) for row in rows if row.state == "ended"],
    "lost": events["party.lost"] + events["contact.gone"],
    "events": dict(events),
}
"""


class Crowd:
    """People who talk, and a thread that listens to how they are."""

    def __init__(self, site: Parley, agents: int = AGENTS, contacts: int = CONTACTS):
        self.site, self.everybody = site, agents + contacts
        command = ["node", "--no-warnings", "--experimental-websocket", "bench/crowd.mjs", site.url]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.node = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)  # noqa: S603
        self.states: dict[str, str] = {}
        self.changes: list[tuple[float, str, str]] = []
        self.slow: list[float] = []
        self._reports: list[dict] = []
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()
        self.order(agents=site.run(STAFF.format(count=agents)))
        self.wait(lambda: self.live() == agents, "the agents")
        self.order(contacts=contacts)
        self.wait(lambda: self.live() == self.everybody, "the contacts")
        self.wait(lambda: len(self._owned()) == contacts, "the chats", every=0.5)
        self.before = self.stands()

    def _owned(self) -> list[str]:
        return [owner for owner in self.stands()["owners"].values() if owner != "None"]

    def order(self, **order) -> None:
        self.node.stdin.write(json.dumps(order) + "\n")
        self.node.stdin.flush()

    def _listen(self) -> None:
        for line in self.node.stdout:
            news = json.loads(line)
            with self._news:
                if "who" in news:
                    self.states[news["who"]] = news["state"]
                    self.changes.append((news["at"] / 1000, news["who"], news["state"]))
                elif "slow" in news:
                    self.slow.append(news["at"] / 1000)
                else:
                    self._reports.append(news["report"])
                self._news.notify_all()

    def wait(self, true: Callable[[], bool], what: str, seconds: float = PATIENCE, every: float = 0.1) -> None:
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise RuntimeError(f"{what}: not within {seconds:.0f} s: {self.states}")
            time.sleep(every)

    def live(self) -> int:
        return sum(state == "live" for state in self.states.values())

    def talk(self, seconds: float = TALK) -> None:
        self.order(talk=seconds)

    def back(self, since: float) -> float:
        """Seconds from then until the last of those who were cut off was live again."""
        self.wait(lambda: self.live() == self.everybody, "all are back")
        with self._news:
            return max([at - since for at, _, state in self.changes if state == "live" and at > since], default=0.0)

    def cut(self, since: float) -> int:
        """How many were not live at some time since then."""
        return len({who for at, who, state in self.changes if state != "live" and at > since})

    def last_slow(self, since: float) -> float:
        """Seconds from then until the last line that was late had arrived."""
        return max([at - since for at in self.slow if at > since], default=0.0)

    def report(self) -> dict:
        count = len(self._reports)
        self.order(report=count)
        self.wait(lambda: len(self._reports) > count, "a report")
        return self._reports[-1]

    def stands(self) -> dict:
        return self.site.run(STANDS)

    def settle(self) -> list[str]:
        """Silence, time for all that is still unsent, then what is wrong: with nothing lost it is empty."""
        self.talk(0)
        end = time.monotonic() + SETTLED
        while (wrong := self.wrong()) and time.monotonic() < end:
            time.sleep(1)
        return wrong

    def wrong(self) -> list[str]:
        report = self.report()
        stored = self.site.run(STORED)
        return [*_acknowledged(stored, report["acked"]), *_read(stored, report["people"]), *self._rows()]

    def _rows(self) -> list[str]:
        now = self.stands()
        said = [f"{name}: {now[name]}" for name in ("alone", "stranded", "ended") if now[name]]
        return said + ([f"{now['lost']} lost"] if now["lost"] != self.before["lost"] else [])

    def lines(self) -> int:
        return sum(map(len, self.site.run(STORED).values()))

    def stop(self) -> None:
        self.node.stdin.close()
        self.node.wait(10)


def _acknowledged(stored: dict, acked: list[str]) -> list[str]:
    ids = [id for lines in stored.values() for _, id, _ in lines]
    wrong = [f"{len(ids) - len(set(ids))} doubled"] if len(ids) != len(set(ids)) else []
    if missing := set(acked) - set(ids):
        wrong.append(f"{len(missing)} acknowledged and not stored")
    holes = [chat for chat, lines in stored.items() if [line[0] for line in lines] != list(range(1, len(lines) + 1))]
    return wrong + [f"a hole in {chat}" for chat in holes]


def _read(stored: dict, people: dict) -> list[str]:
    """Everybody holds every line once and in order, and has nothing left to send."""
    wrong = [f"{who} holds {one['unsent']} unsent" for who, one in people.items() if one["unsent"]]
    for who, one in people.items():
        for chat, lines in one["chats"].items():
            if lines != stored[chat]:
                wrong.append(f"{who} holds {len(lines)} of {len(stored[chat])} lines")
    return wrong
