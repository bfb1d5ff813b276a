"""Reloads, several tabs, lost connections and a killed server: nothing is lost, nothing comes twice."""

import pytest
from playwright.sync_api import expect

from .pages import Desk, all_read

LOST = "Reconnecting. Nothing you wrote is lost."
SILENCE, BACK = 45_000, 60_000  # milliseconds: a silent line is noticed by missing beats; retries are spread over time
CUT = ("ERR_[A-Z_]+", "WebSocket", "status of 50[234]")


@pytest.fixture
def wires(wire):
    """The ways of Kim and of Ana."""
    return wire(), wire()


@pytest.fixture
def talk(contact, desk, wires):
    """Kim and Ana, two lines said."""
    ana = desk("ana", **wires[1].options).ready()
    kim = contact(**wires[0].options).start()
    ana.accept()
    kim.says("First.")
    ana.reads("First.")
    ana.says("Second.")
    kim.reads("Second.")
    return kim, ana


def bar(desk: Desk):
    return desk.page.get_by_role("status").filter(has_text="Reconnecting.")


def test_reloads_lose_nothing(talk):
    kim, ana = talk
    ana.field.fill("A draft that stays")
    kim.field.fill("Half a")
    ana.page.reload()
    kim.page.reload()
    expect(ana.heading).to_contain_text("Kim Lee")
    all_read(["First.", "Second."], ana, kim)
    expect(ana.field).to_have_value("A draft that stays")
    expect(kim.field).to_have_value("Half a")
    ana.field.fill("")
    kim.says("Third.")
    ana.says("Fourth.")
    all_read(["First.", "Second.", "Third.", "Fourth."], ana, kim)
    ana.is_set_to("Ready")


def test_two_tabs_are_one_agent(contact, desk, watch):
    ana = desk("ana").ready()
    page = ana.page.context.new_page()
    watch.page(page, "ana, second tab")
    page.goto("/")
    tab = Desk(page, "ana")
    tab.is_set_to("Ready")
    kim = contact().start()
    ana.rings()
    tab.rings()
    tab.accept()
    ana.silent()
    expect(ana.chat()).to_be_visible()
    ana.chat().click()
    ana.says("From one tab.")
    tab.says("From the other.")
    all_read(["From one tab.", "From the other."], ana, tab, kim)
    tab.choose_status("Not Ready: Lunch")
    for one in (ana, tab):
        one.is_set_to("Not Ready: Lunch")
    page.close()
    kim.says("Still there?")
    ana.reads("Still there?")


@pytest.mark.parametrize("how", ["cut", "stall"])
def test_what_an_agent_writes_without_connection_is_sent_once(talk, wires, watch, shot, how):
    kim, ana = talk
    watch.expect(*CUT)
    getattr(wires[1], how)()
    expect(bar(ana)).to_be_visible(timeout=SILENCE)
    expect(ana.end_button).to_have_attribute("aria-disabled", "true")
    ana.says("Written while away.")
    expect(ana.transcript.get_by_text("waits for the connection, sent once")).to_be_visible()
    kim.says("And mine.")
    kim.reads("And mine.")
    expect(ana.line("And mine.")).to_have_count(0)
    shot(ana.page, "reconnecting")
    wires[1].mend()
    expect(bar(ana)).to_have_count(0, timeout=BACK)
    all_read(["First.", "Second.", "Written while away.", "And mine."], ana, kim)
    expect(ana.transcript.get_by_text("sent once")).to_have_count(0)
    ana.offers("End chat with Kim Lee")


@pytest.mark.parametrize("how", ["cut", "stall"])
def test_what_a_contact_writes_without_connection_is_sent_once(talk, wires, watch, shot, how):
    kim, ana = talk
    watch.expect(*CUT)
    getattr(wires[0], how)()
    expect(kim.page.get_by_text(LOST)).to_be_visible(timeout=SILENCE)
    kim.says("Into the tunnel.")
    expect(kim.line("Into the tunnel.")).to_contain_text("Not sent yet, goes out once we are back")
    ana.says("Take your time.")
    shot(kim.page, "reconnecting")
    wires[0].mend()
    expect(kim.page.get_by_text(LOST)).to_be_hidden(timeout=BACK)
    all_read(["First.", "Second.", "Into the tunnel.", "Take your time."], kim, ana)


def test_kill_9_of_the_servers_loses_and_doubles_nothing(talk, site, watch):
    kim, ana = talk
    watch.expect(*CUT)
    for process in site.processes:
        process.kill()
    expect(bar(ana)).to_be_visible()
    ana.says("Written without a server.")
    kim.says("So is this.")
    site.restart()
    expect(bar(ana)).to_have_count(0, timeout=BACK)
    expected = ["First.", "Second.", "Written without a server.", "So is this."]
    expect(kim.line("Written without a server.")).to_have_count(1, timeout=BACK)
    expect(ana.line("So is this.")).to_have_count(1, timeout=BACK)
    all_read(expected, ana, kim)
    ana.page.reload()
    kim.page.reload()
    all_read(expected, ana, kim)
    ana.is_set_to("Ready")
