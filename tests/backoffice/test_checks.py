"""Checks of the administration that name the mistake: routing."""

import pytest
from django.contrib.admin.models import LogEntry

from agents.models import Agent
from interactions.actions import arrival
from routing.models import Queue, RoutingPoint
from tests.backoffice.pages import errors, url

NO = object()  # a box that is not ticked is not sent


def formset(prefix: str, rows: list[dict], initial: int = 0) -> dict:
    given = {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    return given | {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}


def point(world, rules: list[dict], fields: list[dict] | None = None) -> dict:
    topic = {"key": "topic", "label": "About?", "type": "choice", "choices": "Billing\nNetwork", "position": 0}
    given = {"name": "Shop", "slug": "shop", "title": "Shop", "active": "on", "queue": world.billing.pk}
    given |= formset("fields", [{"asked": "on", **field} for field in ([topic] if fields is None else fields)])
    return given | formset(
        "rules", [{"position": 0, "operator": "is", "when": "during", "queue": world.network.pk, **r} for r in rules]
    )


def test_a_routing_point_with_its_form_and_rules(boss, client, world):
    given = point(world, [{"field": "topic", "value": "network"}])
    assert client.post(url("routing_routingpoint", "add"), given).status_code == 302
    chat, _ = arrival.start("shop", client_id="c", answers={"topic": "Network"}, now=world.now)
    assert chat.queue == world.network, "in force at once, without a restart"
    assert "Added routing rule" in LogEntry.objects.latest("pk").get_change_message()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"field": "subject", "value": "Network"}, "no field “subject”. It has: topic"),
        ({"field": "topic", "value": "Netwrk"}, "has no answer “Netwrk”"),
        ({"field": "topic", "value": ""}, "This field is required: a value, or choose “is answered”."),
        ({"field": "topic", "value": "Netwrk", "operator": "is_not"}, "has no answer “Netwrk”"),
        ({"field": "topic", "value": "much", "operator": "at_least"}, "Only numbers and dates can be compared"),
        ({"field": "", "value": "Network"}, "Say which field has this value"),
    ],
)
def test_a_rule_that_could_never_fit(rule, words, boss, client, world):
    assert words in errors(client.post(url("routing_routingpoint", "add"), point(world, [rule])))
    assert not RoutingPoint.objects.filter(slug="shop").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"asked": NO}, "Nobody could fill it in"),
        ({"asked": NO, "editable": "on", "required": "on"}, "Only contacts who are asked"),
        ({"type": "choice"}, "A choice needs at least one answer"),
    ],
)
def test_a_field_that_makes_no_sense(changes, words, boss, client, world):
    order = {"key": "order", "label": "Order?", "type": "text", "position": 0} | changes
    given = {name: value for name, value in point(world, [], [order]).items() if value is not NO}
    assert words in errors(client.post(url("routing_routingpoint", "add"), given))
    assert not RoutingPoint.objects.filter(slug="shop").exists()


def test_a_rule_on_anything_else_and_one_that_is_never_reached(boss, client, world):
    rules = [{"contact": "@big.example", "page": "/shop", "language": "de", "priority": 9}, {}, {"page": "/x"}]
    answer = client.post(url("routing_routingpoint", "add"), point(world, rules), follow=True)
    assert "Shop: rule 3 (page contains /x) is never reached, rule 2 takes all its chats." in answer.content.decode()
    about = {"page": "https://big.example/shop", "language": "de", "email": "kim@big.example"}
    chat, _ = arrival.start("shop", client_id="c", **about, now=world.now)
    assert (chat.queue, chat.invitations.get().priority) == (world.network, 9)


def test_a_rule_on_a_text_takes_any_value_and_a_part_of_an_answer_is_fine(boss, client, world):
    text = {"key": "order", "label": "Order?", "type": "text", "position": 0}
    given = point(world, [{"field": "order", "value": "A-1"}], [text])
    assert client.post(url("routing_routingpoint", "add"), given).status_code == 302
    given = point(world, [{"field": "topic", "value": "net", "operator": "contains"}])
    given |= {"name": "Other", "slug": "other"}
    assert client.post(url("routing_routingpoint", "add"), given).status_code == 302


def test_a_field_that_a_rule_asks_cannot_go_alone(boss, client, world):
    field, rule = world.point.fields.get(), world.point.rules.get()
    rows = [{"id": field.pk, "key": "topic", "label": "x", "type": "text", "position": 0, "DELETE": "on"}]
    given = point(world, [{"field": "topic", "value": "Network"}]) | formset("fields", rows, 1)
    given |= {"rules-0-id": rule.pk, "rules-INITIAL_FORMS": 1, "slug": "website", "name": "Website"}
    assert "It has: none yet" in errors(client.post(url("routing_routingpoint", "change", world.point.pk), given))


@pytest.mark.parametrize("total", ["", "x", "-1", "²", "99999999999"])
def test_a_broken_form_is_refused_not_an_error(total, boss, client, world):
    given = point(world, [{"field": "topic", "value": "Network"}]) | {"fields-TOTAL_FORMS": total}
    assert client.post(url("routing_routingpoint", "add"), given).status_code == 200
    assert not RoutingPoint.objects.filter(slug="shop").exists()


def queue(**changes) -> dict:
    given = {"name": "Sales", "strategy": "longest_idle", "priority": 0, "ring_time": 30, "wrap_up_limit": 120}
    given |= {"last_agent_seconds": 30, "ageing": 0}
    given |= {"after_call_tail": 0, "idle_warning": 255, "idle_close": 45}
    return given | formset("overflow_steps", []) | formset("required_skills", []) | changes


def test_a_queue_without_agents_is_warned_about(boss, client, world):
    answer = client.post(url("routing_queue", "add"), queue(), follow=True)
    assert "Sales has no agents: chats would wait for ever." in answer.content.decode()
    world.ana.user.is_active = False
    world.ana.user.save()
    answer = client.post(url("routing_queue", "add"), queue(name="Shop", agents=[world.ana.pk]), follow=True)
    assert "Shop has no agents" in answer.content.decode()


def test_who_enters_or_leaves_a_queue_gets_a_new_desk(boss, client, world):
    before = dict(Agent.objects.values_list("pk", "version"))
    given = queue(name="Billing", agents=[world.ana.pk, world.cy.pk])
    assert client.post(url("routing_queue", "change", world.billing.pk), given).status_code == 302
    after = dict(Agent.objects.values_list("pk", "version"))
    assert {pk for pk in after if after[pk] > before[pk]} == {world.ana.pk, world.bo.pk, world.cy.pk}


def test_a_queue_with_waiting_chats_or_history_stays_in_words(boss, client, world):
    for _ in range(2):
        world.chat()
    address = url("routing_queue", "delete", world.billing.pk)
    answer = client.post(address, {"post": "yes"}, follow=True)
    assert "Billing cannot be deleted: 2 chats wait in it." in answer.content.decode()
    answer = client.post(url("routing_queue", "delete", world.network.pk), {"post": "yes"}, follow=True)
    assert "Network cannot be deleted: in use by 1 routing rule." in answer.content.decode()
    assert Queue.objects.count() == 2


def test_an_unused_queue_goes(boss, client, world):
    spare = Queue.objects.create(name="Spare")
    assert client.post(url("routing_queue", "delete", spare.pk), {"post": "yes"}).status_code == 302
    assert not Queue.objects.filter(name="Spare").exists()
