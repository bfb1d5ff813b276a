"""Webhooks from the event to a real server: nothing missed, tried again, rested, disabled, sent again."""

import json
import math
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction

from core.models import Event
from tests.support import fresh
from webhooks import actions, courier, outbound
from webhooks.models import Delivery, Sending, Webhook

pytestmark = pytest.mark.django_db(transaction=True)

DAY = 86_400


def happen(world, name="interaction.ended", count=1) -> list[Event]:
    at = world.clock.tick()
    rows = [
        Event(subject=uuid.uuid4(), version=1, name=name, actor="system", at=at, data={"n": n}) for n in range(count)
    ]
    return [each for each in rows if each.save() is None]


def carry(world) -> int:
    """Rounds until there is nothing more to do now; how many there were."""
    now = world.clock.tick()
    return sum(iter(lambda: int(courier.deliver(now)), 0))


def states(hook) -> list[str]:
    return list(hook.deliveries.order_by("event__position").values_list("state", flat=True))


def test_each_event_arrives_once_signed_and_in_order(world, hook, listener):
    subscribed = hook("/ok", "interaction.*")
    made = happen(world, count=3)
    happen(world, "agent.status")
    carry(world)
    assert carry(world) == 0
    assert listener.ids == [str(event.uid) for event in made]
    _, headers, body = listener.got[0]
    expected = courier.signing.headers(headers["webhook-id"], body, [subscribed.secret], world.now)
    assert headers["webhook-signature"] == expected["webhook-signature"]
    sent = json.loads(body)
    assert sent["type"] == "interaction.ended" and sent["data"]["subject"] == str(made[0].subject)
    assert sent["data"]["data"] == {"n": 0} and sent["data"]["position"] == fresh(made[0]).position
    assert states(subscribed) == ["sent"] * 3


def test_what_happened_before_is_not_sent(world, hook, listener):
    happen(world)
    added = hook()
    made = happen(world)
    carry(world)
    told = Event.objects.get(subject=added.pk, name="webhook.added")
    assert listener.ids == [str(told.uid), str(made[0].uid)]


def test_an_action_never_waits_and_what_it_rolls_back_is_never_sent(world, hook, listener):
    hook("/ok", "test.*")
    with pytest.raises(RuntimeError), transaction.atomic():
        happen(world, "test.undone")
        raise RuntimeError
    made = happen(world, "test.done")
    carry(world)
    assert listener.ids == [str(made[0].uid)]


def test_nothing_is_sent_inside_a_transaction(world, hook, monkeypatch):
    hook("/ok", "test.*")
    happen(world, "test.done")
    inside = []
    carry_all = courier._carry_all
    monkeypatch.setattr(
        courier, "_carry_all", lambda parcels: inside.append(connection.in_atomic_block) or carry_all(parcels)
    )
    carry(world)
    assert inside and not any(inside)


def test_one_that_fails_is_tried_again_later_and_later_with_the_same_id(world, hook, listener):
    subscribed = hook("/bad", "test.*")
    listener.answers["/bad"] = 503
    (event,) = happen(world, "test.done")
    carry(world)
    waits = []
    for _ in range(4):
        due = max(subscribed.deliveries.get().next_at, fresh(subscribed).paused_until)
        waits.append(math.ceil((due - world.now).total_seconds()))
        assert carry(world) == 0, "it is not tried before its time"
        world.clock.pass_(waits[-1])
        carry(world)
    assert waits == sorted(waits) and waits[0] == 5 and waits[-1] > 15
    assert listener.ids == [str(event.uid)] * 5 and "It answered 503" in subscribed.deliveries.get().problem
    listener.answers["/bad"] = 204
    world.clock.pass_(3600)
    carry(world)
    assert states(subscribed) == ["sent"] and fresh(subscribed).failing_since is None


