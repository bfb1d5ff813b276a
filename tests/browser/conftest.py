"""Each browser test runs on both kinds of site, from a clean morning, and fails on any complaint of a browser."""

import os
import re
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from . import PATIENCE, SITES
from .own import CHROMIUM, FLAGS, own_browser
from .pages import Contact, Desk
from .watch import Watch
from .wire import Wire

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session", params=SITES)
def running(request):
    """SQLite with one process, then PostgreSQL and Redis with two."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def site(running):
    """A clean morning; at the end no process may have logged an error."""
    running.run("reset()")
    before = len(running.said())
    yield running
    assert "Traceback" not in running.said()[before:], running.said()[before:]


@pytest.fixture
def watch(site):
    """What the browsers complain about and what they receive."""
    watch = Watch()
    yield watch
    assert watch.complaints() == []


@pytest.fixture
def context(chromium, site, watch, wire):
    """Browser contexts, one per person; closed at the end."""
    opened = []

    def make(**options):
        options = {"viewport": {"width": 1280, "height": 720}, "locale": "en-GB"} | options
        opened.append(chromium.new_context(base_url=site.url, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def wire():
    """wire(): a way to the server that can be cut; give its options to desk() or contact()."""
    made = []

    def make() -> Wire:
        made.append(Wire())
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def desk(context, watch):
    """desk("ana"): her workspace, signed in."""

    def open_desk(username: str, **options) -> Desk:
        page = context(**options).new_page()
        watch.page(page, username)
        return Desk(page, username).sign_in()

    return open_desk


@pytest.fixture
def own_desk(chromium, site):
    """own_desk("ana"): her workspace in a browser of her own, and that browser."""
    with ExitStack() as around:

        def open_desk(username: str):
            own = around.enter_context(own_browser(chromium.browser_type))
            return Desk(own.page(site.url), username).sign_in(), own

        yield open_desk


@pytest.fixture
def contact(context, watch):
    """contact(): the contact's page on a phone."""

    def open_page(who: str = "contact", **options) -> Contact:
        phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
        page = context(**phone | options).new_page()
        watch.page(page, who)
        return Contact(page).open()

    return open_page


@pytest.fixture
def served(desk, contact):
    """served(): Ana with Kim's chat, Bo Ready, and Kim."""

    def serve():
        ana, kim = desk("ana").ready(), contact().start(topic="Billing")
        kim.says("My router keeps rebooting.")
        ana.accept()
        return ana, desk("bo").ready(), kim

    return serve


@pytest.fixture
def shot(request, running):
    """shot(page, "words"): a numbered picture in PARLEY_SHOTS; where nobody asks for pictures, none is taken."""
    if not (asked := os.environ.get("PARLEY_SHOTS")):
        return lambda page, name: None
    folder = Path(asked) / re.sub(r"[^\w-]+", "-", request.node.name.removeprefix("test_")).strip("-")
    folder.mkdir(parents=True, exist_ok=True)
    taken = []

    def take(page, name: str) -> None:
        taken.append(name)
        page.screenshot(path=folder / f"{len(taken):02}-{name.replace(' ', '-')}.png")

    return take
