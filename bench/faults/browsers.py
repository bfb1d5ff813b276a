"""Faults of people's own machines and lines, done to real browsers, in real time."""

import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from functools import partial

from playwright.sync_api import expect, sync_playwright

from tests import servers
from tests.browser.own import OwnBrowser, own_browser
from tests.browser.pages import Contact, Desk
from tests.browser.wire import Wire
from tests.servers import Parley

from .table import Fault, Seen

SITES = {"sqlite": servers.parley, "cluster": lambda: servers.cluster(durable=True)}
STEADY = 95
EVENTS = """
from core.models import Event
result = {name: at.timestamp() for name, at in Event.objects.order_by("at").values_list("name", "at")}
"""
LOSSES = """
from core.models import Event
result = [at.timestamp() for at in Event.objects.filter(name="party.lost").order_by("at").values_list("at", flat=True)]
"""
EVERYWHERE = """
from agents.models import Agent
from routing.models import Queue
for agent in Agent.objects.all():
    agent.queues.set(Queue.objects.all())
"""
QUIET = "from routing.models import Queue; Queue.objects.update(idle_warning=0)"
USUAL = 15_000


class Stage:
    """A site in steady service, and people each in a browser of their own."""

    def __init__(self, site: Parley, around: ExitStack):
        self.site, self.around = site, around
        self.kind = around.enter_context(sync_playwright()).chromium

    def own(self) -> OwnBrowser:
        return self.around.enter_context(own_browser(self.kind))

    def desk(self, username: str, **options) -> tuple[Desk, OwnBrowser]:
        own = self.own()
        return Desk(own.page(self.site.url, **options), username).sign_in(), own

    def contact(self, name="Kim Lee") -> tuple[Contact, OwnBrowser]:
        own = self.own()
        return Contact(own.page(self.site.url)).open().start(name), own

    def wire(self) -> Wire:
        made = Wire()
        self.around.callback(made.close)
        return made

    def talk(self, ana: Desk) -> tuple[Contact, OwnBrowser]:
        kim, phone = self.contact()
        ana.accept()
        kim.says("First.")
        ana.reads("First.")
        return kim, phone

    def serving(self, username: str) -> OwnBrowser:
        """An agent with one chat, who takes no more."""
        desk, own = self.desk(username)
        self.talk(desk.ready())
        desk.choose_status("Not Ready")
        return own

    def at(self, event: str, seconds: float) -> float:
        """The moment of the last event of this name, waited for so long."""
        end = time.monotonic() + seconds
        while event not in (seen := self.site.run(EVENTS)):
            if time.monotonic() > end:
                raise RuntimeError(f"no {event} within {seconds:.0f} s")
            time.sleep(0.5)
        return seen[event]

    def happened(self, event: str) -> bool:
        return event in self.site.run(EVENTS)


@contextmanager
def stage(name: str):
    begun = time.monotonic()
    expect.set_options(timeout=USUAL)
    with SITES[name]() as site, ExitStack() as around:
        site.run(QUIET)
        yield Stage(site, around), lambda: time.sleep(max(0, STEADY - (time.monotonic() - begun)))


def browser_killed(name: str) -> Seen:
    """kill -9 of all of the agent's browser, for three agents: until the chat stands in the queue again."""
    with stage(name) as (people, until_steady):
        people.site.run(EVERYWHERE)
        browsers = [people.serving(username) for username in ("ana", "bo", "cy")]
        until_steady()
        killed = []
        for browser in browsers:
            killed.append(time.time())
            browser.process.crash()
            time.sleep(2)
        people.at("party.lost", 120)
        time.sleep(6)
        lost = people.site.run(LOSSES)
    took = [end - begun for begun, end in zip(killed, lost, strict=True)]
    words = ", ".join(f"{seconds:.1f}" for seconds in took) + " s until the chat stood in its queue again"
    return Seen(all(88 <= seconds <= 92 for seconds in took), words, max(took))


def lid_closed(name: str) -> Seen:
    """The agent's machine sleeps for two minutes and wakes: nobody took the chat, so it is theirs again."""
    with stage(name) as (people, until_steady):
        ana, laptop = people.desk("ana")
        kim, _ = people.talk(ana.ready())
        until_steady()
        closed = time.time()
        laptop.process.freeze()
        took = people.at("party.lost", 130) - closed
        kim.says("Where are you?")
        time.sleep(max(0, 120 - (time.time() - closed)))
        laptop.process.thaw()
        woke = time.time()
        back = people.at("party.returned", 60) - woke
        ana.reads("First.", "Where are you?")
        ana.offers("End chat with Kim Lee")
        ana.says("Back again.")
        kim.reads("Ana is back", "Back again.")
    words = (
        f"in the queue {took:.1f} s after the lid closed; theirs again {back:.1f} s after it opened, no line missing"
    )
    return Seen(78 <= took <= 93, words, took)


