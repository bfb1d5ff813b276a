"""The Team Communicator beyond people: a queue is brought in and kept at hand, without a mouse."""

import re

from playwright.sync_api import Locator, expect

from . import on_sqlite
from .pages import Desk

VERB = "Instant Chat Conference"


def choose(ana: Desk, query: str, radio: str) -> Locator:
    """Ctrl K, the name, then by Tab and arrows to a list or type; ends in the field with one hit."""
    keys, wanted = ana.page.keyboard, ana.page.get_by_role("radio", name=radio)
    keys.press("Control+k")
    keys.type(query)
    expect(ana.page.get_by_role("option").first).to_be_visible()
    keys.press("Tab")
    if not ana.page.get_by_role("radiogroup", name="Show").filter(has=wanted).count():
        keys.press("Tab")
    for _ in range(6):
        if wanted.is_checked():
            break
        keys.press("ArrowRight")
    expect(wanted).to_be_focused()
    keys.press("Control+k")
    expect(ana.page.get_by_role("option")).to_have_count(1)
    return ana.page.get_by_role("option")


def act(ana: Desk, verb: str) -> None:
    """Enter goes to the actions, arrows to the verb, Enter does it."""
    action = ana.page.get_by_role("menuitem", name=verb)
    ana.page.keyboard.press("Enter")
    expect(ana.page.get_by_role("menuitem").first).to_be_focused()
    if verb != VERB:
        ana.page.keyboard.press("ArrowUp")  # the star is the last of them
    expect(action).to_be_focused()
    ana.page.keyboard.press("Enter")


@on_sqlite
def test_a_queue_is_brought_in_and_kept_at_hand_by_keyboard_alone(contact, desk, shot):
    ana, bo = desk("ana").ready(), desk("bo")
    contact().start(topic="Billing")
    ana.accept()
    expect(ana.field).to_be_focused()

    expect(choose(ana, "Network", "Queues")).to_contain_text(re.compile(r"\b0 ready"))
    act(ana, "Add to favourites")
    expect(ana.page.get_by_role("menuitem", name="Remove from favourites")).to_be_focused()
    ana.page.keyboard.press("Escape")
    expect(ana.field).to_be_focused()

    hit = choose(ana, "", "Favourites")
    expect(hit).to_have_accessible_name(re.compile("^Network 0 ready"))
    shot(ana.page, "favourites")
    act(ana, VERB)
    expect(ana.party("Network")).to_contain_text("Network: waiting")
    cancel = ana.page.get_by_role("button", name="Cancel the invitation to Network")
    shot(ana.page, "the queue waits")
    bo.ready()
    expect(ana.party("Network")).to_contain_text("Network: ringing at Bo")
    shot(ana.page, "the queue rings")
    bo.accept("Conference request")
    expect(ana.party("Bo")).to_contain_text("connected")
    expect(cancel).to_have_count(0)
    ana.offers("Leave, Bo takes over")


def test_an_invitation_to_a_queue_is_cancelled(contact, desk):
    ana, bo = desk("ana").ready(), desk("bo")
    contact().start(topic="Billing")
    ana.accept()
    bo.ready()
    choose(ana, "Network", "Queues")
    act(ana, VERB)
    bo.rings("Conference request")
    ana.page.get_by_role("button", name="Cancel the invitation to Network").press("Enter")
    bo.silent()
    expect(ana.page.get_by_role("listitem").filter(has_text="Network:")).to_have_count(0)
    expect(ana.page.locator("body")).not_to_be_focused()


@on_sqlite
def test_corporate_favourites_stay(contact, desk, site):
    site.run(
        "from interactions.models import Favourite; from routing.models import Queue;"
        "Favourite.objects.create(queue=Queue.objects.get(name='Billing'))"
    )
    ana = desk("ana")
    expect(choose(ana, "", "Favourites")).to_contain_text("corporate favourite")
    ana.page.keyboard.press("Enter")
    star = ana.page.get_by_role("menuitem", name="Remove from favourites")
    expect(star).to_have_attribute("aria-disabled", "true")
    expect(star).to_have_accessible_description("a corporate favourite, kept for everybody")


# Some questions are answered two at a time, one is held until it is taken back, one fails, one waits for the test:
# in the page itself, so that nothing depends on when the driver gets to it.
MOODS = """
window.moods = { "": "two", c: "hold", bo: "fail", sue: "late" };
window.takenBack = 0;
const real = window.fetch;
const untilTakenBack = (signal) => new Promise((_, fail) =>
  signal.addEventListener("abort", () => { window.takenBack += 1; fail(signal.reason); }));
window.fetch = (url, options) => {
  if (!String(url).includes("/targets?q=")) return real(url, options);
  const mood = moods[new URL(url, location).searchParams.get("q")];
  if (mood === "hold") return untilTakenBack(options.signal);
  if (mood === "late") return new Promise((go) => (window.answerLate = go)).then(() => real(url, options));
  if (mood === "fail") return Promise.reject(new TypeError("Failed to fetch"));
  return real(mood === "two" ? String(url).replace(/limit=\\d+/, "limit=2") : url, options);
};
"""


@on_sqlite
def test_only_the_latest_question_counts_pages_follow_and_failures_say_so(desk, watch, shot):
    ana = desk("ana")
    field, options = ana.page.get_by_role("combobox", name="Team Communicator"), ana.page.get_by_role("option")
    ana.page.add_init_script(MOODS)
    ana.page.reload()
    field.click()
    ana.page.get_by_role("checkbox", name="Grouped").uncheck()
    expect(options).to_have_count(3)
    field.press("End")
    for _ in range(2):
        field.press("ArrowDown")
    expect(options).to_have_count(5)
    shot(ana.page, "next page")

    field.press_sequentially("cy", delay=50)
    expect(options).to_have_count(1)
    expect(options).to_have_accessible_name(re.compile("^Cy Marsh"))
    assert ana.page.evaluate("takenBack") == 1

    field.fill("bo")
    expect(ana.page.get_by_role("alert").filter(has_text="cannot be reached")).to_be_visible()
    shot(ana.page, "failure")
    ana.page.evaluate("delete moods.bo")
    ana.page.get_by_role("button", name="Search again").press("Enter")
    expect(options).to_have_accessible_name(re.compile("^Bo Lind"))
    expect(field).to_be_focused()

    field.fill("sue")
    field.press("Enter")  # means Sue, whoever stands there until that is answered
    expect(options).to_have_accessible_name(re.compile("^Bo Lind"))
    expect(field).to_be_focused()
    ana.page.evaluate("answerLate()")
    expect(options).to_have_accessible_name(re.compile("^Sue Park"))
    expect(ana.page.get_by_role("menuitem").first).to_be_focused()
