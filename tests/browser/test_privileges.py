"""A privilege is taken away at an open desk, in the administration, and given back."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.servers import PASSWORD

TAKE = ("Invite queues", "End chats")
WORDS = r"You may not {}: Trainee does not allow it\. Ask an administrator\."
HAS_ROLE = """
from agents.models import Agent, Role
from agents.privileges import USUAL
role = Role.objects.update_or_create(name="Trainee", defaults={"allowed": USUAL})[0]
Agent.objects.filter(user__username="ana").update(role=role)
"""
HAS_NONE = "from agents.models import Agent; Agent.objects.update(role=None, outdated=True)"


@pytest.fixture
def trainee(site):
    """Ana's role, as the administrator gave it."""
    site.run(HAS_ROLE)
    yield
    site.run(HAS_NONE)


def refuses(button: Locator, doing: str) -> None:
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description(re.compile(WORDS.format(doing)))


def queue_action(ana) -> Locator:
    """What the Team Communicator offers beside the queue Network."""
    ana.page.keyboard.press("Control+k")
    ana.page.keyboard.type("Network")
    hit = ana.page.get_by_role("option", name=re.compile("^Network .*waiting|^Network .*nobody|^Network .*ready")).first
    hit.click()
    ana.page.keyboard.press("Enter")
    return ana.page.get_by_role("menuitem", name="Instant Chat Conference")


def test_a_role_changes_at_an_open_desk(context, contact, desk, trainee, site):
    ana = desk("ana").ready()
    contact().start(topic="Billing")
    ana.accept()
    ana.offers("End chat with Kim Lee")

    boss = context().new_page()
    boss.goto("/admin/login/")
    boss.get_by_label("User name").or_(boss.get_by_label("Username")).fill("admin")
    boss.get_by_label("Password").fill(PASSWORD)
    boss.get_by_role("button", name="Log in").click()
    boss.goto("/admin/agents/role/")
    boss.get_by_role("link", name="Trainee").click()
    for box in TAKE:
        boss.get_by_label(box).uncheck()
    boss.get_by_role("button", name="Save", exact=True).click()
    expect(boss.get_by_text("was changed successfully")).to_be_visible()

    refuses(ana.end_button, "end a chat")
    refuses(queue_action(ana), "invite queues into a chat")
    ana.page.keyboard.press("Escape")
    site.run(HAS_NONE)
    ana.offers("End chat with Kim Lee")
    expect(ana.end_button).not_to_have_attribute("aria-disabled", "true")
