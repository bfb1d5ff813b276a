"""The contact's other chats, in the window of the one that goes on."""

from playwright.sync_api import expect

from .test_access import check


def test_who_comes_again_brings_their_history(contact, desk, shot):
    ana = desk("ana").ready()
    kim = contact().start(topic="Billing")
    ana.accept()
    tabs, panel = ana.page.get_by_role("tablist", name="Chat details"), ana.page.get_by_role("tabpanel", name="Contact")
    tabs.get_by_role("tab", name="Contact").click()
    expect(panel).to_contain_text("this is the contact's first chat")
    kim.says("Charged twice")
    ana.reads("Charged twice")
    ana.says_to_agents("Looks like a double booking.")
    tabs.get_by_role("tab", name="Notes").click()
    ana.page.get_by_role("textbox", name="Note").fill("Pays by card")
    tabs.get_by_role("tab", name="Case").click()
    ana.end("End chat with Kim Lee")
    ana.choose_outcome("Refund")
    ana.mark_done()
    kim.page.get_by_role("button", name="Start a new chat").click()
    kim.start()
    ana.accept()
    tabs.get_by_role("tab", name="Contact").click()
    expect(panel.get_by_role("list")).to_contain_text("Ana Refund")
    expect(panel).to_contain_text("Pays by card")
    past = panel.get_by_role("button", name="Today")
    expect(past).to_have_attribute("aria-expanded", "false")
    past.press("Enter")
    transcript = panel.get_by_role("list", name="Transcript")
    expect(transcript).to_contain_text("Charged twice")
    expect(transcript).not_to_contain_text("double booking")
    check(ana.page)
    shot(ana.page, "history")
    past.press("Enter")
    expect(transcript).to_have_count(0)
