"""A long transcript, marks between browsers, and lines that arrive while one reads further up."""

import re

from playwright.sync_api import ElementHandle, expect

from . import on_sqlite

FILL = """
import uuid
from datetime import timedelta
from django.utils import timezone
from interactions.models import Interaction, Message, Reader
lane = Interaction.objects.get().lanes.get(name="public")
kim, now = lane.interaction.parties.get(kind="contact"), timezone.now()
Message.objects.bulk_create([
    Message(lane=lane, number=lane.head + n, party=kim, client_id=uuid.uuid4(), text=f"line {n}.", at=now)
    for n in range(1, 5001)
])
lane.head += 5000
lane.save()
Reader.objects.filter(lane=lane, party__kind="agent").update(seen=lane.head)
"""
DRAWN = "document.querySelectorAll('.log [data-id]').length"
TOP = "line => line.getBoundingClientRect().top"


def at_rest(line: ElementHandle) -> float:
    """Where it stands, once what is drawn around it has come."""
    was, now = None, line.evaluate(TOP)
    while was != now:
        line.owner_frame().wait_for_timeout(500)
        was, now = now, line.evaluate(TOP)
    return now


@on_sqlite
def test_a_transcript_of_5000_lines(site, contact, desk):
    ana, kim = desk("ana").ready(), contact().start()
    ana.accept()
    kim.says("The first line")
    ana.reads("The first line")
    site.run(FILL)
    ana.page.reload()
    expect(ana.line("line 5000.")).to_be_in_viewport()
    assert ana.page.evaluate(DRAWN) < 400
    ana.transcript.hover()
    for _ in range(12):
        ana.page.mouse.wheel(0, -2000)
        ana.page.wait_for_timeout(50)
    expect(ana.line("line 5000.")).not_to_be_in_viewport()
    assert ana.page.evaluate(DRAWN) < 500

    watched = ana.transcript.get_by_text(re.compile(r"^line \d+\.$")).nth(60).element_handle()
    watched.scroll_into_view_if_needed()
    before = at_rest(watched)
    kim.says("While you read up there")
    expect(ana.page.get_by_role("button", name="1 new line")).to_be_visible()
    assert abs(watched.evaluate(TOP) - before) < 2
    ana.page.get_by_role("button", name="1 new line").click()
    expect(ana.line("While you read up there")).to_be_in_viewport()

    ana.transcript.press("Home")
    expect(ana.line("The first line")).to_be_in_viewport()
    assert ana.page.evaluate(DRAWN) < 500
    ana.transcript.press("End")
    expect(ana.line("While you read up there")).to_be_in_viewport()


def test_marks_between_three_browsers(contact, desk, shot):
    ana, bo = desk("ana").ready(), desk("bo")
    kim = contact().start()
    ana.accept()
    bo.ready()
    ana.conference("bo")
    bo.accept("Conference request")
    ana.says("Bo is with us now")
    mark = ana.transcript.get_by_role("note", name=re.compile("^Seen by Kim and Bo. Kim Lee: seen. Bo: seen$"))
    expect(mark).to_be_visible()
    mark.focus()
    expect(mark.locator(".tip")).to_be_visible()
    shot(ana.page, "marks")
    kim.says("Good")
    kim.sees("Seen by Ana and Bo")
    ana.says_to_agents("A word among us")
    expect(ana.transcript.get_by_role("note", name=re.compile("^Seen by Bo. Bo: seen$"))).to_be_visible()
    expect(kim.page.get_by_text("Seen by Ana and Bo")).to_be_visible()


UNANSWERED = """
from datetime import timedelta
from django.utils import timezone
from interactions.models import Lane
Lane.objects.filter(name="public").update(unanswered_since=timezone.now() - timedelta(seconds=61))
"""


@on_sqlite
def test_a_draft_per_lane_and_the_wait_stay_over_reload(site, contact, desk):
    ana, kim = desk("ana").ready(), contact().start()
    ana.accept()
    kim.says("Is anybody there?")
    ana.reads("Is anybody there?")
    lanes = ana.page.get_by_role("radiogroup", name="Lane")
    lanes.get_by_role("radio", name="Agents only").check(force=True)
    ana.field.fill("Among us")
    lanes.get_by_role("radio", name="Public").click(force=True)
    ana.page.get_by_role("button", name="Write to Kim").click()
    ana.field.fill("Dear Kim")
    site.run(UNANSWERED)
    ana.page.reload()
    expect(ana.field).to_have_value("Dear Kim")
    expect(ana.chat().get_by_role("img", name=re.compile("^waits too long"))).to_be_visible()
    lanes.get_by_role("radio", name="Agents only").check(force=True)
    expect(ana.field).to_have_value("Among us")
