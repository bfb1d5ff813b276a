"""The administrators' pages of webhooks: added with a secret shown once, refused in words, replayed, and a notice."""

import pytest

from core.models import Event
from tests.backoffice.pages import queries, url
from tests.support import NOON, fresh
from webhooks import actions
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db

PAGE = "webhooks_webhook"
FORM = {
    "name": "Warehouse",
    "url": "https://hooks.example.com/in",
    "wanted": "interaction.*",
    "owner_name": "boss",
    "active": "on",
}


@pytest.fixture
def hook(world, boss):
    made = Webhook(name="Warehouse", url=FORM["url"], events=["*"], owner=boss)
    actions.subscribe(made, now=world.now)
    return made


def delivered(hook, n: int) -> Delivery:
    event = Event.objects.create(subject=hook.pk, version=100 + n, name="test.done", at=NOON, position=10_000 + n)
    return Delivery.objects.create(
        webhook=hook, event=event, created_at=NOON, queued_at=NOON, state="failed", problem="x"
    )


def test_a_new_one_shows_its_secret_once(world, boss, client):
    answer = client.post(url(PAGE, "add"), FORM)
    made = Webhook.objects.get()
    assert made.secret in answer.content.decode() and "no-store" in answer.headers["Cache-Control"]
    assert made.events == ["interaction.*"] and made.owner == boss
    assert made.position == Event.objects.get(name="webhook.added").position or made.position >= 0
    for address in (url(PAGE), url(PAGE, "change", made.pk)):
        assert made.secret not in client.get(address).content.decode()


def test_one_goes_with_what_waits_for_it(hook, client):
    delivered(hook, 1)
    page = client.get(url(PAGE, "delete", hook.pk)).content.decode()
    assert "will be deleted" in page and "1 delivery" in page
    client.post(url(PAGE, "delete", hook.pk), {"post": "yes"})
    assert not Webhook.objects.exists() and not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "http//x"}, "whole address"),
        ({"url": "https://127.0.0.1/"}, "nothing is sent to"),
        ({"url": "https://[::1]/"}, "nothing is sent to"),
        ({"url": "https://169.254.169.254/latest"}, "nothing is sent to"),
        ({"url": "https://a:b@example.com/"}, "cannot be part"),
        ({"wanted": "interaction"}, "There is no event interaction. Did you mean interaction.*?"),
        ({"wanted": "interaction.end"}, "Did you mean interaction.ended?"),
        ({"wanted": "agent.unknown_thing"}, "Of this kind there are: answered_late, enrolled"),
        ({"wanted": "weather.changed_quickly"}, "Kinds are: administrator, agent, call"),
        ({"wanted": "\n".join(f"a.b{'c' * n}" for n in range(60))}, "At most 50"),
        ({"wanted": ""}, "required"),
        ({"owner_name": "nobody"}, "No supervisor or administrator"),
        ({"owner_name": "ana"}, "No supervisor or administrator"),
        ({"name": ""}, "required"),
    ],
    ids=str,
)
def test_what_cannot_work_is_refused_in_words(world, boss, client, wrong, words):
    answer = client.post(url(PAGE, "add"), {**FORM, **wrong})
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not Webhook.objects.exists()


def test_it_can_be_changed_and_sent_again_from_a_time(world, boss, client, hook):
    delivered(hook, 1)
    Webhook.objects.update(position=10_001)
    more = {"replay_from_0": "2026-03-04", "replay_from_1": "11:00"}
    said = client.post(url(PAGE, "change", hook.pk), {**FORM, **more, "name": "Lake"}, follow=True).content.decode()
    assert "1 events are read again" in said or "events are read again" in said
    assert fresh(hook).name == "Lake" and fresh(hook).position < 10_001
    more = {"replay_from_0": "2030-01-01", "replay_from_1": "11:00"}
    said = client.post(url(PAGE, "change", hook.pk), {**FORM, **more}, follow=True).content.decode()
    assert "Choose an earlier time" in said


def test_a_disabled_one_is_a_notice_on_every_page_until_it_is_active_again(world, boss, client, hook):
    assert "was disabled" not in client.get("/admin/").content.decode()
    actions.disable(hook.pk, "It answered 500.", now=world.now)
    for address in ("/admin/", url("agents_agent"), url(PAGE)):
        shown = client.get(address).content.decode()
        assert (
            "The webhook “Warehouse” was disabled: It answered 500." in shown and url(PAGE, "change", hook.pk) in shown
        )
    client.post(url(PAGE, "change", hook.pk), FORM)
    assert fresh(hook).active and "was disabled" not in client.get("/admin/").content.decode()


def test_a_new_secret_is_shown_once(world, boss, client, hook):
    answer = client.post(url(PAGE), {"action": "new_secret", "_selected_action": [str(hook.pk)]})
    assert fresh(hook).secret in answer.content.decode() and fresh(hook).secret != hook.secret
    assert fresh(hook).previous_secret == hook.secret


def test_deliveries_are_sent_again_and_changed_by_nobody(world, boss, client, hook):
    row = delivered(hook, 1)
    listed = url("webhooks_delivery")
    assert "Failed: x" in client.get(listed).content.decode()
    chosen = {"action": "send_again", "_selected_action": [str(row.pk)]}
    assert "1 of 1 go out again" in client.post(listed, chosen, follow=True).content.decode()
    assert "0 of 1 go out again" in client.post(listed, chosen, follow=True).content.decode()
    assert fresh(row).state == "queued"
    assert client.post(url("webhooks_delivery", "delete", row.pk), {"post": "yes"}).status_code == 403


def test_lists_cost_the_same_however_many(world, boss, client, hook):
    delivered(hook, 0)
    few = queries(client, url(PAGE)), queries(client, url("webhooks_delivery"))
    for n in range(1, 12):
        made = Webhook(name=f"Hook {n}", url=FORM["url"], events=["*"], owner=boss)
        actions.subscribe(made, now=world.now)
        delivered(hook, n)
    assert (queries(client, url(PAGE)), queries(client, url("webhooks_delivery"))) == few
