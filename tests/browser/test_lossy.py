"""The lesson on a hub that loses a third of all frames: real clients find out and heal within a heartbeat."""

import pytest
from playwright.sync_api import expect

from . import PATIENCE, on_lossy
from .pages import all_read

pytestmark = [on_lossy, pytest.mark.timeout(300)]
HEALED = 60_000  # milliseconds: a heartbeat, and another one should that be lost


@pytest.fixture(autouse=True)
def patience():
    expect.set_options(timeout=HEALED)
    yield
    expect.set_options(timeout=PATIENCE)


def test_a_conference_loses_nothing(contact, desk, watch):
    watch.expect("status of 409")
    ana, bo = desk("ana").ready(), desk("bo").ready()
    bo.choose_status("Not Ready")
    bo.is_set_to("Not Ready")
    kim = contact().start()
    ana.accept()
    bo.ready()
    ana.conference("bo")
    bo.accept("Conference request")
    ana.offers("Leave, Bo takes over")
    said = []
    for number in range(8):
        for person, name in ((kim, "Kim"), (ana, "Ana"), (bo, "Bo")):
            said.append(f"{name} says {number}.")
            person.says(said[-1])
    ana.says_to_agents("A word among us.")
    all_read(said, kim, ana, bo)
    expect(bo.transcript.get_by_text("A word among us.")).to_have_count(1)
    expect(kim.log.get_by_text("A word among us.")).to_have_count(0)

    ana.end("Leave, Bo takes over")
    expect(ana.ended()).to_contain_text("Bo has the chat")
    kim.sees("Connected with Bo")
    bo.end("End chat with Kim Lee")
    kim.sees("This chat has ended.")
    bo.choose_outcome("Resolved")
    bo.mark_done()
    bo.idle()
    ana.mark_done()
    ana.idle()
