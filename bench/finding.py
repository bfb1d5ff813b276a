"""How long the Team Communicator takes: from a key to the hits on the screen, on 2,000 agents.

    python -m bench.finding [sqlite] [cluster]

Real servers as bin/start runs them, and Chromium. 2,000 agents, 50 queues, 100 groups, 100 skills; questions are typed
key by key with a chat in hand, grouped and not. Exit code 1 when the median of a key is over its goal.
"""

import statistics
import sys

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.pages import Contact, Desk

from .latency import NAMES, SITES

GOAL, PAUSE, ROUNDS = 100, 160, 5
QUESTIONS = ("ana ruiz", "net", "müller", "team 04", "fibre skill", "jo 1", "zzz")
STOPWATCH = """() => {
    window.painted = [];
    let since = null;
    addEventListener("input", (event) => (since = event.timeStamp), true);
    new MutationObserver(() => {
        const list = document.querySelector("#hits");
        if (since === null || !list || list.getAttribute("aria-busy") !== "false") return;
        const from = since;
        since = null;
        requestAnimationFrame(() => setTimeout(() => painted.push(performance.now() - from)));
    }).observe(document.querySelector(".communicator"), {subtree: true, childList: true, attributes: true});
}"""
ASKED = """() => performance.getEntriesByType("resource").filter((one) => one.name.includes("/targets?q="))
    .map((one) => one.responseEnd - one.startTime)"""
COUNT = """
from django.conf import settings
from django.db import connection, reset_queries
from agents.models import Agent
from core import clock
from interactions import directory
from interactions.models import Interaction
settings.DEBUG = True
reset_queries()
ana, chat = Agent.objects.get(user__username="ana"), Interaction.objects.get(state="active")
directory.search(ana, "", grouped=True, limit=8, interaction_id=chat.id, now=clock.now())
result = len(connection.queries)
settings.DEBUG = False
"""


def measure(url: str, browser) -> tuple[list[float], list[float]]:
    """Milliseconds: of each key to its hits painted, of each question over HTTP."""
    desk = Desk(browser.new_page(base_url=url, viewport={"width": 1280, "height": 720}), "ana").sign_in().ready()
    Contact(browser.new_page(base_url=url)).open().start("Kim Lee")
    desk.accept()
    desk.page.evaluate(STOPWATCH)
    for grouped in (True, False):
        desk.page.keyboard.press("Control+k")
        expect(desk.page.get_by_role("option").first).to_be_visible()
        desk.page.get_by_role("checkbox", name="Grouped").set_checked(grouped)
        for _ in range(ROUNDS):
            for question in QUESTIONS:
                _type(desk.page, question)
        desk.page.keyboard.press("Escape")
    return desk.page.evaluate("painted"), desk.page.evaluate(ASKED)


def _type(page: Page, question: str) -> None:
    """As a quick person types; then the field is emptied again."""
    field = page.get_by_role("combobox", name="Team Communicator")
    field.press_sequentially(question, delay=PAUSE)
    page.wait_for_timeout(PAUSE)
    field.fill("")
    page.wait_for_timeout(PAUSE)
    page.evaluate("performance.setResourceTimingBufferSize(5000)")


def report(site: str, what: str, samples: list[float]) -> float:
    """Print one row; gives the median."""
    middle = statistics.median(samples)
    late = statistics.quantiles(samples, n=20)[-1]
    print(f"{NAMES[site]:<38}{what:<26}{len(samples):>5}{middle:>9.1f} ms{late:>9.1f} ms{max(samples):>9.1f} ms")
    return middle


def main(*wanted: str) -> int:
    good = True
    print(f"{'Site':<38}{'What':<26}{'n':>5}{'median':>12}{'p95':>12}{'worst':>12}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for site in wanted or SITES:
            with SITES[site]() as parley:
                parley.run("from bench.crowd import fill; fill()")
                keys, asked = measure(parley.url, browser)
                good &= report(site, "key to hits painted", keys) < GOAL
                report(site, "question over HTTP", asked)
                print(f"{NAMES[site]:<38}queries of a question, all types: {parley.run(COUNT)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