def test_an_address_that_is_down_rests_and_is_asked_once_for_all(world, hook, listener):
    subscribed = hook("/bad", "test.*")
    listener.answers["/bad"] = 500
    made = happen(world, "test.done", 20)
    carry(world)
    assert len(listener.got) == 1
    listener.answers["/bad"] = 204
    world.clock.pass_(6)
    made += happen(world, "test.done")
    carry(world)
    assert listener.ids[1:] == [str(event.uid) for event in made], "the first first, as if nothing had been"
    assert states(subscribed) == ["sent"] * 21


def test_a_message_that_brings_no_answer_lets_others_pass_after_a_while(world, hook, listener):
    """It may be this message that the other side cannot take: then it must not hold up the rest for a day."""
    subscribed = hook("/bad", "test.*")
    listener.answers["/bad"] = 500
    made = happen(world, "test.done", 3)
    for _ in range(actions.IN_FRONT):
        carry(world)
        world.clock.now = fresh(subscribed).paused_until
    assert listener.ids == [str(made[0].uid)] * actions.IN_FRONT
    listener.answers["/bad"] = 204
    carry(world)
    assert listener.ids[actions.IN_FRONT :] == [str(event.uid) for event in made[1:]]
    assert states(subscribed) == ["queued", "sent", "sent"]


def test_one_message_that_is_refused_holds_up_no_other(world, hook, listener):
    """400 is about this message; the address goes on."""
    subscribed = hook("/picky", "test.*")
    listener.answers["/picky"] = 400
    happen(world, "test.bad")
    carry(world)
    listener.answers["/picky"] = 204
    happen(world, "test.good")
    carry(world)
    assert states(subscribed) == ["queued", "sent"]
    assert fresh(subscribed).paused_until is None


def test_a_slow_address_holds_up_no_other(world, hook, listener, monkeypatch):
    monkeypatch.setattr(outbound, "ALL_SECONDS", 0.3)
    slow, quick = hook("/slow", "test.*"), hook("/ok", "test.*")
    happen(world, "test.done", 3)
    carry(world)
    assert states(quick) == ["sent"] * 3
    assert states(slow) == ["queued"] * 3
    assert len([path for path, _, _ in listener.got if path == "/slow"]) == 1


def test_what_was_claimed_and_not_tried_is_due_as_before(world, hook, listener):
    subscribed = hook("/bad", "test.*")
    listener.answers["/bad"] = 500
    happen(world, "test.done", 3)
    carry(world)
    rows = list(subscribed.deliveries.order_by("event__position").values_list("attempts", "claimed_until"))
    assert sorted(rows, key=str) == [(0, None), (0, None), (1, None)]


def broken(monkeypatch, where, name: str, of: Webhook):
    """A round in which this raises for one of the webhooks."""
    whole = getattr(where, name)

    def breaks(first, *args, **given):
        if of.pk in (first.pk, getattr(first, "webhook_id", None)):
            raise RuntimeError("the database went away")
        return whole(first, *args, **given)

    monkeypatch.setattr(where, name, breaks)


@pytest.mark.parametrize("what", ["sent", "secrets", "claim"])
def test_a_round_that_breaks_holds_nothing_back(world, hook, listener, monkeypatch, what):
    """Wherever it breaks, nothing stays claimed, others' messages are marked, and the next round sends the rest."""
    broken_one, fine = hook("/one", "test.*"), hook("/two", "test.*")
    happen(world, "test.done", 2)
    where = {"sent": actions, "secrets": Webhook, "claim": Delivery}[what]
    with monkeypatch.context() as broken_round:
        broken(broken_round, where, what, broken_one)
        with pytest.raises(RuntimeError):
            carry(world)
    assert not Webhook.objects.exclude(claimed_until=None).exists()
    assert not Delivery.objects.exclude(claimed_until=None).exists()
    assert "sent" not in states(broken_one)
    carry(world)
    assert states(broken_one) == states(fine) == ["sent"] * 2
    assert listener.ids.count(listener.ids[0]) <= 3, "again with the same id"


def fail_for(world, subscribed, seconds) -> Webhook:
    carry(world)
    world.clock.pass_(seconds)
    Webhook.objects.filter(pk=subscribed.pk).update(paused_until=None)
    subscribed.deliveries.filter(state="queued").update(next_at=world.now)
    carry(world)
    return fresh(subscribed)


