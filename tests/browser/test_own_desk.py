"""The agent's own desk: the lock over two tabs, one tab that rings, settings, keys, chats answered by themselves."""

import re

from playwright.sync_api import Page, expect

from tests.servers import PASSWORD

from . import on_sqlite
from .pages import Desk
from .test_access import check

EARS = """
window.tones = 0;
window.shown = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
window.Notification = class {
  static permission = "granted";
  constructor(title) { this.title = title; window.shown.push(this); }
  close() {}
};
"""
HIDE = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""

NOTE = """() => {
  window.seen = [];
  const look = () => window.seen.push(document.body.textContent);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""  # what stands there for two seconds only, a busy machine would miss


def comes(page: Page, expression: str, most=300) -> None:
    """The page may not evaluate strings by itself, so it is asked again and again."""
    for _ in range(most):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(expression)


def second_tab(ana: Desk, watch) -> Desk:
    page = ana.page.context.new_page()
    watch.page(page, "ana")
    page.goto("/")
    other = Desk(page, "ana")
    expect(other.status).to_be_visible()
    return other


def locked(page: Page):
    return page.get_by_role("heading", name="Locked")


def test_the_lock_holds_in_all_tabs_over_reload_and_gives_all_back(contact, desk, watch, shot):
    watch.expect("status of 403")
    ana = desk("ana").ready()
    kim = contact().start()
    kim.says("Where is my order canary-1?")
    ana.accept()
    ana.field.fill("Half a sentence")
    other = second_tab(ana, watch)
    ana.page.keyboard.press("F2")
    for page in (ana.page, other.page):
        expect(locked(page)).to_be_visible()
        expect(page).to_have_title("Locked, Parley")
    heard: list[str] = []
    other.page.on("websocket", lambda socket: socket.on("framereceived", lambda data: heard.append(str(data))))
    kim.says("Anybody there, canary-2?")
    kim.reads("Anybody there, canary-2?")
    other.page.reload()
    expect(locked(other.page)).to_be_visible()
    for page in (ana.page, other.page):
        assert "canary" not in page.content() and "Kim Lee" not in page.content()
    assert heard and not [frame for frame in heard if "canary" in frame or "Kim Lee" in frame]
    assert other.page.request.get("/api/v1/desk").status == 403
    expect(other.page.get_by_label("Password")).to_be_focused()
    shot(other.page, "locked")
    check(other.page)
    other.page.keyboard.type("a guess\n")
    expect(other.page.locator("#wrong")).to_have_text("That is not your password.")
    other.page.keyboard.type(f"{PASSWORD}\n")
    expect(ana.field).to_have_value("Half a sentence")
    expect(ana.transcript.get_by_text("Anybody there, canary-2?")).to_be_visible()
    expect(other.transcript.get_by_text("Anybody there, canary-2?")).to_be_visible()
    ana.is_set_to("Not Ready: Locked")
    expect(ana.page.get_by_text("Your workspace was locked")).to_be_visible()


@on_sqlite
def test_one_tab_rings_and_tells_and_the_other_when_that_is_closed(context, contact, watch):
    browser = context()
    browser.add_init_script(EARS)
    page = browser.new_page()
    watch.page(page, "ana")
    ana = Desk(page, "ana").sign_in().ready()
    other = second_tab(ana, watch)
    other.heading.click()
    contact().start("Kim Lee")
    ana.rings()
    other.rings()
    comes(other.page, "tones > 0")
    assert ana.page.evaluate("tones") == 0, "both tabs ring"
    assert ana.page.evaluate("shown.length") == other.page.evaluate("shown.length") == 0, "somebody looks"
    other.page.close()
    comes(ana.page, "tones > 0")
    ana.page.evaluate(HIDE, "hidden")
    comes(ana.page, "shown.length === 1")
    assert ana.page.evaluate("shown[0].title") == "Chat request: Kim Lee"
    ana.page.evaluate("shown[0].onclick()")
    expect(ana.preview()).to_be_focused()


def test_settings_stay_over_reload_and_reach_the_other_tab(desk, contact, watch, shot):
    ana = desk("ana").ready()
    other = second_tab(ana, watch)
    ana.page.keyboard.press("Control+,")
    sheet = ana.page.get_by_role("dialog", name="Settings")
    shot(ana.page, "settings")
    check(ana.page)
    slow = []
    ana.page.route("**/me/settings", lambda route: route.continue_() if slow else slow.append(route))
    sheet.get_by_role("radio", name=re.compile("^Ctrl Enter sends")).check()
    sheet.get_by_role("radio", name="Dark").check()
    expect(ana.page.locator("html")).to_have_attribute("data-theme", "dark")
    while not slow:
        ana.page.wait_for_timeout(20)
    slow[0].continue_()
    expect(other.page.locator("html")).to_have_attribute("data-theme", "dark")
    ana.page.reload()
    expect(ana.page.locator("html")).to_have_attribute("data-theme", "dark")
    contact().start()
    ana.accept()
    ana.field.press_sequentially("One\nTwo")
    expect(ana.field).to_have_value("One\nTwo")
    ana.page.keyboard.press("Control+Enter")
    expect(ana.field).to_have_value("")
    expect(ana.transcript.get_by_text("Two")).to_be_visible()


@on_sqlite
def test_all_keys_are_in_the_sheet_and_none_fires_while_somebody_writes(desk, contact, shot):
    ana = desk("ana").ready()
    contact().start()
    ana.accept()
    ana.field.click()
    ana.page.keyboard.type("Really?")
    expect(ana.field).to_have_value("Really?")
    ana.page.keyboard.press("Control+/")
    sheet = ana.page.get_by_role("dialog", name="All keys")
    expect(sheet.get_by_role("region", name="Everywhere")).to_contain_text("Lock now")
    shot(ana.page, "all keys")
    check(ana.page)
    ana.page.keyboard.press("F2")
    ana.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(ana.field).to_be_focused()
    ana.page.keyboard.press("Control+e")
    expect(ana.end_button).to_be_focused()
    ana.page.keyboard.press("Control+j")
    expect(ana.field).to_be_focused()
    ana.page.keyboard.press("F4")
    expect(ana.page.get_by_role("menuitemradio", name="All channels")).to_be_focused()


@on_sqlite
def test_a_chat_is_answered_by_itself_where_somebody_is(site, desk, contact):
    site.run("from agents.models import Site; Site.objects.update(auto_answer='preview', auto_answer_delay=2)")
    ana = desk("ana").ready()
    ana.page.evaluate(NOTE)
    contact().start()
    expect(ana.heading).to_contain_text("Kim Lee")
    comes(ana.page, "seen.some((text) => text.includes('Answered by itself: Kim Lee.'))")
    assert ana.page.evaluate("seen.some((text) => text.includes('Answers by itself in'))"), "nobody was told before"
    ana.silent()
