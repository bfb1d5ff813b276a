"""axe finds nothing serious on any page, in any state, light or dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.servers import PASSWORD

from . import on_sqlite

pytestmark = on_sqlite
AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(({impact}) => ["serious", "critical"].includes(impact))
    .map(({id, nodes}) => `${id}: ${nodes.map(({html, failureSummary}) => html + " " + failureSummary).join("; ")}`)"""


def check(page: Page) -> None:
    page.evaluate(AXE)
    assert page.evaluate(RUN) == []


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


def test_workspace_and_contact(contact, desk, context, watch, scheme):
    ana, bo = desk("ana", color_scheme=scheme), desk("bo", color_scheme=scheme)
    check(ana.page)
    ana.status.click()
    check(ana.page)
    ana.page.keyboard.press("Escape")
    ana.ready()
    check(ana.page)
    kim = contact(color_scheme=scheme)
    check(kim.page)
    kim.start(topic="Billing")
    kim.says("Hello?")
    check(kim.page)
    ana.rings()
    check(ana.page)
    ana.accept()
    ana.says("Hello Kim.")
    ana.says_to_agents("A word among us.")
    check(ana.page)
    check(kim.page)
    bo.ready()
    ana.find("Bo Lind")
    check(ana.page)
    ana.page.keyboard.press("Escape")
    ana.conference("bo", note="please join")
    bo.rings("Conference request")
    check(bo.page)
    check(ana.page)
    bo.accept("Conference request")
    ana.party("Bo").get_by_role("button").click()
    check(ana.page)
    ana.page.keyboard.press("Escape")
    for tab in ("Notes", "Why", "Case"):
        ana.page.get_by_role("tab", name=tab).click()
        check(ana.page)
    check(bo.page)
    ana.end("Leave, Bo takes over")
    expect(ana.ended()).to_be_visible()
    check(ana.page)
    bo.end("End chat with Kim Lee")
    kim.sees("This chat has ended.")
    check(bo.page)
    check(kim.page)


def test_log_in_guide_and_administration(context, watch, scheme):
    page = context(color_scheme=scheme).new_page()
    watch.page(page, "admin")
    page.goto("/login/")
    check(page)
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    check(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    check(page)
    for address in ("/admin/agents/agent/", "/admin/routing/queue/", "/admin/interactions/interaction/", "/demo/"):
        page.goto(address)
        check(page)