def test_after_a_day_of_failure_it_is_disabled_and_its_owner_told(world, hook, listener, settings):
    settings.MAIL_READY = True
    subscribed = hook("/bad", "test.*")
    listener.answers["/bad"] = 500
    happen(world, "test.done")
    assert fail_for(world, subscribed, DAY - 60).active
    found = fail_for(world, subscribed, 120)
    assert (found.active, found.disabled_at is not None) == (False, True)
    assert Event.objects.filter(subject=subscribed.pk, name="webhook.disabled").count() == 1
    carry(world)
    (told,) = mail.outbox
    assert told.to == ["boss@harbour.example"] and subscribed.url in told.body and "It answered 500" in told.body
    asked = len(listener.got)
    happen(world, "test.later")
    world.clock.pass_(DAY)
    carry(world)
    assert len(listener.got) == asked and len(mail.outbox) == 1


def test_set_active_again_everything_goes_out(world, hook, listener, settings):
    settings.MAIL_READY = False
    subscribed = hook("/bad", "test.*")
    listener.answers["/bad"] = 410
    made = happen(world, "test.done", 2)
    carry(world)
    assert not fresh(subscribed).active, "410: it wants no more, at once"
    made += happen(world, "test.later", 2)
    listener.answers["/bad"] = 204
    listener.got.clear()
    back = fresh(subscribed)
    back.active = True
    actions.revise(back, fields=["active"], now=world.clock.tick())
    carry(world)
    assert listener.ids == [str(event.uid) for event in made]
    again = fresh(subscribed)
    assert (again.disabled_at, again.failing_since, again.problem) == (None, None, "")


def test_a_mail_server_that_is_away_is_asked_again_for_a_day(world, hook, settings, monkeypatch):
    settings.MAIL_READY = True
    subscribed, asked = hook("/ok", "test.*"), []

    def away(self, *args):
        asked.append(world.now)
        raise OSError("away")

    monkeypatch.setattr(courier.EmailMessage, "send", away)
    actions.disable(subscribed.pk, "No more.", now=world.now)
    for _ in range(3):
        carry(world)
        world.clock.pass_(3601)
    assert len(asked) == 3
    world.clock.pass_(DAY)
    carry(world)
    assert len(asked) == 3 and fresh(subscribed).notice_at is None


def test_after_three_days_one_message_is_given_up(world, hook, listener):
    subscribed = hook("/picky", "test.*")
    listener.answers["/picky"] = 400
    happen(world, "test.bad")
    carry(world)
    Delivery.objects.update(queued_at=world.now - timedelta(days=3), next_at=world.now)
    carry(world)
    assert states(subscribed) == ["failed"]
    listener.answers["/picky"] = 204
    actions.send_again(subscribed.deliveries.get().pk, now=world.now)
    carry(world)
    assert states(subscribed) == ["sent"] and len(set(listener.ids)) == 1


def test_one_delivery_can_be_sent_again(world, hook, listener):
    subscribed = hook("/ok", "test.*")
    happen(world, "test.done", 2)
    carry(world)
    first = subscribed.deliveries.order_by("event__position").first()
    actions.send_again(first.pk, now=world.clock.tick())
    with pytest.raises(actions.Conflict):
        actions.send_again(first.pk, now=world.now)
    carry(world)
    assert len(listener.ids) == 3 and listener.ids[2] == listener.ids[0]


def test_everything_from_a_time_can_be_sent_again(world, hook, listener):
    subscribed = hook("/ok", "test.*")
    happen(world, "test.old")
    since = world.clock.pass_(60)
    made = happen(world, "test.done", 2)
    carry(world)
    Delivery.objects.filter(event=made[0]).delete()  # kept for thirty days only
    listener.got.clear()
    actions.replay(subscribed.pk, since, now=world.clock.tick())
    made += happen(world, "test.new")
    carry(world)
    assert listener.ids == [str(event.uid) for event in made]
    with pytest.raises(actions.Invalid):
        actions.replay(subscribed.pk, world.now + timedelta(days=1), now=world.now)


