"""The disposition as a tree with search: by keyboard, several codes, rules that change while the chat is open."""

import re

import pytest
from playwright.sync_api import expect

from . import on_sqlite
from .test_access import check
from .test_keyboard import press_until

RULE = """
from django.db import transaction
from interactions.actions import outcomes
from interactions.models import DispositionRule
rule = DispositionRule.objects.get(queue__name="Network")
with transaction.atomic():
    DispositionRule.objects.filter(pk=rule.pk).update({})
    outcomes.rules_changed([outcomes.reach(rule)])
"""
LAST = """
from interactions.models import Segment
result = sorted(code.name for code in Segment.objects.latest("joined_at").codes.all())
"""
AS_IT_WAS = "required=False, display='tree', max_codes=3, after_only=False, required_of_others=False"


@pytest.fixture
def rule(site):
    """rule("required=True"): the administrator changes the rule of Network."""
    yield lambda fields: site.run(RULE.format(fields))
    site.run(RULE.format(AS_IT_WAS))


@on_sqlite
def test_tree_search_and_several_codes_by_keyboard(context, contact, desk, rule, site, shot):
    ana = desk("ana").ready()
    page, keys = ana.page, ana.page.keyboard
    contact().start(topic="Network")
    ana.accept()
    outcome = page.get_by_role("group", name="Disposition")
    tree, field = outcome.get_by_role("tree"), outcome.get_by_role("combobox", name="Search dispositions")
    expect(outcome).to_contain_text("not required")
    rule("required=True, after_only=True")
    expect(outcome).to_contain_text("required, after the chat")
    expect(outcome).to_contain_text("The disposition is chosen after End.")
    shot(page, "only after the chat")
    ana.end("End chat with Kim Lee")

    expect(field).to_be_focused()
    expect(outcome).to_contain_text("missing")
    shot(page, "missing")
    keys.press("ArrowDown")
    keys.press("l")
    expect(tree.get_by_role("treeitem", name="Line")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(tree.get_by_role("treeitem", name="Copper")).to_be_focused()
    keys.press("*")
    keys.press("n")
    expect(tree.get_by_role("treeitem", name="No signal")).to_be_focused()
    keys.press("Enter")
    chosen = outcome.get_by_role("list", name="Chosen dispositions").get_by_role("listitem")
    expect(chosen).to_have_text(re.compile("No signal.*Line / Copper"))
    expect(tree.get_by_role("treeitem", name="No signal")).to_have_attribute("aria-selected", "true")
    shot(page, "tree")
    check(page)

    press_until(page, "Shift+Tab", field)
    keys.type("replaced hardw")
    expect(outcome.get_by_role("option")).to_have_count(2)
    keys.press("ArrowDown")
    shot(page, "search")
    check(page)
    with page.expect_response("**/disposition"):
        keys.press("Enter")
    expect(chosen).to_have_count(2)
    expect(field).to_have_value("")
    with page.expect_response("**/disposition"):  # a choice waits for the one before it: only the next is held below
        keys.type("spam\n")
    expect(chosen).to_have_count(3)
    expect(outcome).to_contain_text("set, 3 of 3")
    keys.type("known\n")
    expect(outcome.get_by_role("alert")).to_have_text("At most 3. Take one away first.")
    shot(page, "three of three")
    held = []
    page.route("**/disposition", lambda route: held.append(route))
    press_until(page, "Tab", outcome.get_by_role("button", name="Take away No answer needed / Spam"))
    with page.expect_request("**/disposition"):
        keys.press("Enter")
    expect(chosen).to_have_count(2)
    expect(field).to_be_focused()
    ana.mark_done()  # waits for the choice that is on its way
    expect(chosen).to_have_count(2)
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    ana.idle()
    assert site.run(LAST) == ["No signal", "Power supply to be replaced"]


@on_sqlite
def test_a_drop_down_and_check_boxes_for_several(contact, desk, rule, watch, shot):
    rule("display='dropdown', max_codes=1")
    ana = desk("ana").ready()
    kim = contact().start(topic="Network")
    ana.accept()
    outcome = ana.page.get_by_role("group", name="Disposition")
    expect(outcome).to_contain_text("not required")
    outcome.get_by_role("combobox", name="Disposition").select_option("Spam")
    expect(outcome.get_by_role("combobox")).to_have_value(re.compile(".+"))
    shot(ana.page, "drop-down")
    rule("display='radio', max_codes=2")
    expect(outcome.get_by_role("checkbox", name="Spam")).to_be_checked()
    outcome.get_by_role("checkbox", name="No light").check()
    expect(outcome).to_contain_text("2 of 2")
    shot(ana.page, "check boxes")
    ana.end("End chat with Kim Lee")
    kim.sees("This chat has ended.")
    ana.page.get_by_label("Note").fill("Router is to be replaced.")
    ana.mark_done()
    ana.idle()
