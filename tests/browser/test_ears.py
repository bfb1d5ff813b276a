"""Ana cannot see: the whole lesson through the accessibility tree and the keyboard, without selectors or a mouse."""

import re

from tests.servers import PASSWORD

from . import on_sqlite
from .ears import Ears

LANDMARKS = ("banner", "navigation", "main", "complementary", "search")


def is_in_order(ears: Ears) -> None:
    """One of each landmark, one first heading and none left out below it, a name for every control."""
    nodes = [one for one in ears.tree().within() if not one.states["ignored"]]
    for role in LANDMARKS:
        assert len([one for one in nodes if one.role == role]) == 1, role
    levels = [one.states["level"] for one in nodes if one.role == "heading"]
    assert levels.count(1) == 1, levels
    assert all(level in (1, 2) for level in levels), levels
    assert [str(one) for one in nodes if one.states.get("focusable") and not one.name and one.role != "generic"] == []


@on_sqlite
def test_the_lesson_by_ear(context, contact, desk, watch):
    page = context().new_page()
    watch.page(page, "ana")
    ears, keys = Ears(page), page.keyboard
    page.goto("/login/")
    ears.is_at("textbox", "User name")
    keys.type("ana")
    keys.press("Tab")
    ears.is_at("textbox", "Password")
    keys.type(f"{PASSWORD}\n")

    # Ready
    ears.finds("heading", "No chat now")
    is_in_order(ears)
    keys.press("Tab")
    ears.goes_to("button", "^Status: ")
    keys.press("Enter")
    ears.goes_to("menuitem", "^Ready$", key="ArrowDown")
    keys.press("Enter")
    ears.is_at("button", "^Status: Ready since")
    ears.hears("Ready for chat and voice", "polite")

    # the offer
    kim = contact().start(topic="Billing")
    kim.says("I was charged twice.")
    ears.hears("Chat request: Kim Lee", "assertive")
    ears.here()
    keys.press("F8")
    offer = ears.is_at("article", "Chat request")
    assert re.search("Kim Lee.*Billing.*Enter accepts", offer.description), offer.description
    keys.press("Enter")
    ears.is_at("textbox", "Message")
    ears.finds("heading", "Kim Lee")
    is_in_order(ears)
    ears.reads("Transcript", "I was charged twice.")
    ears.reads("Transcript", "Ana (Billing) has joined")

    # an answer, and what comes back
    keys.type("Hello Kim, let me look.\n")
    kim.reads("Hello Kim, let me look.")
    ears.is_at("textbox", "Message")
    ears.heard.clear()
    kim.says("My router is broken too.")
    ears.hears("Kim Lee: My router is broken too.", "polite")
    assert not any("charged twice" in words or "let me look" in words for _, words in ears.heard), ears.heard

    # Bo is brought in
    bo = desk("bo").ready()
    keys.press("Control+k")
    ears.is_at("combobox", "Team Communicator")
    keys.type("bo l")
    ears.hears("1 found", "polite")
    (option,) = [one for one in ears.all("option") if one.states.get("selected")]
    assert re.match("Bo Lind Ready, 3 free, Network", option.name)
    keys.press("Enter")
    ears.is_at("menuitem", "Instant Chat Conference")
    keys.press("Enter")
    ears.is_at("textbox", "Message")
    ears.hears("Bo Lind is asked to join", "polite")
    bo.accept("Conference request")
    ears.hears("Bo (Network) has joined", "polite")

    # the end
    ears.into("toolbar", "Chat", key="Shift+Tab")
    ears.goes_to("button", "^End: Leave, Bo takes over", key="ArrowRight")
    keys.press("Enter")
    ears.hears("Ended. Bo has the chat.", "polite")
    ears.is_at("button", "Mark Done")
    ears.goes_to("radio", "Resolved")
    keys.press("Space")
    ears.finds_set("radio", "Resolved")
    is_in_order(ears)
    ears.into("toolbar", "Chat", key="Shift+Tab")
    ears.goes_to("button", "Mark Done", key="ArrowRight")
    keys.press("Enter")
    ears.hears("Kim Lee is marked done", "polite")
    ears.finds("heading", "No chat now")
    ears.here()
    is_in_order(ears)
