"""People lost and found: closed tabs, killed browsers, sleeping phones, restarts. Time is pushed on in the rows."""

import pytest
from playwright.sync_api import expect

from . import on_cluster
from .pages import Contact, Desk, all_read
from .test_connection import BACK, CUT, bar

LOST, HOUR = 91, 3600


@pytest.fixture
def talk(contact, desk):
    """talk(ana): Kim and this agent, two lines said."""

    def begin(ana: Desk) -> Contact:
        kim = contact().start()
        ana.accept()
        kim.says("First.")
        ana.reads("First.")
        ana.says("Second.")
        kim.reads("Second.")
        return kim

    return begin


def gone_for(site, seconds: float, who="") -> None:
    site.run(f"gone_for({seconds}, {who!r})")


def test_a_killed_browser_gives_the_chat_to_the_next_agent(talk, desk, own_desk, site, shot):
    ana, browser = own_desk("ana")
    kim = talk(ana.ready())
    bo = desk("bo").ready()
    browser.process.crash()
    bo.silent()
    gone_for(site, LOST, "ana")
    kim.reads("We lost Ana, a colleague is coming")
    kim.says("Is anybody there?")
    bo.accept()
    all_read(["First.", "Second.", "Is anybody there?"], bo, kim)
    bo.says("I am, go on.")
    kim.reads("I am, go on.")
    ana = desk("ana")
    ana.page.get_by_role("link", name="Kim Lee").click()
    expect(ana.ended()).to_contain_text("Bo has the chat")
    shot(ana.page, "back later")


def test_back_before_anybody_accepted_the_chat_is_theirs_again(talk, desk, wire, site, watch):
    watch.expect(*CUT)
    way = wire()
    ana = desk("ana", **way.options).ready()
    kim = talk(ana)
    way.cut()
    expect(bar(ana)).to_be_visible()
    ana.says("Written while I was lost.")
    gone_for(site, LOST, "ana")
    kim.reads("We lost Ana, a colleague is coming")
    way.mend()
    kim.reads("Ana is back")
    expect(bar(ana)).to_have_count(0, timeout=BACK)
    all_read(["First.", "Second.", "Written while I was lost."], ana, kim)
    ana.offers("End chat with Kim Lee")


def test_the_last_tab_takes_the_offers_with_it(talk, desk, contact, watch):
    ana = desk("ana").ready()
    kim = talk(ana)
    tab = Desk(ana.page.context.new_page(), "ana")
    watch.page(tab.page, "ana, second tab")
    tab.page.goto("/")
    tab.is_set_to("Ready")
    ana.page.close()
    contact("lou").start("Lou Park")
    tab.rings("Chat request", "Lou Park")
    bo = desk("bo").ready()
    tab.page.close()
    bo.rings("Chat request", "Lou Park")
    kim.says("Still with me?")
    back = desk("ana")
    back.chat().click()
    all_read(["First.", "Second.", "Still with me?"], back, kim)
    back.offers("End chat with Kim Lee")


def test_a_contact_gone_for_minutes_misses_nothing_and_after_an_hour_comes_to_the_same_agent(talk, desk, site, watch):
    ana = desk("ana").ready()
    kim = talk(ana)
    phone = kim.page.context
    kim.page.close()
    gone_for(site, 240)
    expect(ana.party("Kim Lee")).to_contain_text("away")
    ana.says("Are you still there?")
    kim = _opened(phone, watch)
    all_read(["First.", "Second.", "Are you still there?"], kim, ana)
    expect(ana.party("Kim Lee")).not_to_contain_text("away")
    kim.says("Here I am.")
    ana.reads("Here I am.")

    bo = desk("bo").ready()
    kim.page.close()
    gone_for(site, HOUR)
    expect(ana.ended()).to_be_visible()
    ana.choose_outcome("Resolved")
    ana.mark_done()
    kim = _opened(phone, watch)
    kim.sees("This chat has ended.")
    kim.reads("Are you still there?", "Here I am.")
    kim.page.get_by_role("button", name="Start a new chat").click()
    kim.start()
    ana.rings()
    bo.silent()


def _opened(phone, watch) -> Contact:
    page = phone.new_page()
    watch.page(page, "contact, again")
    return Contact(page).open()


def test_a_page_that_sleeps_keeps_its_place_and_catches_up(talk, desk):
    ana = desk("ana").ready()
    kim = talk(ana)
    for sleeper, other, said in ((kim, ana, "To a phone asleep."), (ana, kim, "To a laptop asleep.")):
        control = sleeper.page.context.new_cdp_session(sleeper.page)
        control.send("Page.setWebLifecycleState", {"state": "frozen"})
        other.says(said)
        other.reads(said)
        control.send("Page.setWebLifecycleState", {"state": "active"})
        sleeper.reads(said)
    ana.is_set_to("Ready")


@on_cluster
def test_a_restart_one_by_one_loses_no_line(talk, desk, site, watch):
    """Each process says 4412 to its people, and they go on with the other."""
    watch.expect(*CUT)
    ana = desk("ana").ready()
    kim = talk(ana)
    said = []
    for process in site.processes:
        process.stop()
        for person, name in ((kim, "Kim"), (ana, "Ana")):
            said.append(f"{name}, with {process.log.stem} away.")
            person.field.fill(said[-1])
            person.page.get_by_role("button", name="Send", exact=True).click()
        process.start()
        site.wait()
    for text in said:
        expect(kim.line(text)).to_have_count(1, timeout=BACK)
        expect(ana.line(text)).to_have_count(1, timeout=BACK)
    ana.offers("End chat with Kim Lee")
