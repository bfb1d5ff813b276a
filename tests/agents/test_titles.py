"""The title of a chat's window: what a template makes of a chat, and which templates are refused."""

import pytest
from django.core.exceptions import ValidationError

from agents.titles import mistake, validate, written

KIM = {"contact": "Kim Lee", "queue": "Billing", "topic": "Invoice", "order_number": ""}


@pytest.mark.parametrize(
    "template, title",
    [
        ("{contact}", "Kim Lee"),
        ("{contact}, {topic}", "Kim Lee, Invoice"),
        ("{queue} ({contact})", "Billing (Kim Lee)"),
        ("{contact} · {order_number}", "Kim Lee"),
        ("{order_number}: {contact}", "Kim Lee"),
        ("{contact} ({order_number}) {topic}", "Kim Lee Invoice"),
        ("({order_number}) {contact} about {order_number}", "Kim Lee"),
        ("{nothing}", ""),
        ("Chat with {contact}", "Chat with Kim Lee"),
    ],
)
def test_what_has_no_value_leaves_nothing(template, title):
    assert mistake(template) is None
    assert written(template, KIM) == title


def test_what_people_wrote_is_no_template_loses_no_sign_and_stays_one_line():
    assert written("{contact}, {topic}", {"contact": "- {topic}\n  x -", "topic": ""}) == "- {topic} x -"


@pytest.mark.parametrize("template", ["Chat", "{Contact}", "{}", "{contact", "contact}", "{{contact}}", "{a b}", "{1}"])
def test_what_cannot_be_meant_is_refused_in_words(template):
    with pytest.raises(ValidationError, match="contact"):
        validate(template)
