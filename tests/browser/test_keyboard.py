"""Ana without a mouse: ready, takes a chat, brings Bo in, leaves, marks it done."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.servers import PASSWORD

from . import on_sqlite
from .pages import Desk
from .test_access import check


def press_until(page: Page, key: str, goal: Locator, most: int = 40) -> None:
    """Press a key until the focus is there, or in it."""
    for _ in range(most):
        if goal.count() and goal.first.evaluate("(element) => element.contains(document.activeElement)"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not reach {goal}")


@on_sqlite
def test_a_whole_chat_by_keyboard_alone(context, contact, desk, watch):
    page = context().new_page()
    watch.page(page, "ana")
    ana, keys = Desk(page, "ana"), page.keyboard
    page.goto("/login/")
    expect(page.get_by_label("User name")).to_be_focused()
    keys.type("ana")
    keys.press("Tab")
    keys.type(f"{PASSWORD}\n")
    expect(ana.status).to_be_visible()

    press_until(page, "Tab", ana.status)
    keys.press("Enter")
    press_until(page, "ArrowDown", page.get_by_role("menuitem", name="Ready", exact=True))
    keys.press("Enter")
    ana.is_set_to("Ready")
    expect(ana.status).to_be_focused()

    bo = desk("bo").ready()
    bo.choose_status("Not Ready: Meeting")
    bo.is_set_to("Not Ready: Meeting")
    kim = contact().start(topic="Billing")
    ana.rings()
    expect(ana.status).to_be_focused()
    keys.press("F8")
    keys.press("Enter")
    expect(ana.field).to_be_focused()
    keys.type("Hello Kim.\n")
    kim.reads("Hello Kim.")
    keys.press("Control+.")
    keys.type("For agents only.\n")
    keys.press("Control+.")
    expect(ana.transcript.get_by_text("For agents only.")).to_be_visible()
    expect(kim.line("For agents only.")).to_have_count(0)

    bo.ready()
    keys.press("Control+k")
    keys.type("Bo")
    expect(page.get_by_role("option", name=re.compile("Bo Lind"))).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("option")).to_have_count(1)
    keys.press("Enter")
    expect(page.get_by_role("menuitem", name="Instant Chat Conference")).to_be_focused()
    keys.press("Enter")
    expect(ana.party("Bo")).to_contain_text("ringing")
    expect(ana.field).to_be_focused()
    bo.accept("Conference request")
    ana.offers("Leave, Bo takes over")

    conference = ana.toolbar.get_by_role("button", name="Instant Conference")
    press_until(page, "Shift+Tab", conference)
    press_until(page, "ArrowRight", ana.end_button)
    keys.press("Enter")
    expect(ana.ended()).to_be_visible()
    expect(page.locator("body")).not_to_be_focused()
    press_until(page, "Tab", page.get_by_role("radio", name="Resolved"))
    keys.press("Space")
    expect(page.get_by_role("radio", name="Resolved")).to_be_checked()
    press_until(page, "F6", ana.main)
    press_until(page, "Tab", ana.toolbar)
    press_until(page, "ArrowRight", ana.done_button)
    keys.press("Enter")
    ana.idle()
    expect(page.locator("body")).not_to_be_focused()
    bo.offers("End chat with Kim Lee")


@on_sqlite
def test_a_preview_never_takes_the_focus_and_esc_rejects(contact, desk):
    ana = desk("ana").ready()
    contact().start()
    ana.accept()
    ana.field.fill("Half a sen")
    contact("lou").start("Lou Park")
    ana.rings("Chat request", "Lou Park")
    expect(ana.field).to_be_focused()
    ana.page.keyboard.type("tence")
    ana.page.keyboard.press("F8")
    ana.page.keyboard.press("F8")
    expect(ana.field).to_be_focused()
    expect(ana.field).to_have_value("Half a sentence")
    ana.page.keyboard.press("F8")
    ana.page.keyboard.press("Escape")
    ana.silent()
    ana.page.keyboard.press("Alt+ArrowDown")
    expect(ana.heading).to_contain_text("Kim Lee")


@on_sqlite
def test_an_emoji_where_one_was_writing(contact, desk, shot):
    ana, kim = desk("ana").ready(), contact().start()
    ana.accept()
    page, keys = ana.page, ana.page.keyboard
    find = page.get_by_role("combobox", name="Find an emoji")
    expect(ana.field).to_be_focused()
    keys.type("Well done!")
    keys.press("ArrowLeft")
    keys.press("Control+;")
    expect(find).to_be_focused()
    check(page)
    shot(page, "emoji")
    keys.type("nothing so")
    expect(page.get_by_text("No emoji is called so.")).to_be_visible()
    keys.press("Enter")
    expect(find).to_be_focused()
    keys.press("Control+a")
    keys.type("hand")
    keys.press("ArrowRight")
    chosen = page.get_by_role("dialog", name="Emoji").get_by_role("option", selected=True)
    expect(chosen).to_have_accessible_name("folded hands thanks please")
    keys.press("Enter")
    expect(find).to_have_count(0)
    expect(ana.field).to_be_focused()
    expect(ana.field).to_have_value("Well done🙏!")
    keys.press("Enter")
    kim.reads("Well done🙏!")
    page.get_by_role("button", name="Emoji").click()
    keys.press("Escape")
    expect(find).to_have_count(0)
    expect(ana.field).to_be_focused()
    page.get_by_role("button", name="Emoji").click()
    page.get_by_role("option", name="coffee").click()
    expect(ana.field).to_have_value("☕")
    ana.heading.click()
    expect(ana.field).to_have_value("☕")
