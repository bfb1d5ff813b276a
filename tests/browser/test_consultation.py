"""A consultation beside the chat: asked, declined, written both ways, ended; the contact learns nothing of it."""

import re

from playwright.sync_api import expect

from tests.support import CANARY

from . import on_sqlite
from .looks import walk

LISTEN = """() => {
    window.said = [];
    const hear = (all) => all.forEach(({addedNodes}) => addedNodes.forEach((one) => window.said.push(one.textContent)));
    new MutationObserver(hear).observe(document.querySelector("#news"), {childList: true});
}"""


def listen(agent) -> None:
    agent.page.evaluate(LISTEN)


def said(agent, words: str) -> None:
    """For ears, once; they are said before they are drawn."""
    assert agent.page.evaluate("window.said").count(words) == 1


def test_a_consultation_beside_the_chat(served, shot, watch):
    ana, bo, kim = served()
    ana.find("Bo Lind", "Start Consultation", "Start Chat Consultation")
    shot(ana.page, "Team Communicator for a consultation")
    ana.page.keyboard.press("Escape")
    ana.consult("bo", note=f"Overdue, {CANARY}")
    shot(ana.page, "Bo is asked")
    bo.rings("Consultation request from Ana", "Kim Lee", "by chat", f"Overdue, {CANARY}")
    shot(bo.page, "Consultation request at Bo")
    bo.advises("Ana")
    expect(ana.consultation("Bo")).to_be_visible()

    bo.reads("My router keeps rebooting.")
    kim.says("Since yesterday.")
    bo.reads("Since yesterday.")
    expect(bo.field).to_have_count(0)
    expect(bo.main.get_by_text("only who asked you reads what you write")).to_be_visible()
    consult = bo.toolbar.get_by_role("button", name="Start Consultation")
    expect(consult).to_have_attribute("aria-disabled", "true")

    listen(bo)
    ana.page.get_by_role("textbox", name="Message to Bo").press_sequentially("Is it")
    expect(bo.consultation("Ana").get_by_text("typing")).to_be_visible()
    ana.says_beside("Bo", f"Is it the line? {CANARY}")
    bo.reads_beside("Ana", f"Is it the line? {CANARY}")
    said(bo, f"Ana, consultation: Is it the line? {CANARY}")
    bo.says_beside("Ana", f"The supply, {CANARY}")
    ana.reads_beside("Bo", f"The supply, {CANARY}")
    expect(bo.consultation("Ana").get_by_role("note", name=re.compile("^Seen by Ana"))).to_be_visible()
    expect(ana.party("Bo")).to_contain_text("consulted by you")
    for agent in (ana, bo):
        walk(shot, agent.page, f"a consultation at {agent.name}")

    ana.says("I have asked, it is the power supply.")
    kim.reads("I have asked, it is the power supply.")
    bo.toolbar.get_by_role("button", name="End consultation").click()
    expect(ana.consultation("Bo")).to_contain_text("Ended")
    expect(ana.consultation("Bo")).to_contain_text("Bo ended the consultation")
    expect(bo.ended()).to_contain_text("Ana has the chat")
    said(bo, "Consultation with Ana has ended.")
    shot(ana.page, "ended at Ana")
    shot(bo.page, "ended at Bo")
    bo.mark_done()
    bo.idle()
    bo.is_set_to("Ready")
    expect(kim.page.get_by_text(re.compile(r"\bBo\b"))).to_have_count(0)
    assert CANARY not in watch.received("contact")


def test_a_conference_from_an_active_consultation(served, shot, watch):
    ana, bo, kim = served()
    ana.consult("bo")
    bo.advises("Ana")
    bo.says_beside("Ana", f"I would rather join, {CANARY}")
    ana.reads_beside("Bo", f"I would rather join, {CANARY}")

    ana.toolbar.get_by_role("button", name="Instant Conference").click()
    expect(ana.page.get_by_role("radio", name="Consulting")).to_be_checked()
    expect(ana.page.get_by_role("option")).to_have_count(1)
    expect(ana.page.get_by_role("option", name=re.compile("Bo Lind"))).to_contain_text("consulting with you")
    shot(ana.page, "Team Communicator on the active consultations")
    ana.page.keyboard.press("Control+k")
    expect(ana.page.get_by_role("radio", name="All", exact=True)).to_be_checked()
    ana.page.get_by_role("radio", name="Consulting").check(force=True)
    expect(ana.page.get_by_role("option")).to_have_count(1)
    ana.page.get_by_role("combobox", name="Team Communicator").press("Enter")
    expect(ana.page.get_by_role("menuitem", name="Instant Chat Conference")).to_be_focused()
    ana.page.keyboard.press("Enter")

    bo.rings("Conference request from Ana", "out of your consultation")
    shot(bo.page, "the consultant is asked into the chat")
    bo.reject("Conference request from Ana")
    expect(ana.transcript.get_by_text("Bo rejected the conference invitation")).to_be_visible()
    expect(ana.page.get_by_role("textbox", name="Message to Bo")).to_be_visible()

    ana.consultation("Bo").get_by_role("button", name="Instant Chat Conference with Bo").click()
    bo.accept("Conference request from Ana")
    expect(ana.consultation("Bo")).to_contain_text("Bo joined the chat")
    expect(bo.consultation("Ana")).to_contain_text("Ended")
    kim.sees("Connected with Ana and Bo")
    bo.says("Bo here.")
    kim.reads("Bo here.")
    for agent in (ana, bo):
        shot(agent.page, f"conference from the consultation at {agent.name}")
    assert CANARY not in watch.received("contact")


