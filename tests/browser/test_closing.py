"""How parts and chats end, and what is refused in words."""

import pytest
from playwright.sync_api import expect

from . import on_sqlite


@pytest.fixture
def conference(contact, desk):
    """Kim with Ana, who owns the chat, and Bo."""
    ana, bo = desk("ana").ready(), desk("bo")
    kim = contact().start()
    ana.accept()
    bo.ready()
    ana.conference("bo")
    bo.accept("Conference request")
    ana.offers("Leave, Bo takes over")
    return kim, ana, bo


def test_end_is_refused_in_words_when_the_other_agent_left_meanwhile(conference, watch, shot):
    kim, ana, bo = conference
    watch.expect("status of 409")
    held = []
    ana.page.route("**/end", lambda route: held.append(route))
    ana.end("Leave, Bo takes over")
    while not held:
        ana.page.wait_for_timeout(20)
    bo.end("Leave, Ana stays")
    expect(bo.ended()).to_contain_text("Ana has the chat")
    held[0].continue_()
    ana.page.unroute("**/end")

    dialog = ana.page.get_by_role("alertdialog", name="End")
    expect(dialog).to_contain_text("You are the last: End would close the chat for Kim Lee.")
    expect(dialog.get_by_role("button", name="Stay")).to_be_focused()
    shot(ana.page, "End refused")
    dialog.get_by_role("button", name="Stay").click()
    expect(dialog).to_have_count(0)
    ana.says("Still here.")
    kim.reads("Still here.")
    ana.end("End chat with Kim Lee")
    kim.sees("This chat has ended.")


def test_ends_at_the_same_instant_close_nothing(conference, watch):
    kim, ana, bo = conference
    watch.expect("status of 409")
    held = []
    for one in (ana, bo):
        one.page.route("**/end", lambda route: held.append(route))
    ana.end("Leave, Bo takes over")
    bo.end("Leave, Ana stays")
    while len(held) < 2:
        ana.page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    while not (ana.ended().is_visible() or bo.ended().is_visible()):
        ana.page.wait_for_timeout(20)
    left, stayed = (ana, bo) if ana.ended().is_visible() else (bo, ana)
    expect(left.ended()).to_be_visible()
    expect(stayed.page.get_by_role("alertdialog", name="End")).to_contain_text("You are the last")
    stayed.page.get_by_role("button", name="Stay").click()
    stayed.says("I am still here.")
    kim.reads("I am still here.")


@on_sqlite
def test_end_with_an_open_invitation_asks_first(contact, desk, watch):
    watch.expect("status of 409")
    ana, bo = desk("ana").ready(), desk("bo")
    kim = contact().start()
    ana.accept()
    bo.ready()
    ana.conference("bo")
    bo.rings("Conference request")
    ana.end("End chat with Kim Lee")
    dialog = ana.page.get_by_role("alertdialog", name="End")
    expect(dialog).to_contain_text("An invitation is still open.")
    dialog.get_by_role("button", name="End: Cancel it, end chat with Kim Lee").click()
    kim.sees("This chat has ended.")
    bo.silent()
    bo.is_set_to("Ready")


@on_sqlite
def test_log_off_is_refused_while_a_chat_is_open(contact, desk, watch):
    watch.expect("status of 409")
    ana = desk("ana").ready()
    contact().start()
    ana.accept()
    ana.log_off()
    refusal = ana.page.get_by_role("alert").filter(has=ana.page.get_by_role("button", name="Close"))
    expect(refusal).to_contain_text("Kim Lee")
    expect(refusal).to_be_visible()
    refusal.get_by_role("button", name="Close").click()
    ana.is_set_to("Ready")
    ana.end("End chat with Kim Lee")
    ana.choose_outcome("Resolved")
    ana.mark_done()
    ana.idle()
    ana.log_off()
    expect(ana.page.get_by_role("button", name="Log in")).to_be_visible()


def test_the_contact_leaves_a_conference(conference):
    kim, ana, bo = conference
    kim.leave()
    kim.sees("You have left the chat.")
    for agent in (ana, bo):
        expect(agent.ended()).to_contain_text("The chat is over.")
    expect(ana.done_button).to_have_attribute("aria-disabled", "true")
    bo.mark_done()
    bo.idle()
    ana.choose_outcome("Resolved")
    ana.mark_done()
    ana.idle()


def test_delete_from_conference(conference):
    kim, ana, bo = conference
    chip = ana.party("Kim Lee").get_by_role("button")
    chip.click()
    verb = ana.page.get_by_role("menuitem", name="Delete From Conference")
    expect(verb).to_have_attribute("aria-disabled", "true")
    expect(verb).to_have_accessible_description("A contact is dismissed by End only.")
    ana.page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    ana.party("Bo").get_by_role("button").click()
    ana.page.get_by_role("menuitem", name="Delete From Conference").click()
    expect(bo.ended()).to_contain_text("Ana has the chat")
    expect(bo.transcript.get_by_text("Ana removed Bo from the conference")).to_be_visible()
    expect(kim.line("Bo has left")).to_have_count(1)
    expect(kim.line("removed")).to_have_count(0)
    bo.mark_done()
    bo.idle()
    ana.offers("End chat with Kim Lee")


@on_sqlite
def test_refused_and_cancelled_invitations_are_told(contact, desk):
    ana, bo = desk("ana").ready(), desk("bo")
    kim = contact().start()
    ana.accept()
    action = ana.find("Bo Lind")
    expect(action).to_have_attribute("aria-disabled", "true")
    expect(action).to_have_accessible_description("Bo is Not Ready.")
    ana.page.keyboard.press("Escape")
    bo.ready()
    ana.conference("bo")
    bo.reject("Conference request")
    expect(ana.transcript.get_by_text("Bo rejected the conference invitation")).to_be_visible()
    expect(ana.party("Bo")).to_have_count(0)
    ana.conference("bo")
    bo.rings("Conference request")
    ana.page.get_by_role("button", name="Cancel the invitation to Bo").click()
    bo.silent()
    expect(ana.party("Bo")).to_have_count(0)
    ana.offers("End chat with Kim Lee")
    kim.sees("Connected with Ana")
    expect(kim.log.get_by_role("listitem").filter(has_text="Bo")).to_have_count(0)


def test_the_other_agents_end_ends_only_their_part(conference):
    kim, ana, bo = conference
    bo.end("Leave, Ana stays")
    expect(bo.ended()).to_contain_text("Ana has the chat")
    ana.offers("End chat with Kim Lee")
    ana.says("It is only me now.")
    kim.reads("It is only me now.")
    expect(bo.transcript.get_by_text("It is only me now.")).to_have_count(0)


@on_sqlite
def test_after_the_end_the_contact_starts_anew(contact, desk):
    ana = desk("ana").ready()
    kim = contact().start()
    ana.accept()
    ana.end("End chat with Kim Lee")
    kim.sees("This chat has ended.")
    kim.page.get_by_role("button", name="Start a new chat").click()
    expect(kim.page.get_by_label("Your name")).to_have_value("Kim Lee")
    kim.start("Kim Lee")
    ana.rings("Chat request", "Kim Lee")
