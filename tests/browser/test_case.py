"""Case data that agents fill in, and two who do it at once."""

from playwright.sync_api import expect

from .test_access import check


def field(desk):
    return desk.page.get_by_role("tabpanel", name="Case").get_by_role("textbox", name="Order number")


def test_two_agents_write_one_key(contact, desk, watch, shot):
    watch.expect("status of 409")
    ana, bo = desk("ana").ready(), desk("bo")
    contact().start(topic="Billing")
    ana.accept()
    bo.ready()
    ana.conference("bo")
    bo.accept("Conference request")
    field(bo).fill("B-1")
    field(ana).fill("A-17")
    field(ana).press("Enter")
    field(bo).press("Enter")
    quarrel = bo.page.get_by_role("alert").filter(has_text="Meanwhile somebody wrote “A-17”.")
    expect(quarrel).to_be_visible()
    check(bo.page)
    shot(bo.page, "two values")
    expect(field(bo)).to_have_value("B-1")
    quarrel.get_by_role("button", name="Write “B-1”").click()
    expect(quarrel).to_have_count(0)
    expect(field(ana)).to_have_value("B-1")
    field(ana).fill("C-3")
    field(ana).press("Escape")
    expect(field(ana)).to_have_value("B-1")
    field(ana).fill("")
    field(ana).blur()
    expect(field(bo)).to_have_value("")
    field(bo).fill("D-4")
    ana.end("Leave, Bo takes over")
    expect(ana.ended()).to_be_visible()
    bo.end("End chat with Kim Lee")
    bo.choose_outcome("Resolved")
    bo.mark_done()
    bo.idle()
    expect(field(ana)).to_have_value("D-4")