@on_sqlite
def test_declined_cancelled_and_ended_by_who_asked(served, shot):
    ana, bo, _ = served()
    ana.consult("bo")
    bo.reject("Consultation request from Ana")
    expect(ana.transcript.get_by_text("Bo rejected the consultation request")).to_be_visible()
    expect(ana.party("Bo")).to_have_count(0)

    ana.consult("bo")
    bo.rings("Consultation request from Ana")
    ana.parties.get_by_role("button", name="Cancel the consultation request to Bo").click()
    bo.silent()

    ana.consult("bo")
    bo.advises("Ana")
    field = ana.page.get_by_role("textbox", name="Message to Bo")
    field.fill("half a tho")
    ana.page.reload()
    expect(field).to_have_value("half a tho")
    ana.consultation("Bo").get_by_role("button", name="End consultation with Bo").click()
    expect(ana.consultation("Bo").get_by_text("Not sent, in the consultation:")).to_be_visible()
    expect(bo.ended()).to_be_visible()
    ana.consultation("Bo").get_by_role("button", name="Put away the consultation with Bo").click()
    expect(ana.consultation("Bo")).to_have_count(0)
    ana.parties.get_by_role("button", name="Consultation with Bo, ended").click()
    expect(ana.consultation("Bo")).to_be_visible()


@on_sqlite
def test_an_unread_line_of_a_consultation_flashes_the_chat(served, contact):
    ana, bo, _ = served()
    ana.consult("bo")
    bo.advises("Ana")
    contact("second").start("Lou Park", topic="Billing").says("Hello?")
    ana.accept()
    expect(ana.heading).to_contain_text("Lou Park")
    listen(ana)
    bo.says_beside("Ana", "It is the supply.")
    expect(ana.chat()).to_contain_text("Bo: It is the supply.")
    said(ana, "Kim Lee, new line in a consultation")
    ana.chat().click()
    ana.reads_beside("Bo", "It is the supply.")
    expect(ana.chat()).not_to_contain_text("Bo: It is the supply.")


@on_sqlite
def test_several_consultations_by_keys(served, desk, shot):
    ana, bo, _ = served()
    cy = desk("cy").ready()
    for one, key in ((bo, "Control+u"), (cy, "Control+u")):
        ana.field.press(key)
        ana.page.keyboard.press("Control+k")
        field = ana.page.get_by_role("combobox", name="Team Communicator")
        expect(field).to_be_focused()
        field.fill(one.name)
        expect(ana.page.get_by_role("option", name=re.compile(one.name))).to_have_attribute("aria-selected", "true")
        field.press("Enter")
        expect(ana.page.get_by_role("menuitem", name="Start Chat Consultation")).to_be_focused()
        ana.page.keyboard.press("Enter")
        one.advises("Ana")
        expect(ana.consultation(one.name.split()[0])).to_be_visible()
    tabs = ana.page.get_by_role("tablist", name="Consultations")
    expect(tabs.get_by_role("tab")).to_have_count(2)
    bo.says_beside("Ana", "Me too.")
    expect(tabs.get_by_role("tab", name=re.compile("Bo"))).to_contain_text("1")
    shot(ana.page, "two consultations")
    tabs.get_by_role("tab", name=re.compile("Bo")).click()
    ana.reads_beside("Bo", "Me too.")
    ana.field.press("Control+b")
    expect(ana.page.get_by_role("textbox", name="Message to Bo")).to_be_focused()
    ana.page.keyboard.press("Control+b")
    expect(ana.field).to_be_focused()


@on_sqlite
def test_who_is_consulted_by_instant_message_does_not_read_the_chat(served, shot):
    ana, bo, kim = served()
    ana.find("Bo Lind", "Start Consultation", "Start Instant Message Consultation").click()
    bo.rings("Consultation request from Ana", "by instant message")
    bo.advises("Ana")
    ana.says_beside("Bo", "Which router is it?")
    bo.reads_beside("Ana", "Which router is it?")
    expect(bo.main.get_by_text("You are consulted by instant message")).to_be_visible()
    expect(bo.transcript.get_by_role("listitem")).to_have_count(0)
    kim.says("Are you there?")
    ana.reads("Are you there?")
    expect(bo.transcript.get_by_role("listitem")).to_have_count(0)
    shot(bo.page, "consulted by instant message")