def test_many_events_are_read_on_in_parts(world, hook, listener, monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 7)
    monkeypatch.setattr(actions, "MOST_WAITING", 10)
    subscribed = hook("/ok", "test.*")
    made = happen(world, "test.done", 40)
    carry(world)
    assert listener.ids == [str(event.uid) for event in made] and states(subscribed) == ["sent"] * 40


def test_it_never_has_more_waiting_than_it_may(world, hook, listener, monkeypatch):
    monkeypatch.setattr(actions, "MOST_WAITING", 10)
    subscribed = hook("/bad", "test.*")
    listener.answers["/bad"] = 500
    happen(world, "test.done", 40)
    carry(world)
    assert subscribed.deliveries.count() <= 10


def test_without_rights_the_owner_gets_nothing_more(world, hook, listener):
    subscribed = hook("/ok", "test.*", owner=world.sue.user)
    happen(world, "test.done")
    carry(world)
    assert listener.got == [] and not fresh(subscribed).active
    assert "may no longer see events" in fresh(subscribed).problem


def test_old_deliveries_go(world, hook, listener):
    subscribed = hook("/ok", "test.*")
    happen(world, "test.done", 3)
    carry(world)
    world.clock.pass_(31 * DAY)
    happen(world, "test.new")
    carry(world)
    assert [row.event.name for row in subscribed.deliveries.all()] == ["test.new"]


def test_both_secrets_sign_for_a_day(world, hook, listener):
    subscribed = hook("/ok", "test.*")
    old = subscribed.secret
    assert actions.rotate(subscribed.pk, now=world.now).secret != old
    happen(world, "test.done")
    carry(world)
    assert len(listener.got[-1][1]["webhook-signature"].split()) == 2
    world.clock.pass_(DAY + 60)
    happen(world, "test.done")
    carry(world)
    assert len(listener.got[-1][1]["webhook-signature"].split()) == 1
    assert old not in fresh(subscribed).secrets(world.now)


def test_events_are_chosen_by_name_or_kind(world, hook):
    subscribed = hook("/ok", "interaction.ended", "agent.*")
    names = ("interaction.ended", "interaction.ended_too", "agent.ready", "agents.ready", "interaction")
    assert [subscribed.wants(name) for name in names] == [True, False, True, False, False]


def test_paused_by_hand_is_told_to_nobody(world, hook, settings):
    settings.MAIL_READY = True
    subscribed = hook("/ok", "test.*")
    subscribed.active = False
    actions.revise(subscribed, fields=["active"], now=world.now)
    carry(world)
    assert fresh(subscribed).disabled_at is None and mail.outbox == []


def test_an_idle_courier_asks_for_little(world, hook, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        courier.deliver(world.now)


def test_states_are_those_of_the_outbox():
    assert Sending.QUEUED == courier.actions.Sending.QUEUED == "queued"


@pytest.mark.parametrize("words", ["refused", None])
def test_a_webhook_that_is_deleted_while_it_is_told_spoils_no_other(world, hook, listener, monkeypatch, words):
    going, _ = hook("/one", "test.*"), hook("/two", "test.*")
    happen(world, "test.done")

    def post(url, body, headers):
        Webhook.objects.filter(pk=going.pk).delete()
        connection.close()  # of the courier's thread, which else has none
        if words:
            raise outbound.Problem(words)

    monkeypatch.setattr(outbound, "post", post)
    courier.deliver(world.clock.tick())
    assert not Webhook.objects.filter(pk=going.pk).exists() and Delivery.objects.count() == 1
    assert Delivery.objects.get().claimed_until is None and Webhook.objects.get().claimed_until is None


def test_a_webhook_that_is_deleted_just_before_it_would_be_disabled_is_no_fault(world, hook):
    gone = hook("/ok", "test.*")
    Webhook.objects.filter(pk=gone.pk).delete()
    actions.disable(gone.pk, "Its owner may not see it.", now=world.now)
    assert not Event.objects.filter(name="webhook.disabled").exists()
