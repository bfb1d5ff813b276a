"""A contact who waits long, and one who reads German."""

from playwright.sync_api import expect

from . import on_sqlite

SOON = """
from routing.models import OverflowStep, Queue
for queue in Queue.objects.all():
    OverflowStep.objects.update_or_create(queue=queue, action="message", defaults={"after": 0})
"""
CLOSED = """
from routing.models import OpeningHours, Queue
Queue.objects.update(opening_hours=OpeningHours.objects.get_or_create(name="Never")[0])
"""
GERMAN = {"locale": "de-DE"}


@on_sqlite
def test_a_message_instead_of_waiting(site, contact, desk, shot):
    site.run(SOON)
    ana = desk("ana")
    kim = contact().start()
    kim.sees("You can leave a message instead")
    shot(kim.page, "a message is offered")
    kim.page.get_by_role("button", name="Go on waiting").click()
    expect(kim.page.get_by_text("You can leave a message instead")).to_have_count(0)
    kim.page.get_by_role("button", name="Leave a message").click()
    kim.sees("Write your message below")
    expect(kim.field).to_be_focused()
    kim.says("Please call me back")
    kim.sees("We have your message.")
    kim.reads("Please call me back")
    kim.page.reload()
    kim.sees("Message received")
    ana.ready()
    ana.rings("Message left", "Kim Lee", "Please call me back")
    ana.accept("Message left")
    ana.says("It is done")
    kim.reads("It is done")


@on_sqlite
def test_a_german_page(site, contact, desk, watch, shot):
    watch.expect("status of 409")
    kim = contact(**GERMAN)
    expect(kim.page.locator("html")).to_have_attribute("lang", "de")
    page = kim.page
    page.get_by_label("Ihr Name").fill("Kim Lee")
    shot(page, "German form")
    page.get_by_role("button", name="Chat beginnen").click()
    page.get_by_role("textbox", name="Ihre Nachricht").fill("Guten Tag")
    page.get_by_role("button", name="Senden", exact=True).click()
    ana = desk("ana").ready()
    ana.accept()
    kim.sees("Verbunden mit Ana")
    expect(page.get_by_role("region", name="Gespräch").get_by_text("Ana (Billing) ist jetzt da")).to_be_visible()
    shot(page, "German chat")
    page.get_by_role("button", name="Verlassen").click()
    page.get_by_role("button", name="Chat verlassen").click()
    kim.sees("Sie haben den Chat verlassen.")
    site.run(CLOSED)
    page.get_by_role("button", name="Neuen Chat beginnen").click()
    page.get_by_role("button", name="Chat beginnen").click()
    kim.sees("Wir haben geschlossen.")
