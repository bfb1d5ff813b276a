"""Sizes and schemes: pictures of each, and no page scrolls sideways."""

import pytest
from playwright.sync_api import expect

from . import on_cluster

pytestmark = on_cluster
SIZES = {
    "1280x720": {"viewport": {"width": 1280, "height": 720}},
    "1920x1080": {"viewport": {"width": 1920, "height": 1080}},
    "zoom 200": {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2},
    "dark": {"viewport": {"width": 1280, "height": 720}, "color_scheme": "dark"},
}
NAME = "Maximiliana Konstantinopolska-Featherstonehaugh of Llanfairpwllgwyngyll"


@pytest.mark.parametrize("size", SIZES)
def test_the_workspace_with_real_content(contact, desk, shot, size):
    ana, bo = desk("ana", **SIZES[size]), desk("bo")
    shot(ana.page, "not ready")
    ana.ready()
    ana.has_no_scroll()
    kim = contact().start(NAME)
    ana.accept()
    kim.says("x" * 300 + " https://example.com/" + "long/" * 60)
    for number in range(12):
        kim.says(f"Line {number} of a longer story about an invoice that came twice.")
        kim.reads(f"Line {number} of")
    ana.says("I see it.")
    bo.ready()
    ana.conference("bo")
    bo.accept("Conference request")
    expect(ana.party("Bo")).to_contain_text("connected")
    ana.has_no_scroll()
    shot(ana.page, "conference")
    bo.choose_status("Not Ready: Lunch")
    bo.is_set_to("Not Ready: Lunch")
    contact("lou").start("Lou Park")
    ana.rings()
    ana.has_no_scroll()
    shot(ana.page, "preview")
    ana.find("Cy")
    ana.has_no_scroll()
    shot(ana.page, "communicator")
    ana.page.keyboard.press("Escape")
    ana.end("Leave, Bo takes over")
    expect(ana.ended()).to_be_visible()
    ana.has_no_scroll()
    shot(ana.page, "ended")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_contacts_page(contact, desk, shot, width, scheme):
    ana = desk("ana").ready()
    look = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme, "is_mobile": width < 1000}
    kim = contact(**look)
    shot(kim.page, "form")
    kim.start(NAME)
    kim.says("x" * 300)
    ana.accept()
    ana.says("Hello! Look at https://example.com/" + "long/" * 30)
    kim.reads("Hello!")
    wide, shown = kim.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= shown
    shot(kim.page, "chat")
