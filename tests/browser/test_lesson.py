"""The lesson that the product is built from, with three browsers at once: Kim, Ana and Bo."""

import re

from playwright.sync_api import expect

from tests.support import CANARY

from .pages import all_read

SAID = ["My router keeps rebooting.", "Hello Kim, let me look.", "Since yesterday.", "Bo knows routers."]


def test_conference_a_chat_interaction(contact, desk, shot, watch):
    ana, bo = desk("ana").ready(), desk("bo")
    kim = contact()
    shot(kim.page, "the pre-chat form")
    kim.start(topic="Billing")
    kim.says(SAID[0])

    preview = ana.rings("Chat request", "Kim Lee", "Billing")
    expect(preview.get_by_role("timer")).to_have_accessible_name(re.compile("left"))
    shot(ana.page, "Interaction Preview at Ana")
    ana.accept()
    ana.reads(SAID[0])
    ana.says(SAID[1])
    kim.reads(SAID[1])
    kim.sees("Connected with Ana")
    ana.page.get_by_role("textbox", name="Message", exact=True).press_sequentially("Ano")
    kim.sees("Ana is typing")
    ana.field.fill("")
    kim.types("Since yesterday")
    expect(ana.party("Kim Lee")).to_contain_text("typing")
    shot(ana.page, "Kim types")
    kim.says(SAID[2])
    all_read(SAID[:3], ana, kim)

    bo.ready()
    ana.says_to_agents(f"Overdue account {CANARY}")
    ana.find("Bo Lind")
    shot(ana.page, "Team Communicator")
    ana.page.keyboard.press("Escape")
    ana.conference("bo", note="needs a technician")
    expect(ana.party("Bo")).to_contain_text("ringing")
    shot(ana.page, "Bo is invited")
    bo.rings("Conference request", "Kim Lee", "Ana asks:", "needs a technician", SAID[2])
    shot(bo.page, "Conference request at Bo")
    kim.sees("Connected with Ana")
    bo.accept("Conference request")
    all_read(SAID[:3], bo)
    expect(bo.transcript.get_by_text(CANARY)).to_have_count(0)
    expect(ana.party("Bo")).to_contain_text("connected")
    kim.sees("Connected with Ana and Bo")
    shot(bo.page, "the whole transcript at Bo")

    ana.says(SAID[3])
    bo.says_to_agents(f"Line is bad, {CANARY}")
    expect(ana.transcript.get_by_text(f"Line is bad, {CANARY}")).to_be_visible()
    bo.says("Bo here: unplug it once.")
    kim.says("Done, it works!")
    all_read([*SAID, "Bo here: unplug it once.", "Done, it works!"], ana, bo, kim)
    for person, name in ((kim, "Kim"), (ana, "Ana"), (bo, "Bo")):
        shot(person.page, f"three in a conference {name}")

    ana.end("Leave, Bo takes over")
    expect(ana.ended()).to_contain_text("Bo has the chat")
    shot(ana.page, "Ana left")
    kim.sees("Connected with Bo")
    expect(kim.line("Ana has left")).to_have_count(1)
    kim.says("Thank you both.")
    bo.reads("Thank you both.")
    expect(ana.transcript.get_by_text("Thank you both.")).to_have_count(0)

    bo.end("End chat with Kim Lee")
    kim.sees("This chat has ended.")
    expect(bo.ended()).to_contain_text("The chat is over")
    expect(bo.done_button).to_have_attribute("aria-disabled", "true")
    bo.done_button.click(force=True)
    expect(bo.page.get_by_role("link", name=re.compile("isposition"))).to_be_visible()
    shot(bo.page, "Mark Done wants a disposition")
    bo.choose_outcome("Resolved")
    shot(bo.page, "Resolved")
    bo.mark_done()
    bo.idle()
    ana.mark_done()
    ana.idle()
    for agent in (ana, bo):
        agent.is_set_to("Ready")
        expect(agent.items.get_by_role("link")).to_have_count(0)
    shot(ana.page, "Ana is free again")
    shot(kim.page, "the chat has ended")
    assert CANARY not in watch.received("contact")
    assert "Thank you both." in watch.received("contact")
