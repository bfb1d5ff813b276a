"""Transfer: to an agent, from a consultation, to a queue; refused it changes nothing, and it can be taken back."""

from playwright.sync_api import expect

from . import on_sqlite
from .pages import Desk


def test_instant_transfer_to_an_agent(served, shot):
    ana, bo, kim = served()
    ana.transfer("Bo Lind", note="Needs a technician")
    expect(ana.party("Bo")).to_contain_text("transfer, ringing")
    expect(ana.toolbar.get_by_role("button", name="Instant Transfer")).to_have_attribute("aria-disabled", "true")
    shot(ana.page, "transfer pending")
    bo.rings("Transfer from Ana", "Kim Lee", "passes it on:", "Needs a technician")
    shot(bo.page, "Transfer at Bo")
    bo.reject("Transfer from Ana")
    expect(ana.transcript.get_by_text("Bo rejected the transfer")).to_be_visible()
    expect(ana.field).to_be_visible()

    ana.transfer("Bo Lind")
    bo.accept("Transfer from Ana")
    expect(ana.ended()).to_contain_text("Bo has the chat")
    shot(ana.page, "the former owner")
    kim.sees("Connected with Bo")
    bo.says("Bo has taken over.")
    kim.reads("Bo has taken over.")
    ana.mark_done()
    ana.idle()


def test_transfer_to_a_queue_where_the_contact_waits(served, desk, shot):
    ana, bo, kim = served()
    bo.choose_status("Not Ready")
    bo.is_set_to("Not Ready")
    ana.transfer("Network", note="Needs a technician", of="Queues")
    expect(ana.ended()).to_be_visible()
    kim.sees("You are")
    shot(kim.page, "the contact waits again")
    bo.ready()
    bo.rings("Transfer from Ana", "Network", "passed it on:", "Needs a technician")
    bo.accept("Transfer from Ana")
    bo.reads("My router keeps rebooting.")
    kim.sees("Connected with Bo")


@on_sqlite
def test_transfer_out_of_a_consultation(served, shot):
    ana, bo, kim = served()
    ana.consult("bo")
    bo.advises("Ana")
    ana.consultation("Bo").get_by_role("button", name="Instant Chat Transfer to Bo").click()
    bo.rings("Transfer from Ana", "out of your consultation")
    bo.accept("Transfer from Ana")
    expect(ana.ended()).to_contain_text("Bo has the chat")
    expect(ana.consultation("Bo")).to_contain_text("Bo took the chat")
    shot(ana.page, "transfer out of a consultation")
    kim.sees("Connected with Bo")


@on_sqlite
def test_a_pending_invitation_becomes_a_transfer(served, shot, watch):
    watch.expect("status of 409")
    ana, bo, kim = served()
    ana.conference("bo")
    ana.end("End chat with Kim Lee")
    refused = ana.page.get_by_role("alertdialog", name="End")
    expect(refused).to_be_visible()
    shot(ana.page, "End refused by an open invitation")
    refused.get_by_role("button", name="Make it a transfer to Bo").click()
    expect(ana.party("Bo")).to_contain_text("transfer, ringing")
    ana.parties.get_by_role("button", name="Cancel the transfer to Bo").click()
    bo.silent()

    ana.conference("bo")
    ana.parties.get_by_role("button", name="Make the invitation to Bo a transfer").click()
    bo.accept("Transfer from Ana")
    expect(ana.ended()).to_contain_text("Bo has the chat")
    kim.sees("Connected with Bo")


CLOSED = """
from routing.models import OpeningHours, Queue
Queue.objects.filter(name="Network").update(opening_hours=OpeningHours.objects.create(name="Never"))
"""


@on_sqlite
def test_a_closed_queue_takes_a_message_that_the_contact_agreed_to(served, site, shot):
    ana, bo, kim = served()
    site.run(CLOSED)
    transfer = ana.find("Network", "Instant Transfer", "Instant Chat Transfer", "Queues")
    expect(transfer).to_have_attribute("aria-disabled", "true")
    expect(transfer).to_have_accessible_description("Network is closed.")
    ana.page.get_by_role("menuitem", name="Leave a Message There").click()
    asked = ana.page.get_by_role("alertdialog", name="Leave a message there?")
    expect(asked).to_contain_text("Has Kim agreed?")
    shot(ana.page, "has the contact agreed")
    asked.get_by_role("button", name="No, stay").click()
    expect(asked).to_have_count(0)
    ana.page.get_by_role("menuitem", name="Leave a Message There").click()
    asked.get_by_role("button", name="Kim agreed").click()
    expect(ana.ended()).to_be_visible()
    shot(kim.page, "left as a message")


@on_sqlite
def test_a_second_transfer_is_refused_beside_the_cancel_of_the_first(served, desk, watch, shot):
    watch.expect("status of 409")
    ana, bo, _ = served()
    desk("cy").ready()
    old = ana.find("Cy Marsh", "Instant Transfer", "Instant Chat Transfer")
    expect(old).to_be_visible()
    ana.page.route("**/targets?*", lambda route: None)  # what stands there grows old
    tab = ana.page.context.new_page()
    watch.page(tab, "ana")
    tab.goto("/")
    Desk(tab, "ana").transfer("Bo Lind")
    bo.rings("Transfer from Ana")
    old.click()
    finder = ana.page.get_by_role("group", name="Team Communicator")
    expect(finder.get_by_role("alert")).to_contain_text("The transfer to Bo is still open.")
    shot(ana.page, "a second transfer is refused")
    finder.get_by_role("button", name="Cancel that transfer").click()
    bo.silent()
    expect(finder.get_by_role("alert")).to_have_count(0)
    expect(finder.get_by_role("button", name="Cancel that transfer")).to_have_count(0)
