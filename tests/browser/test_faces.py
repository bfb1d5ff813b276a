"""Every state of every page, in every size and scheme: nothing serious for axe, nothing scrolls sideways.

One walk through all states, on SQLite; at each stop the page takes on each look (`looks.py`). With PARLEY_SHOTS all of
them are taken and kept as pictures, else those that differ most.
"""

from functools import partial

import pytest
from playwright.sync_api import expect

from tests.servers import PASSWORD

from . import on_sqlite
from .looks import BRIEF, PHONE, WIDE, walk

pytestmark = [on_sqlite, pytest.mark.timeout(900)]  # each face in each look
MISSED = """
from django.db import transaction
from agents.actions import people
from agents.models import Agent, ChannelStatus, Reason
ana = Agent.objects.filter(user__username="ana")
reason = Reason.of_system(Reason.NOT_RESPONDING)
ChannelStatus.objects.filter(agent__in=ana).update(status="not_ready", reason=reason)
ana.update(missed=2)
with transaction.atomic():
    people.tell(ana)
"""
CLOSED = """
from routing.models import OpeningHours, Queue
Queue.objects.update(opening_hours=OpeningHours.objects.create(name="Never"))
"""
SOON = """
from routing.models import OverflowStep
OverflowStep.objects.filter(action="message").update(after={})
"""


@pytest.fixture
def faces(shot):
    """faces(page, "words"): the page in each look."""
    return partial(walk, shot)


def test_doors_and_failures(context, watch, faces, site):
    watch.expect("status of 40")
    page = context().new_page()
    watch.page(page, "somebody")
    page.goto("/login/")
    faces(page, "log in")
    page.get_by_label("User name").fill("ana")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    faces(page, "log in refused")
    page.context.clear_cookies()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="This page was too old")).to_be_visible()
    faces(page, "too old")
    page.goto("/nothing/")
    faces(page, "404")
    page.goto("/chat/nothing/")
    faces(page, "contact 404", PHONE)
    page.goto("/demo/")
    faces(page, "guide")
    page.goto("/api/docs/")
    faces(page, "api")


def test_without_scripts(context, watch, shot):
    page = context(java_script_enabled=False).new_page()
    page.goto("/chat/website/")
    expect(page.locator("noscript > p")).to_be_visible()
    shot(page, "contact without scripts")


def test_the_workspace(context, contact, desk, watch, faces, wire, site):
    line = wire()
    watch.expect("WebSocket", "ERR_", "Failed to load")
    ana, bo = desk("ana", **line.options), desk("bo")
    faces(ana.page, "not ready")
    ana.status.click()
    faces(ana.page, "status menu")
    ana.page.keyboard.press("Escape")
    ana.ready()
    faces(ana.page, "ready")
    kim = contact().start("Kim Lee", topic="Billing")
    kim.says("I was charged twice, and the router keeps rebooting since Monday.")
    ana.rings()
    faces(ana.page, "preview")
    ana.accept()
    ana.says("Hello Kim, let me look: https://example.com/invoices/17")
    kim.says("Thank you!")
    ana.says_to_agents("Looks like a double booking.")
    faces(ana.page, "chat")
    bo.ready()
    ana.find("Bo Lind")
    faces(ana.page, "communicator")
    ana.page.keyboard.press("Escape")
    ana.conference("bo", note="please have a look at the router")
    bo.rings("Conference request")
    faces(bo.page, "conference request")
    faces(ana.page, "invited")
    bo.accept("Conference request")
    faces(bo.page, "conference")
    expect(ana.party("Bo")).to_contain_text("connected")
    ana.page.keyboard.press("Tab")
    ana.party("Bo").get_by_role("button").click()
    faces(ana.page, "party menu", {"1280": WIDE["1280"], "forced": WIDE["forced"]})
    ana.page.keyboard.press("Escape")
    for tab in ("Notes", "Why"):
        bo.page.get_by_role("tab", name=tab).click()
        faces(bo.page, tab, {"1280": WIDE["1280"], "1280 dark": WIDE["1280 dark"]})
    expect(bo.page.get_by_role("tabpanel", name="Why")).to_contain_text("Ana longest idle")
    bo.page.get_by_role("tab", name="Case").click()
    ana.end("Leave, Bo takes over")
    expect(ana.ended()).to_be_visible()
    faces(ana.page, "ended")
    bo.end("End chat with Kim Lee")
    expect(bo.ended()).to_be_visible()
    faces(bo.page, "outcome missing")
    line.cut()
    expect(ana.page.get_by_role("status").filter(has_text="Reconnecting.")).to_be_visible(timeout=40_000)
    faces(ana.page, "reconnecting")


