"""The administration's tools in a browser: Try it, Checks, the configuration as a file, Differences, Simulate."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.servers import PASSWORD

from . import on_sqlite
from .test_access import check

pytestmark = on_sqlite
NEVER_OPEN = "from routing.models import OpeningHours; OpeningHours.objects.create(name='Never open')"
PLAYED = 90_000  # a process of its own starts for it


@pytest.fixture
def admin(context, watch):
    """An administrator, signed in."""
    page = context().new_page()
    watch.page(page, "admin")
    page.goto("/login/?next=/admin/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    return page


@pytest.fixture
def seen(shot):
    """In both schemes: axe finds nothing serious, nothing is wider than the window; a picture of each."""

    def look(page: Page, words: str) -> None:
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            check(page)
            shot(page, f"{words} {scheme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), words

    return look


def opened(page: Page, name: str) -> None:
    """By the start page's menu."""
    page.goto("/admin/")
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def test_try_it_says_where_a_chat_would_go_and_why(admin, seen):
    opened(admin, "Try it")
    admin.get_by_label("What is it about?").select_option("Network")
    admin.get_by_role("button", name="Try it").click()
    outcome = admin.get_by_role("region", name="What would happen")
    expect(outcome).to_contain_text("topic is Network")
    expect(outcome.get_by_role("link", name="Network")).to_be_visible()
    expect(admin.get_by_label("What is it about?")).to_have_value("Network")
    seen(admin, "tried")
    admin.get_by_label("Has waited, seconds").fill("90000")
    admin.get_by_label("Has waited, seconds").evaluate("field => field.removeAttribute('max')")
    admin.get_by_role("button", name="Try it").click()
    expect(admin.get_by_text("Please correct what is marked below.")).to_be_visible()
    seen(admin, "refused")


def test_checks_name_what_cannot_work_and_lead_there(admin, seen, site):
    site.run(NEVER_OPEN)
    opened(admin, "Checks")
    mistake = admin.get_by_role("listitem").filter(has_text="Never open")
    expect(mistake).to_be_visible()
    seen(admin, "checks")
    mistake.get_by_role("link", name=re.compile("^Open")).click()
    expect(admin.get_by_label("Name:")).to_have_value("Never open")


def test_a_file_is_looked_at_applied_and_taken_back(admin, seen, watch):
    """The plan says what would change; Differences has it, and the way back."""
    watch.expect("status of 422")
    opened(admin, "Configuration")
    with admin.expect_download() as given:
        admin.get_by_role("link", name="Download the configuration").click()
    text = given.value.path().read_text()
    assert text.count("Harbour Net") >= 1
    hand_in(admin, "not: [a file of ours")
    expect(admin.get_by_role("alert")).to_contain_text("Nothing was changed.")
    seen(admin, "no file of ours")
    hand_in(admin, text.replace("name: Harbour Net", "name: Harbour Net North", 1))
    expect(admin.get_by_role("cell", name="Harbour Net North")).to_be_visible()
    seen(admin, "plan")
    admin.get_by_role("button", name="Apply").click()
    expect(admin.get_by_text(re.compile("Applied: "))).to_be_visible()
    seen(admin, "applied")
    opened(admin, "Differences")
    row = admin.get_by_role("row").filter(has_text="Harbour Net North").first
    expect(row).to_contain_text("Harbour Net → Harbour Net North")
    seen(admin, "differences")
    row.get_by_role("link", name=re.compile("^Revert")).click()
    expect(admin.get_by_role("cell", name="Harbour Net North")).to_be_visible()
    seen(admin, "revert")
    admin.get_by_role("button", name="Apply").click()
    expect(admin.get_by_role("row").filter(has_text="Harbour Net North → Harbour Net").first).to_be_visible()


def hand_in(page: Page, text: str) -> None:
    file = {"name": "parley.yaml", "mimeType": "application/yaml", "buffer": text.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Show the plan", exact=True).click()


def test_simulate_plays_a_day_as_it_is_and_with_changes(admin, seen):
    opened(admin, "Simulate")
    admin.get_by_label("Chats:").fill("60")
    admin.get_by_label("Billing: Agents more or fewer").fill("2")
    admin.get_by_role("button", name="Simulate").click()
    result = admin.get_by_role("region", name="as it is, and with the changes")
    expect(result.get_by_role("row", name=re.compile("^Billing"))).to_be_visible(timeout=PLAYED)
    expect(admin.get_by_role("button", name="Simulate")).to_be_visible(timeout=PLAYED)
    seen(admin, "simulated")
