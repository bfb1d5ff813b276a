"""Who gets the chat, as contacts and agents see it."""

import re

from playwright.sync_api import expect

from . import on_sqlite

RINGS_OUT = """
from datetime import timedelta
from django.utils import timezone
from interactions.models import Ring
Ring.objects.update(expires_at=timezone.now() + timedelta(seconds=6))
"""  # by then the site is steady, however new it is: before that no ring is missed
ONE_MISS = "from agents.models import Site; Site.objects.update(missed_limit=1)"


def test_reject_goes_to_the_next_agent(contact, desk):
    ana = desk("ana").ready()
    bo = desk("bo").ready()
    kim = contact().start()
    ana.rings("Chat request", "Kim Lee")
    bo.silent()
    ana.reject()
    bo.accept()
    ana.silent()
    kim.sees("Connected with Bo")
    ana.is_set_to("Ready")
    ana.idle()


def test_time_out_goes_to_the_next_agent_and_the_miss_is_told(site, contact, desk):
    site.run(ONE_MISS)
    ana = desk("ana").ready()
    bo = desk("bo").ready()
    contact().start()
    ana.rings()
    site.run(RINGS_OUT)
    bo.rings("Chat request", "Kim Lee")
    ana.silent()
    ana.is_set_to("Ready on 1 of 2")
    expect(ana.status).to_have_attribute("title", re.compile("Chat: Not Ready: Not responding since "))
    banner = ana.page.get_by_role("alert").filter(has_text="Not Ready")
    expect(banner).to_be_visible()
    bo.accept()
    banner.get_by_role("button", name="Ready").click()
    ana.is_set_to("Ready")
    expect(banner).to_have_count(0)


def test_a_contact_who_leaves_while_it_rings(contact, desk):
    ana = desk("ana").ready()
    kim = contact().start()
    ana.rings()
    kim.leave()
    kim.sees("You have left the chat.")
    ana.silent()
    ana.idle()
    ana.is_set_to("Ready")


@on_sqlite
def test_with_nobody_there_the_contact_is_told_and_keeps_the_place(contact, desk, shot):
    kim = contact()
    kim.sees("Nobody is here right now")
    kim.start()
    kim.sees("You are number 1 in the line.")
    kim.says("Is anybody there?")
    kim.reads("Is anybody there?")
    lou = contact("lou").start("Lou Park")
    lou.sees("You are number 2 in the line.")
    shot(lou.page, "nobody is here")
    ana = desk("ana").ready()
    ana.rings("Chat request", "Kim Lee", "Is anybody there?")
    lou.sees("You are number 2 in the line.")
    ana.accept()
    ana.rings("Chat request", "Lou Park")
    ana.reads("Is anybody there?")
    kim.sees("Connected with Ana")


@on_sqlite
def test_the_topic_chooses_the_queue(contact, desk):
    cy = desk("cy").ready()
    contact().start("Kim Lee", topic="Billing")
    contact("lou").start("Lou Park", topic="Network")
    cy.rings("Chat request", "Lou Park", "Network")
    cy.accept()
    expect(cy.heading).to_contain_text("Lou Park")
    cy.silent()
    cy.page.get_by_role("tab", name="Why").click()
    expect(cy.page.get_by_role("tabpanel")).to_contain_text(re.compile("Cy"))


@on_sqlite
def test_what_cannot_be_filled_in_is_said_beside_the_field(contact):
    kim = contact()
    kim.page.get_by_role("button", name="Start chat").click()
    expect(kim.page.get_by_label("Your name")).to_have_attribute("aria-invalid", "true")
    expect(kim.page.get_by_label("Your name")).to_be_focused()
    kim.page.get_by_label("Your name").fill("Kim Lee")
    kim.page.get_by_label("E-mail").fill("kim")
    kim.page.get_by_role("button", name="Start chat").click()
    expect(kim.page.get_by_label("E-mail")).to_have_accessible_description(re.compile("name@example.com"))
    kim.page.get_by_label("E-mail").fill("kim@example.com")
    kim.page.get_by_role("button", name="Start chat").click()
    expect(kim.field).to_be_visible()


@on_sqlite
def test_a_chat_that_nobody_marks_done_becomes_unclosed_and_frees_its_slot(site, contact, desk):
    site.run("from routing.models import Queue; Queue.objects.update(wrap_up_limit=1)")
    site.run("from agents.models import Site; Site.objects.update(capacity=1)")
    ana = desk("ana").ready()
    kim = contact().start()
    ana.accept()
    lou = contact("lou").start("Lou Park")
    ana.silent()
    kim.leave()
    expect(ana.items.get_by_role("heading", name=re.compile("Unclosed"))).to_be_visible()
    ana.rings("Chat request", "Lou Park")
    ana.accept()
    lou.sees("Connected with Ana")
