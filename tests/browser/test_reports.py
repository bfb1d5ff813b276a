"""A supervisor reads reports and the wallboard: from a figure to what happened in one chat, light and dark."""

import re

from playwright.sync_api import Page, expect

from . import on_sqlite
from .pages import all_read
from .test_access import check
from .test_connection import CUT

pytestmark = on_sqlite


def figure(page: Page, name: str):
    """The cell of a figure in the first line of the table."""
    heads = page.get_by_role("columnheader").all_inner_texts()
    row = page.get_by_role("row").nth(1)
    return row.locator("th, td").nth(next(n for n, head in enumerate(heads) if head.strip().startswith(name)))


def nothing_scrolls_sideways(page: Page) -> None:
    """Neither the page, at 1280, nor a table in it."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for region in page.get_by_role("region").all():
        assert region.evaluate("region => region.scrollWidth <= region.clientWidth")


def own_menu(page: Page, name: str):
    """An agent's own menu, opened."""
    page.get_by_role("button", name=name).click()
    menu = page.get_by_role("menu", name=name)
    expect(menu.get_by_role("menuitem", name="Lock now")).to_be_visible()
    return menu


def from_the_workspace(page: Page, watch) -> Page:
    """A supervisor's menu leads to the reports, in a tab of their own."""
    menu = own_menu(page, "Sue Park")
    expect(menu.get_by_role("menuitem", name="Wallboard")).to_be_visible()
    with page.context.expect_page() as opened:
        menu.get_by_role("menuitem", name="Reports").click()
    watch.page(opened.value, "sue")
    opened.value.wait_for_url("**/reports/queues/")
    return opened.value


def test_from_a_figure_to_what_happened(contact, desk, shot, watch):
    watch.expect("status of 400")
    ana = desk("ana").ready()
    kim = contact().start("Kim Lee", topic="Billing")
    ana.accept()
    kim.says("Where is my invoice?")
    ana.says("In the mail.")
    all_read(["Where is my invoice?", "In the mail."], ana, kim)
    ana.end("End chat with Kim Lee")
    expect(ana.ended()).to_be_visible()
    expect(own_menu(ana.page, "Ana Ruiz").get_by_role("menuitem", name=re.compile("Reports|Wallboard"))).to_have_count(
        0
    )
    sue = from_the_workspace(desk("sue", color_scheme="dark").page, watch)
    expect(sue.get_by_role("heading", name="Queues", level=1)).to_be_visible()
    expect(figure(sue, "Answered")).to_have_text("1")
    check(sue)
    shot(sue, "queues")
    sue.get_by_role("button", name="Service level: what it means").click()
    expect(sue.get_by_text("divided by all that were answered or abandoned")).to_be_visible()
    shot(sue, "definition")
    sue.keyboard.press("Escape")
    figure(sue, "Answered").get_by_role("link").click()
    expect(sue.get_by_role("heading", name="Queues: Answered")).to_be_visible()
    check(sue)
    shot(sue, "behind")
    sue.get_by_role("link", name="What happened").click()
    expect(sue.get_by_role("row", name="invitation.accepted")).to_contain_text("Ana Ruiz joined")
    check(sue)
    sue.get_by_role("link", name="Agents").click()
    expect(sue.get_by_role("row", name="Ana Ruiz").first).to_be_visible()
    nothing_scrolls_sideways(sue)
    sue.get_by_role("navigation", name="Tables").get_by_role("link", name="Answers and endings").click()
    expect(sue.get_by_role("heading", name="Answers and endings")).to_be_in_viewport()
    sue.get_by_label("Interval").select_option("All together")
    sue.get_by_role("button", name="Show").click()
    expect(sue.get_by_role("columnheader", name="Interval")).to_have_count(0)
    check(sue)
    shot(sue, "agents")
    sue.get_by_label("Time zone").fill("Mars/Olympus")
    sue.get_by_role("button", name="Show").click()
    expect(sue.get_by_role("alert")).to_contain_text("There is no such time zone")
    expect(sue.get_by_label("Time zone")).to_have_value("Mars/Olympus")


def test_the_wallboard_is_live(contact, desk, shot, wire, watch):
    """What changes shows without a question; a lost connection is said, and mended by itself."""
    watch.expect(*CUT)
    way, asked = wire(), []
    sue = desk("sue", viewport={"width": 1920, "height": 1080}, **way.options).page
    sue.on("request", lambda request: asked.append(request.url))
    sue.goto("/wallboard/")
    state = sue.get_by_role("status")
    expect(state).to_have_text("Live")
    billing = sue.get_by_role("listitem").filter(has=sue.get_by_role("heading", name="Billing"))
    expect(billing).to_contain_text("nobody waits")
    asked.clear()
    ana = desk("ana").ready()
    person = sue.get_by_role("listitem").filter(has_text="Ana Ruiz")
    expect(person).to_contain_text("Ready")
    expect(person).to_contain_text("0/3")
    contact().start("Kim Lee", topic="Billing")
    expect(billing).to_contain_text(re.compile(r"1\s*waiting"))
    expect(billing).to_contain_text(re.compile(r"longest 0:\d\d"))
    ana.rings()
    check(sue)
    shot(sue, "wallboard")
    assert asked == []
    way.cut()
    expect(state).to_have_text(re.compile(r"^The server cannot be reached.* Not up to date since \d\d:\d\d:\d\d"))
    check(sue)
    shot(sue, "wallboard lost")
    ana.accept()
    way.mend()
    expect(state).to_have_text("Live")
    expect(billing).to_contain_text("nobody waits")
    expect(person).to_contain_text("1/3")
    sue.emulate_media(color_scheme="dark")
    check(sue)
    shot(sue, "wallboard dark")
    for width, height in ((1280, 720), (3840, 2160)):
        sue.set_viewport_size({"width": width, "height": height})
        assert sue.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shot(sue, f"wallboard {width}")