def phone_asleep(name: str) -> Seen:
    """The contact's phone sleeps for two minutes: Away, and back with every line."""
    with stage(name) as (people, until_steady):
        ana, _ = people.desk("ana")
        kim, phone = people.talk(ana.ready())
        until_steady()
        asleep = time.time()
        phone.process.freeze()
        away = people.at("party.away", 60) - asleep
        ana.says("Are you there?")
        time.sleep(max(0, 120 - (time.time() - asleep)))
        phone.process.thaw()
        woke = time.time()
        back = people.at("party.back", 60) - woke
        expect(kim.line("Are you there?")).to_have_count(1, timeout=30_000)
        kim.says("Here.")
        ana.reads("Here.")
    words = f"away after {away:.1f} s, back {back:.1f} s after waking, no line missing"
    return Seen(18 <= away <= 33, words, back)


def hidden(name: str) -> Seen:
    """The agent's page is frozen by its browser for three minutes, no timer runs: the lease holds."""
    with stage(name) as (people, until_steady):
        ana, _ = people.desk("ana")
        kim, _ = people.talk(ana.ready())
        until_steady()
        control = ana.page.context.new_cdp_session(ana.page)
        control.send("Page.setWebLifecycleState", {"state": "frozen"})
        time.sleep(180)
        kept = not people.happened("party.away") and not people.happened("party.lost")
        kim.says("Still there?")
        control.send("Page.setWebLifecycleState", {"state": "active"})
        shown = time.time()
        ana.reads("First.", "Still there?")
        took = time.time() - shown
    return Seen(kept, "never away" if kept else "counted as away", took)


def half_open(name: str) -> Seen:
    """The agent's connections die without a word to either side; new ones work."""
    with stage(name) as (people, until_steady):
        wire = people.wire()
        ana, _ = people.desk("ana", **wire.options)
        kim, _ = people.talk(ana.ready())
        until_steady()
        lost = time.time()
        wire.lose()
        ana.field.fill("Said into nothing.")
        ana.page.get_by_role("button", name="Send", exact=True).click()
        kim.says("And this too.")
        expect(kim.line("Said into nothing.")).to_have_count(1, timeout=90_000)
        took = time.time() - lost
        ana.reads("First.", "Said into nothing.", "And this too.")
        kept = not people.happened("party.lost")
    return Seen(kept and took < 35, f"noticed and healed after {took:.1f} s, every line once", took)


def gone(name: str) -> Seen:
    """Kim closes the page for four minutes; Lou for good."""
    with stage(name) as (people, until_steady):
        ana, _ = people.desk("ana")
        kim, _ = people.talk(ana.ready())
        until_steady()
        context = kim.page.context
        kim.page.close()
        time.sleep(240)
        ana.says("Are you there?")
        kim = Contact(context.new_page()).open()
        kim.reads("First.", "Are you there?")
        alive = not people.happened("contact.gone")
        closed = time.time()
        kim.page.close()
        took = people.at("contact.gone", 330) - closed
        expect(ana.ended()).to_be_visible()
    words = f"after four minutes back, no line missing; gone for good: over {took:.1f} s after the page was closed"
    return Seen(alive and 300 <= took <= 308, words, took)


def _fault(what: str, expected: str, run: Callable[[str], Seen], goal: str, *sites: str) -> list[Fault]:
    return [Fault(what, name, expected, partial(run, name), goal) for name in sites]


LATER, GONE = "Away; back with every line", "misses nothing; over at the end of the grace"
FAULTS = [
    *_fault("agent's browser killed", "in the queue again after 30 + 60 s", browser_killed, "90 ± 2 s", *SITES),
    *_fault("agent's lid closed for 2 minutes", "in the queue again; theirs when it wakes", lid_closed, "", "sqlite"),
    *_fault("agent's page asleep for 3 minutes, no timer runs", "the lease holds", hidden, "", "sqlite"),
    *_fault("agent's network half-open", "noticed by both sides, every line once", half_open, "< 35 s", "cluster"),
    *_fault("contact's phone asleep for 2 minutes", LATER, phone_asleep, "", "sqlite"),
    *_fault("contact gone for 4 minutes, then for good", GONE, gone, "", "sqlite"),
]