def test_sheets_bars_and_refusals(contact, desk, watch, faces, site):
    watch.expect("status of 40")
    ana, bo = desk("ana").ready(), desk("bo")
    page, keys = ana.page, ana.page.keyboard
    for key, words in {"Control+,": "settings", "Control+/": "keys"}.items():
        keys.press(key)
        expect(page.get_by_role("dialog")).to_be_visible()
        faces(page, words, BRIEF)
        keys.press("Escape")
    contact().start(topic="Network")
    ana.accept()
    faces(page, "tree of dispositions")
    ana.field.fill("A line that is too long. " * 200)
    faces(page, "too long", BRIEF)
    ana.field.fill("Half a line")
    page.get_by_role("button", name="Emoji").click()
    faces(page, "emoji", {"1280": WIDE["1280"]})  # another size closes it
    keys.press("Escape")
    ana.choose_status("Log Off")
    faces(page, "log off refused")
    page.get_by_role("button", name="Log off after my last chat").click()
    expect(page.get_by_role("button", name="Stay")).to_be_visible()
    faces(page, "leaving", BRIEF)
    page.get_by_role("button", name="Stay").click()
    ana.is_set_to("Ready")
    ana.find("Bo Lind")
    expect(page.get_by_text("Bo is Not Ready.").filter(visible=True).first).to_be_visible()
    faces(page, "cannot be invited", BRIEF)
    keys.press("Escape")
    keys.press("Escape")
    bo.ready()
    ana.conference("bo")
    ana.end("End chat with Kim Lee")
    expect(page.get_by_role("alertdialog", name="End")).to_be_visible()
    faces(page, "end refused")
    page.get_by_role("button", name="Stay").click()
    bo.reject("Conference request")
    expect(ana.party("Bo")).to_have_count(0)
    keys.press("F2")
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    faces(page, "locked")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("alert").filter(has_text="That is not your password.")).to_be_visible()
    faces(page, "locked refused", BRIEF)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    ana.end("End chat with Kim Lee")
    expect(ana.ended()).to_be_visible()
    faces(page, "ended with a draft", BRIEF)
    site.run(
        "from interactions.models import Segment; Segment.objects.update(slot_until=Segment.objects.get().left_at)"
    )
    expect(ana.items.get_by_role("heading", name="Unclosed")).to_be_visible()
    site.run(MISSED)
    expect(page.get_by_role("alert").filter(has_text="You missed 2 invitations")).to_be_visible(timeout=30_000)
    faces(page, "missed and unclosed")


def test_the_contacts_doors(contact, desk, watch, faces, site):
    watch.expect("status of 409")
    desk("ana")
    site.run(SOON.format(0))
    kim = contact().start()
    kim.sees("You can leave a message instead")
    faces(kim.page, "a message is offered", PHONE)
    site.run(SOON.format(180))
    kim.leave()
    faces(kim.page, "left", PHONE)
    site.run(CLOSED)
    lou = contact("lou")
    lou.sees("We are closed now.")
    faces(lou.page, "closed", PHONE)
    lou.page.get_by_label("Your name").fill("Lou Park")
    lou.page.get_by_label("A message for us").fill("Please call me back")
    lou.page.get_by_role("button", name="Leave a message").click()
    lou.sees("We have your message.")
    faces(lou.page, "message left", PHONE)


def test_the_contacts_page(contact, desk, watch, faces, wire, site):
    watch.expect("WebSocket", "ERR_", "Failed to load")
    line = wire()
    kim = contact(**line.options)
    faces(kim.page, "nobody here", PHONE)
    ana = desk("ana").ready()
    kim.open()
    faces(kim.page, "form", PHONE)
    kim.page.get_by_role("button", name="Start chat").click()
    faces(kim.page, "form refused", PHONE)
    kim.page.get_by_label("Your name").fill("Kim Lee")
    kim.page.get_by_role("button", name="Start chat").click()
    expect(kim.field).to_be_visible()
    faces(kim.page, "waiting", PHONE)
    ana.accept()
    ana.says("Hello Kim, look at https://example.com/invoices/17 please.")
    kim.says("I was charged twice, and the router keeps rebooting since Monday.")
    kim.reads("Hello Kim", "charged twice")
    faces(kim.page, "chat", PHONE)
    kim.page.get_by_role("button", name="Leave", exact=True).click()
    faces(kim.page, "leaving", PHONE)
    kim.page.get_by_role("button", name="Stay").click()
    line.cut()
    expect(kim.page.get_by_text("Reconnecting.").first).to_be_visible(timeout=40_000)
    faces(kim.page, "reconnecting", PHONE)
    line.mend()
    ana.end("End chat with Kim Lee")
    expect(kim.page.get_by_role("button", name="Start a new chat")).to_be_visible(timeout=40_000)
    faces(kim.page, "ended", PHONE)
