"""What the contact is asked when the chat is over, on a phone, by keyboard and in words."""

import pytest
from playwright.sync_api import expect

from . import on_sqlite
from .looks import PHONE, walk

MADE = """
from interactions.models import Survey
asked = Survey.objects.create(name="After chats", title="How was it?", thanks="Thank you, Kim reads nobody else.")
asked.questions.create(key="content", text="Are you content with our answer?", required=True, position=1)
asked.questions.create(key="solved", text="Is it solved?", kind="choice", choices="Yes\\nPartly\\nNo", position=2)
asked.questions.create(key="words", text="What could be better?", kind="text", position=3)
"""
KEPT = """
from interactions.models import SurveyAnswer
result = dict(SurveyAnswer.objects.values_list("question__key", "value"))
"""


@pytest.fixture
def survey(site):
    site.run(MADE)


def test_the_contact_answers_a_survey(site, survey, contact, desk, shot):
    ana = desk("ana").ready()
    kim = contact().start()
    ana.accept()
    kim.says("Thank you, that is all.")
    ana.reads("Thank you, that is all.")
    form = kim.page.get_by_role("form", name="How was it?")
    expect(form).to_have_count(0)
    ana.end("End chat with Kim Lee")
    kim.sees("This chat has ended.")
    expect(form.get_by_role("heading", name="How was it?")).to_be_focused()

    send = form.get_by_role("button", name="Send answers")
    send.click()
    rating = form.get_by_role("group", name="Are you content with our answer?")
    expect(rating).to_contain_text("This answer is required.")
    expect(rating.get_by_role("radio", name="1 of 5")).to_be_focused()
    walk(shot, kim.page, "asked", PHONE)

    kim.page.keyboard.press("ArrowRight")
    expect(rating.get_by_role("radio", name="2 of 5")).to_be_checked()
    expect(rating).not_to_contain_text("This answer is required.")
    rating.get_by_role("radio", name="4 of 5").check()
    form.get_by_role("radio", name="Partly").check()
    form.get_by_role("textbox", name="What could be better?").fill("The wait.")
    send.click()
    kim.sees("Thank you, Kim reads nobody else.")
    expect(form).to_have_count(0)
    assert site.run(KEPT) == {"content": "4", "solved": "Partly", "words": "The wait."}

    kim.page.reload()
    kim.sees("Thank you, Kim reads nobody else.")
    walk(shot, kim.page, "answered", PHONE)
    kim.page.get_by_role("button", name="Start a new chat").click()
    expect(kim.page.get_by_role("button", name="Start chat")).to_be_visible()


@on_sqlite
def test_what_cannot_be_sent_now_stays_in_the_fields(survey, contact, desk, watch):
    watch.expect("ERR_FAILED")
    ana = desk("ana").ready()
    kim = contact().start()
    ana.accept()
    ana.end("End chat with Kim Lee")
    form = kim.page.get_by_role("form", name="How was it?")
    form.get_by_role("radio", name="5 of 5").check()
    kim.page.route("**/survey", lambda route: route.abort())
    form.get_by_role("button", name="Send answers").click()
    expect(form).to_contain_text("We cannot reach the server.")
    kim.page.unroute("**/survey")
    expect(form.get_by_role("radio", name="5 of 5")).to_be_checked()
    form.get_by_role("button", name="Send answers").click()
    kim.sees("Thank you, Kim reads nobody else.")
