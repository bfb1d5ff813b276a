"""The pages of the configuration: download, plan, apply, go back, and what cannot work."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.configuration import actions, document
from core.models import Change, KeptState
from interactions.models import DispositionCode
from routing.models import Queue

PAGES = ("checks", "configuration", "configuration_export")


@pytest.fixture
def boss(harbour, client):
    client.force_login(User.objects.get(username="admin"))
    return client


def address(name: str, *args) -> str:
    return reverse(f"admin:{name}", args=args)


def hand_in(client, text: str | bytes):
    file = SimpleUploadedFile("parley.yaml", text if isinstance(text, bytes) else text.encode())
    return client.post(address("configuration_plan"), {"file": file})


def apply(client, plan):
    given = {name: plan.context[name] for name in ("text", "basis", "way")}
    return client.post(address("configuration_apply"), given, follow=True)


def test_download_plan_apply_and_back(boss, harbour):
    before = actions.export()
    answer = boss.get(address("configuration_export"))
    assert answer.content.decode() == before and "attachment" in answer["Content-Disposition"]
    harbour["queues"]["Billing"]["ring_time"] = 12
    plan = hand_in(boss, harbour.text)
    page = re.sub(r"\s+", " ", plan.content.decode())
    assert "Change queues Billing" in page and "<td>ring_time</td><td>as it comes</td><td>12</td>" in page
    assert Queue.objects.get(name="Billing").ring_time is None, "the plan changes nothing"
    assert "Applied: 1 changed." in apply(boss, plan).content.decode()
    assert Queue.objects.get(name="Billing").ring_time == 12
    assert Change.objects.get().who == "admin"
    back = boss.post(address("configuration_plan"), {"kept": KeptState.objects.get().pk})
    assert "Applied" in apply(boss, back).content.decode()
    assert actions.export() == before
    assert set(Change.objects.values_list("way", flat=True)) == {"file", "back"}


def test_a_bad_file_changes_nothing_and_says_where(boss, harbour):
    for text, words in (
        ("parley: 1\nqueues: {A: {rng: 1}}", "line 2, queues / A / rng: there is no such thing"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        ("", "begins with “parley: 1”"),
    ):
        answer = hand_in(boss, text)
        assert answer.status_code == 422
        assert words in answer.content.decode() and "Nothing was changed." in answer.content.decode()
    answer = boss.post(address("configuration_plan"), {})
    assert "Choose a file first." in answer.content.decode()
    assert boss.post(address("configuration_plan"), {"kept": "x"}).status_code == 404
    assert boss.get(address("configuration_apply")).status_code == 405
    answer = boss.post(address("configuration_apply"), {"text": "no plan"})
    assert answer.status_code == 422 and "damaged on its way" in answer.content.decode()


def test_a_plan_that_is_out_of_date_is_not_applied(boss, harbour):
    harbour["queues"]["Billing"]["ring_time"] = 12
    plan = hand_in(boss, harbour.text)
    Queue.objects.filter(name="Network").update(priority=5)
    answer = apply(boss, plan)
    assert answer.status_code == 422 and "has changed since this plan was made" in answer.content.decode()
    assert Queue.objects.get(name="Network").priority == 5


def test_text_of_others_is_shown_as_text(boss, harbour):
    harbour["queues"]["<script>alert(1)</script>"] = {}
    page = hand_in(boss, harbour.text).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert "has no agents: chats would wait for ever." in page


def test_only_administrators(harbour, client):
    client.force_login(User.objects.get(username="ana"))
    for name in PAGES:
        assert client.get(address(name)).status_code == 302
    assert client.post(address("configuration_apply"), {"text": document.write({})}).status_code == 302


def test_the_checks_page_names_what_cannot_work(boss, harbour):
    assert "everything that can be checked works" in boss.get(address("checks")).content.decode()
    sales = Queue.objects.create(name="Sales")
    DispositionCode.objects.filter(set__name="Outcomes").update(active=False)
    page = boss.get(address("checks")).content.decode()
    assert "Sales has no agents: chats would wait for ever." in page
    assert page.index("has no active code") < page.index("Sales has no agents"), "the worst first"
    assert address("routing_queue_change", sales.pk) in page
    own = boss.get(address("routing_queue_change", sales.pk)).content.decode()
    assert "Sales has no agents" in own
    assert (
        "has no agents"
        not in boss.get(address("routing_queue_change", Queue.objects.get(name="Billing").pk)).content.decode()
    )
