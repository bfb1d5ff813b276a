"""Every state of every page, in every size and scheme: nothing serious for axe, nothing scrolls sideways.

One walk through all states, on SQLite; at each stop the page takes on each look. With PARLEY_SHOTS all of them are
taken and kept as pictures, else those that differ most.
"""

import os

import pytest
from playwright.sync_api import Page, expect

from tests.servers import PASSWORD

from . import on_sqlite
from .test_access import check

pytestmark = on_sqlite
WIDE = {
    "1280": (1280, 720, {}),
    "1280 dark": (1280, 720, {"color_scheme": "dark"}),
    "1920": (1920, 1080, {}),
    "4k": (3840, 2160, {}),
    "zoom 200": (640, 360, {}),
    "phone": (390, 844, {"color_scheme": "dark"}),
    "forced": (1280, 720, {"forced_colors": "active"}),
    "still": (1280, 720, {"reduced_motion": "reduce"}),
}
PHONE = {
    "phone": (390, 844, {}),
    "phone dark": (390, 844, {"color_scheme": "dark"}),
    "small": (320, 568, {}),
    "1280": (1280, 720, {}),
    "1920 dark": (1920, 1080, {"color_scheme": "dark"}),
    "forced": (390, 844, {"forced_colors": "active"}),
}
FEW = ("1280", "1280 dark", "phone", "forced")
PLAIN = {"color_scheme": "light", "forced_colors": "none", "reduced_motion": "no-preference"}


@pytest.fixture
def faces(shot):
    """faces(page, "words"): the page in each look."""

    def look(page: Page, words: str, looks=WIDE) -> None:
        taken = {name: look for name, look in looks.items() if name in FEW or os.environ.get("PARLEY_SHOTS")}
        for name, (width, height, media) in taken.items():
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(**PLAIN | media)
            page.wait_for_timeout(50)
            shot(page, f"{words} {name}")
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{words} {name} is too wide"
            check(page)
        first = next(iter(looks.values()))
        page.set_viewport_size({"width": first[0], "height": first[1]})
        page.emulate_media(**PLAIN)

    return look


def test_doors_and_failures(context, watch, faces, site):
    watch.expect("status of 40")
    page = context().new_page()
    watch.page(page, "somebody")
    page.goto("/login/")
    faces(page, "log in")
    page.get_by_label("User name").fill("ana")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    faces(page, "log in refused")
    page.context.clear_cookies()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="This page was too old")).to_be_visible()
    faces(page, "too old")
    page.goto("/nothing/")
    faces(page, "404")
    page.goto("/chat/nothing/")
    faces(page, "contact 404", PHONE)
    page.goto("/demo/")
    faces(page, "guide")
    page.goto("/api/docs/")
    faces(page, "api")


def test_without_scripts(context, watch, shot):
    page = context(java_script_enabled=False).new_page()
    page.goto("/chat/website/")
    expect(page.locator("noscript > p")).to_be_visible()
    shot(page, "contact without scripts")


def test_the_workspace(context, contact, desk, watch, faces, wire, site):
    line = wire()
    watch.expect("WebSocket", "ERR_", "Failed to load")
    ana, bo = desk("ana", **line.options), desk("bo")
    faces(ana.page, "not ready")
    ana.status.click()
    faces(ana.page, "status menu")
    ana.page.keyboard.press("Escape")
    ana.ready()
    faces(ana.page, "ready")
    kim = contact().start("Kim Lee", topic="Billing")
    kim.says("I was charged twice, and the router keeps rebooting since Monday.")
    ana.rings()
    faces(ana.page, "preview")
    ana.accept()
    ana.says("Hello Kim, let me look: https://example.com/invoices/17")
    kim.says("Thank you!")
    ana.says_to_agents("Looks like a double booking.")
    faces(ana.page, "chat")
    bo.ready()
    ana.find("Bo Lind")
    faces(ana.page, "communicator")
    ana.page.keyboard.press("Escape")
    ana.conference("bo", note="please have a look at the router")
    bo.rings("Conference request")
    faces(bo.page, "conference request")
    faces(ana.page, "invited")
    bo.accept("Conference request")
    faces(bo.page, "conference")
    ana.page.keyboard.press("Tab")
    ana.party("Bo").get_by_role("button").click()
    faces(ana.page, "party menu", {"1280": WIDE["1280"], "forced": WIDE["forced"]})
    ana.page.keyboard.press("Escape")
    for tab in ("Notes", "Why"):
        bo.page.get_by_role("tab", name=tab).click()
        faces(bo.page, tab, {"1280": WIDE["1280"], "1280 dark": WIDE["1280 dark"]})
    expect(bo.page.get_by_role("tabpanel", name="Why")).to_contain_text("Ana longest idle")
    bo.page.get_by_role("tab", name="Case").click()
    ana.end("Leave, Bo takes over")
    expect(ana.ended()).to_be_visible()
    faces(ana.page, "ended")
    bo.end("End chat with Kim Lee")
    expect(bo.ended()).to_be_visible()
    faces(bo.page, "outcome missing")
    line.cut()
    expect(ana.page.get_by_role("status").filter(has_text="Reconnecting.")).to_be_visible(timeout=40_000)
    faces(ana.page, "reconnecting")


def test_the_contacts_page(contact, desk, watch, faces, wire, site):
    watch.expect("WebSocket", "ERR_", "Failed to load")
    line = wire()
    kim = contact(**line.options)
    faces(kim.page, "nobody here", PHONE)
    ana = desk("ana").ready()
    kim.open()
    faces(kim.page, "form", PHONE)
    kim.page.get_by_role("button", name="Start chat").click()
    faces(kim.page, "form refused", PHONE)
    kim.page.get_by_label("Your name").fill("Kim Lee")
    kim.page.get_by_role("button", name="Start chat").click()
    expect(kim.field).to_be_visible()
    faces(kim.page, "waiting", PHONE)
    ana.accept()
    ana.says("Hello Kim, look at https://example.com/invoices/17 please.")
    kim.says("I was charged twice, and the router keeps rebooting since Monday.")
    kim.reads("Hello Kim", "charged twice")
    faces(kim.page, "chat", PHONE)
    kim.page.get_by_role("button", name="Leave", exact=True).click()
    faces(kim.page, "leaving", PHONE)
    kim.page.get_by_role("button", name="Stay").click()
    line.cut()
    expect(kim.page.get_by_text("Reconnecting.").first).to_be_visible(timeout=40_000)
    faces(kim.page, "reconnecting", PHONE)
    line.mend()
    ana.end("End chat with Kim Lee")
    expect(kim.page.get_by_role("button", name="Start a new chat")).to_be_visible(timeout=40_000)
    faces(kim.page, "ended", PHONE)
