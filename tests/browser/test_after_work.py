"""After the last chat, and after Mark Done."""

import re

import pytest
from playwright.sync_api import expect

from . import on_sqlite


@pytest.fixture
def tail(site):
    """Billing keeps the slot of a chat marked done for ninety seconds."""
    update = "from routing.models import Queue; Queue.objects.filter(name='Billing').update(after_call_tail={})"
    site.run(update.format(90))
    yield
    site.run(update.format(0))


def test_log_off_after_the_last_chat_or_stay(contact, desk, watch, shot):
    watch.expect("409")
    ana = desk("ana").ready()
    contact().start(topic="Billing")
    ana.accept()
    ana.choose_status("Log Off")
    shot(ana.page, "refused")
    ana.page.get_by_role("button", name="Log off after my last chat").click()
    ana.is_set_to("Logging off after your last chat")
    shot(ana.page, "leaving")
    ana.page.get_by_role("button", name="Stay").click()
    ana.is_set_to("Ready")
    ana.choose_status("Log Off")
    ana.page.get_by_role("button", name="Not Ready after my last chat").click()
    ana.is_set_to("Not Ready after your last chat")
    ana.end("End chat with Kim Lee")
    ana.is_set_to("Not Ready")
    expect(ana.page.get_by_role("button", name="Stay")).to_have_count(0)


LONG_AGO = """
from datetime import timedelta
from django.db.models import F
from interactions.models import Segment
Segment.objects.update(left_at=F("left_at") - timedelta(seconds=601))
"""


@on_sqlite
def test_a_chat_has_the_sites_title_and_closes_by_itself(contact, desk, site, shot):
    site.run("from agents.models import Site; Site.objects.update(owner_close=600, window_title='{topic}: {contact}')")
    ana = desk("ana").ready()
    contact().start(topic="Billing")
    ana.accept()
    expect(ana.heading).to_have_accessible_name(re.compile("^Billing: Kim Lee"))
    expect(ana.page).to_have_title(re.compile("^Billing: Kim Lee"))
    ana.end("End chat with Kim Lee")
    expect(ana.ended()).to_contain_text(
        re.compile(r"It closes by itself in (10:00|9:\d\d), its outcome kept as “not set”")
    )
    shot(ana.page, "closes by itself")
    site.run(LONG_AGO)
    ana.idle()
    expect(ana.items).not_to_contain_text("Kim Lee")


@on_sqlite
def test_after_call_work_is_extended_and_ended(contact, desk, tail, shot):
    ana = desk("ana").ready()
    contact().start(topic="Billing")
    ana.accept()
    ana.end("End chat with Kim Lee")
    ana.choose_outcome("Resolved")
    ana.mark_done()
    ana.idle()
    work = ana.page.get_by_role("list", name="After-call work").get_by_role("listitem")
    expect(work).to_contain_text(re.compile(r"Kim Lee: after-call work 1:[12]\d|1:30"))
    expect(ana.items).to_contain_text("1 of ")
    shot(ana.page, "after-call work")
    work.get_by_role("button", name="Extend by 1 minute").click()
    expect(work).to_contain_text(re.compile(r"Kim Lee: after-call work 2:\d\d"))
    work.get_by_role("button", name="End after-call work").click()
    expect(work).to_have_count(0)
    expect(ana.items).to_contain_text("0 of ")
