"""Outside of the opening hours, as contacts and agents see it."""

from playwright.sync_api import expect

from . import on_sqlite

NEVER_OPEN = """
from routing.models import OpeningHours, Queue
Queue.objects.update(opening_hours=OpeningHours.objects.create(name="Never"))
"""


@on_sqlite
def test_a_message_is_left_and_answered(site, contact, desk, shot):
    site.run(NEVER_OPEN)
    kim = contact()
    kim.sees("We are closed now.")
    kim.page.get_by_label("Your name").fill("Kim Lee")
    kim.page.get_by_role("button", name="Leave a message").click()
    kim.sees("Please fill this in")
    kim.page.get_by_label("A message for us").fill("Please call me back")
    kim.page.get_by_role("button", name="Leave a message").click()
    kim.sees("We have your message.")
    kim.reads("Please call me back")
    shot(kim.page, "message left")
    ana = desk("ana").ready()
    ana.rings("Message left", "Kim Lee", "Please call me back")
    ana.accept("Message left")
    ana.says("It is done")
    kim.reads("It is done")


@on_sqlite
def test_closed_while_the_form_was_open_becomes_a_message(site, contact, watch):
    watch.expect("status of 409")
    kim = contact()
    site.run(NEVER_OPEN)
    kim.page.get_by_label("Your name").fill("Kim Lee")
    kim.page.get_by_role("button", name="Start chat").click()
    kim.sees("We are closed now.")
    kim.page.get_by_label("A message for us").fill("Please call me back")
    kim.page.get_by_role("button", name="Leave a message").click()
    kim.sees("We have your message.")
    expect(kim.page.get_by_role("button", name="Send", exact=True)).to_be_visible()
