"""Instant messages as two agents use them."""

import re

from playwright.sync_api import expect

from . import on_sqlite
from .pages import NAMES, Desk
from .test_connection import BACK, CUT, bar
from .test_keyboard import press_until


def panel(desk: Desk):
    return desk.page.get_by_role("region", name="Messages")


def button(desk: Desk, unread: int = 0):
    return desk.page.get_by_role("button", name=f"Messages, {unread} unread" if unread else "Messages", exact=True)


def field(desk: Desk, nickname: str):
    return panel(desk).get_by_role("textbox", name=f"Message to {nickname}")


def lines(desk: Desk, nickname: str):
    return panel(desk).get_by_role("region", name=f"Conversation with {nickname}").get_by_role("listitem")


def start(desk: Desk, username: str) -> None:
    """Team Communicator, this person, Start Instant Message."""
    desk.page.get_by_role("combobox", name="Team Communicator").fill(NAMES[username])
    desk.page.get_by_role("option", name=re.compile(NAMES[username])).click()
    desk.page.get_by_role("menuitem", name="Start Instant Message", exact=True).click()
    expect(field(desk, username.capitalize())).to_be_focused()


def say(desk: Desk, nickname: str, text: str) -> None:
    field(desk, nickname).fill(text)
    field(desk, nickname).press("Enter")
    expect(field(desk, nickname)).to_have_value("")


def reads(desk: Desk, nickname: str, *texts: str) -> None:
    for text in texts:
        expect(lines(desk, nickname).get_by_text(text, exact=True)).to_have_count(1)


def test_two_agents_write_to_each_other_outside_of_any_chat(desk, shot):
    ana, bo = desk("ana"), desk("bo")
    start(ana, "bo")
    say(ana, "Bo", "Got a minute?")
    reads(ana, "Bo", "Got a minute?")
    expect(button(bo, 1)).to_be_visible()
    expect(panel(bo)).to_have_count(0)  # nothing opens by itself
    shot(bo.page, "quiet notice")
    button(bo, 1).click()
    panel(bo).get_by_role("button", name="Ana Ruiz, 1 unread").click()
    reads(bo, "Ana", "Got a minute?")
    expect(button(bo)).to_be_visible()
    say(bo, "Ana", "Sure")
    reads(ana, "Bo", "Sure")
    expect(lines(ana, "Bo").get_by_text("Seen by Bo")).to_have_count(1)
    shot(ana.page, "conversation")
    ana.page.keyboard.press("Escape")
    expect(panel(ana)).to_have_count(0)


@on_sqlite
def test_history_and_draft_survive_a_reload(desk):
    ana, bo = desk("ana"), desk("bo")
    start(ana, "bo")
    say(ana, "Bo", "first")
    field(ana, "Bo").fill("half a thou")
    ana.page.reload()
    button(ana).click()
    panel(ana).get_by_role("button", name="Bo Lind").click()
    reads(ana, "Bo", "first")
    expect(field(ana, "Bo")).to_have_value("half a thou")
    expect(button(bo, 1)).to_be_visible()


def test_a_lost_connection_loses_no_line(desk, wire, watch):
    watch.expect(*CUT)
    cut = wire()
    ana, bo = desk("ana", **cut.options), desk("bo")
    start(ana, "bo")
    say(ana, "Bo", "before")
    start(bo, "ana")
    cut.cut()
    expect(bar(ana)).to_be_visible()
    say(ana, "Bo", "while away")
    say(bo, "Ana", "you there?")
    cut.mend()
    expect(bar(ana)).to_have_count(0, timeout=BACK)
    for one, other in ((ana, "Bo"), (bo, "Ana")):
        reads(one, other, "before", "while away", "you there?")


@on_sqlite
def test_the_panel_covers_nothing(desk, contact, shot):
    ana = desk("ana").ready()
    kim = contact().start()
    ana.accept()
    kim.says("Hello?")
    ana.reads("Hello?")
    start(ana, "bo")
    boxes = [one.bounding_box() for one in (ana.transcript, ana.field, ana.page.get_by_role("tabpanel"), panel(ana))]
    *others, mine = boxes
    for other in others:
        apart = (
            other["x"] + other["width"] <= mine["x"] + 1
            or other["y"] + other["height"] <= mine["y"] + 1
            or mine["y"] + mine["height"] <= other["y"] + 1
        )
        assert apart, (other, mine)
    assert mine["height"] >= 200
    ana.has_no_scroll()
    shot(ana.page, "beside a chat")


@on_sqlite
def test_by_keyboard_alone(desk):
    ana = desk("ana")
    keys = ana.page.keyboard
    keys.press("Control+m")
    expect(panel(ana)).to_be_visible()
    expect(panel(ana)).to_be_focused()
    keys.press("Escape")
    expect(panel(ana)).to_have_count(0)
    expect(button(ana)).to_be_focused()
    keys.press("Control+k")
    keys.type("Bo Lind")
    expect(ana.page.get_by_role("option", name=re.compile("Bo Lind"))).to_be_visible()
    keys.press("Enter")
    press_until(ana.page, "ArrowDown", ana.page.get_by_role("menuitem", name="Start Instant Message", exact=True))
    keys.press("Enter")
    expect(field(ana, "Bo")).to_be_focused()
    keys.type("typed")
    keys.press("Enter")
    reads(ana, "Bo", "typed")


def has_heard(desk, tones: int) -> None:
    expect(desk.page.locator("html")).to_have_attribute("data-tones", str(tones))


COUNT_TONES = """() => {
const heard = document.documentElement.dataset;
heard.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
    heard.tones = Number(heard.tones) + 1;
    return start.apply(this, when);
};
}"""


@on_sqlite
def test_do_not_disturb_hears_no_tone_and_misses_nothing(desk):
    ana, bo = desk("ana"), desk("bo")
    bo.page.evaluate(COUNT_TONES)
    start(ana, "bo")
    say(ana, "Bo", "one")
    expect(button(bo, 1)).to_be_visible()
    has_heard(bo, 1)
    bo.choose_status("Do Not Disturb")
    bo.is_set_to("Do Not Disturb")
    say(ana, "Bo", "two")
    expect(button(bo, 2)).to_be_visible()
    expect(bo.page.locator("#news")).to_contain_text("Message from Ana")
    has_heard(bo, 1)
