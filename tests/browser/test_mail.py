"""New E-mail from the menu of a party."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import CANARY

from . import on_sqlite
from .pages import Desk


@pytest.fixture
def talk(contact, desk):
    """Ana and Bo with Kim, whose address is known."""
    ana, bo = desk("ana").ready(), desk("bo").ready()
    kim = contact()
    kim.page.get_by_label("E-mail").fill("kim@example.com")
    kim.start()
    ana.accept()
    ana.conference("bo")
    bo.accept("Conference request")
    expect(ana.party("Bo")).to_contain_text("connected")
    return kim, ana, bo


def choose(desk: Desk, party: str, item: str) -> None:
    desk.party(party).get_by_role("button").first.click()
    desk.page.get_by_role("menuitem", name=item).click()


def sheet(desk: Desk):
    return desk.page.get_by_role("dialog", name="New E-mail")


def mails(desk: Desk):
    return desk.page.get_by_role("region", name="E-mail")


def test_a_mail_to_a_colleague_is_sent_and_kept_with_the_chat(talk, shot):
    kim, ana, bo = talk
    choose(ana, "Bo", "New E-mail")
    expect(sheet(ana)).to_contain_text("Bo reads it, Kim Lee does not")
    expect(sheet(ana).get_by_label("Subject")).to_have_value("Chat with Kim Lee")
    send = sheet(ana).get_by_role("button", name="Send e-mail")
    expect(send).to_have_attribute("aria-disabled", "true")
    sheet(ana).get_by_label("Text", exact=True).fill("The router needs a new part.")
    shot(ana.page, "composer")
    send.click()
    expect(sheet(ana)).to_have_count(0)
    for one in (ana, bo):
        expect(mails(one)).to_contain_text("Chat with Kim Lee [#")
        expect(mails(one)).to_contain_text(re.compile(r"Ana to Bo, sent \d\d:\d\d"))
    mails(bo).get_by_text("Chat with Kim Lee [#").click()
    expect(mails(bo)).to_contain_text("The router needs a new part.")
    shot(bo.page, "kept")
    expect(kim.page.get_by_text("router")).to_have_count(0)


@on_sqlite
def test_a_draft_is_kept_and_thrown_away(talk):
    _, ana, _ = talk
    choose(ana, "Kim Lee", "New E-mail")
    expect(sheet(ana)).to_contain_text("nothing of the chat is added")
    sheet(ana).get_by_label("Text", exact=True).fill("Half a")
    ana.page.keyboard.press("Escape")
    expect(sheet(ana)).to_have_count(0)
    ana.page.reload()
    choose(ana, "Kim Lee", "New E-mail")
    expect(sheet(ana).get_by_label("Text", exact=True)).to_have_value("Half a")
    sheet(ana).get_by_role("button", name="Throw away").click()
    choose(ana, "Kim Lee", "New E-mail")
    expect(sheet(ana).get_by_label("Text", exact=True)).to_have_value("")


@on_sqlite
def test_a_mail_that_cannot_be_sent_says_why_and_is_tried_again(talk, site):
    _, ana, _ = talk
    choose(ana, "Bo", "New E-mail")
    sheet(ana).get_by_label("Text", exact=True).fill("Hello")
    sheet(ana).get_by_role("button", name="Send e-mail").click()
    expect(mails(ana)).to_contain_text(re.compile(r"sent \d\d:\d\d"))
    site.run(FAIL)
    expect(mails(ana)).to_contain_text("No such user", timeout=30_000)
    mails(ana).get_by_role("button", name="Try the mail to Bo again").click()
    expect(mails(ana)).to_contain_text(re.compile(r"sent \d\d:\d\d"))
    expect(mails(ana)).not_to_contain_text("No such user")


FAIL = """
from django.utils import timezone
from interactions.actions import mail
from interactions.models import OutgoingMail
row = OutgoingMail.objects.get()
OutgoingMail.objects.update(state="queued", next_at=None, sent_at=None)
mail.not_sent(row.pk, row.attempts, "550 No such user", for_good=True, now=timezone.now())
"""


OFF = """
from agents.models import Site
Site.objects.update(transcript_mail=False)
"""


def test_the_contact_has_the_chat_sent(talk, site, watch, shot):
    """By keyboard alone; another tab of theirs and the agents' windows show what became of it."""
    watch.expect("status of 409")
    kim, ana, _ = talk
    kim.says("I was charged twice")
    ana.reads("I was charged twice")
    ana.says_to_agents(f"Overdue {CANARY}")
    other = kim.page.context.new_page()
    watch.page(other, "contact")
    other.goto(kim.page.url)
    expect(other.get_by_text("I was charged twice")).to_be_visible()
    kim.leave()
    expect(other.get_by_role("button", name=OFFER)).to_be_visible()
    kim.page.get_by_role("button", name=OFFER).press("Enter")
    field = kim.page.get_by_role("textbox", name="Send it to")
    expect(field).to_be_focused()
    expect(field).to_have_value("kim@example.com")
    shot(kim.page, "the chat by e-mail")
    field.fill("kim")
    field.press("Enter")
    expect(field).to_have_accessible_description("Please write an address like name@example.com.")
    expect(field).to_be_focused()
    field.fill("kim@example.net")
    field.press("Enter")
    kim.sees(ASKED)
    expect(kim.page.get_by_role("button", name="Send it once more")).to_be_focused()
    for page in (kim.page, other):
        expect(page.get_by_text("It was sent to kim@example.net.")).to_be_visible(timeout=30_000)
    shot(kim.page, "it was sent")
    expect(mails(ana)).to_contain_text(re.compile(r"transcript for Kim Lee, who asked for it, sent \d\d:\d\d"))
    mails(ana).get_by_text("Your chat with").click()
    expect(mails(ana)).to_contain_text("Kim Lee: I was charged twice")
    expect(mails(ana).get_by_text(CANARY)).to_have_count(0)
    site.run(OFF)
    kim.page.get_by_role("button", name="Send it once more").press("Enter")
    field.press("Enter")
    expect(field).to_have_accessible_description("This chat cannot be sent by e-mail.")
    assert CANARY not in watch.received("contact")


OFFER, ASKED = "Send me this chat by e-mail", re.compile("(on its way|sent) to kim@example.net")


@on_sqlite
def test_the_menu_says_what_cannot_be_done(talk):
    _, ana, _ = talk
    ana.party("Kim Lee").get_by_role("button").first.click()
    item = ana.page.get_by_role("menuitem", name="Start Instant Message Consultation")
    expect(item).to_have_attribute("aria-disabled", "true")
    expect(item).to_have_accessible_description("Instant messages go to agents only.")
    ana.page.keyboard.press("Escape")
    choose(ana, "Bo", "Start Instant Message Consultation")
    panel = ana.page.get_by_role("region", name="Messages")
    expect(panel).to_contain_text("About Kim Lee")
    panel.get_by_role("textbox", name="Message to Bo").fill("Do you know him?")
    panel.get_by_role("textbox", name="Message to Bo").press("Enter")
    expect(panel.get_by_role("listitem")).to_contain_text(["about Kim Lee"])
