"""The party action menu: its four actions in their order, each with its reason, by keyboard alone."""

import re

from playwright.sync_api import expect

from . import on_sqlite

ACTIONS = ["Call", "Start Instant Message Consultation", "New E-mail", "Delete From Conference"]


@on_sqlite
def test_the_party_menu_by_keyboard(contact, desk, shot):
    ana, bo = desk("ana").ready(), desk("bo")
    contact().start(topic="Billing")
    ana.accept()
    bo.ready()
    ana.conference("bo")
    bo.accept("Conference request")
    expect(ana.party("Bo")).to_contain_text("connected")

    kim, chip = (ana.party(name).get_by_role("button") for name in ("Kim Lee", "Bo"))
    stops = ana.parties.locator("button[tabindex='0']")
    expect(stops).to_have_count(1)
    kim.focus()
    for _ in range(2):
        ana.page.keyboard.press("ArrowRight")
    expect(chip).to_be_focused()
    expect(stops).to_have_count(1)
    ana.page.keyboard.press("ArrowDown")
    items = ana.page.get_by_role("menu", name="Bo").get_by_role("menuitem")
    expect(items).to_have_text([re.compile(f"^{name}$") for name in ACTIONS])
    expect(items.first).to_be_focused()
    shot(ana.page, "the menu of a colleague")
    ana.page.keyboard.press("Escape")
    expect(items).to_have_count(0)
    expect(chip).to_be_focused()

    ana.page.keyboard.press("Home")
    expect(kim).to_be_focused()
    ana.page.keyboard.press("Enter")
    menu = ana.page.get_by_role("menu", name="Kim Lee")
    for name in ("Call", "Start Instant Message Consultation", "Delete From Conference"):
        item = menu.get_by_role("menuitem", name=name)
        expect(item).to_have_attribute("aria-disabled", "true")
        expect(item).to_have_accessible_description(re.compile(r"\w"))
    shot(ana.page, "the menu of the contact")
    ana.page.keyboard.press("Escape")

    chip.click()
    ana.page.get_by_role("menu", name="Bo").get_by_role("menuitem", name=ACTIONS[1]).click()
    field = ana.page.get_by_role("textbox", name="Message to Bo")
    expect(field).to_be_focused()
