"""New E-mail from the menu of a party."""

import re

import pytest
from playwright.sync_api import expect

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


def test_a_mail_that_cannot_be_sent_says_why_and_is_tried_again(talk, site):
    _, ana, _ = talk
    choose(ana, "Bo", "New E-mail")
    sheet(ana).get_by_label("Text", exact=True).fill("Hello")
    sheet(ana).get_by_role("button", name="Send e-mail").click()
    expect(mails(ana)).to_contain_text("sent")
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
