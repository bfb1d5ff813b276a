"""Case data that agents fill in, and two who do it at once."""

from playwright.sync_api import expect

from .test_access import check


def field(desk):
    return desk.page.get_by_role("tabpanel", name="Case").get_by_role("textbox", name="Order number")


def quarrel_about(desk, theirs):
    return desk.page.get_by_role("alert").filter(has_text=f"Meanwhile somebody wrote “{theirs}”.")


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
    with ana.page.expect_response("**/case"):  # Ana's is stored before Bo sends; the push comes when it likes
        field(ana).press("Enter")
    field(bo).press("Enter")
    quarrel = quarrel_about(bo, "A-17")
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
    with ana.page.expect_response("**/case"):
        field(ana).blur()
    expect(field(bo)).to_have_value("")
    field(bo).fill("D-4")
    ana.end("Leave, Bo takes over")
    expect(ana.ended()).to_be_visible()
    field(ana).fill("E-5")
    with ana.page.expect_response("**/case"):
        field(ana).press("Enter")
    bo.end("End chat with Kim Lee")
    bo.choose_outcome("Resolved")
    bo.page.get_by_role("tab", name="Notes").click()
    bo.mark_done()  # goes to where both values stand
    quarrel_about(bo, "E-5").get_by_role("button", name="Write “D-4”").click()
    bo.mark_done()
    bo.idle()
    expect(field(ana)).to_have_value("D-4")
