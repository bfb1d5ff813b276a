"""axe finds nothing serious in the guide and the administration, light or dark; `test_faces.py` has the other pages."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.servers import PASSWORD

from . import on_sqlite

pytestmark = on_sqlite
AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
# preload: axe would write what a style sheet imports into the page, which the content policy refuses
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"], preload: false})).violations
    .filter(({impact}) => ["serious", "critical"].includes(impact))
    .map(({id, nodes}) => `${id}: ${nodes.map(({html, failureSummary}) => html + " " + failureSummary).join("; ")}`)"""

# A colour on its way to another one has no contrast to judge, so it is there at once; what goes round for ever stays.
# To wait for its end could be for ever: a browser that has no frame to draw moves nothing on.
SETTLED = """() => document.getAnimations()
    .filter((one) => one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity)
    .forEach((one) => one.finish())"""


def check(page: Page) -> None:
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    assert page.evaluate(RUN) == []


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


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
    lists = ("/admin/agents/agent/", "/admin/routing/queue/", "/admin/interactions/interaction/")
    for address in (*lists, "/admin/interactions/dispositionrule/add/", "/demo/"):
        page.goto(address)
        check(page)
