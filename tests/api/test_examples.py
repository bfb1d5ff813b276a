"""The examples of the published schema: of their own shape, and accepted by the calls that they are examples of."""

import uuid

import pytest

from tests.support import party

from . import published
from .test_access import ROWS, named

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/"


def operation(endpoint) -> dict:
    method, route = endpoint
    path = PLACE + route.replace("<uuid:", "{").replace("<str:", "{").replace(">", "}")
    return published.openapi()["paths"][path][method.lower()]


WITH_BODY = sorted(endpoint for endpoint in ROWS if "requestBody" in operation(endpoint))


def example_of(content: dict) -> dict:
    (one,) = content["application/json"]["examples"].values()
    return one["value"]


def fitted(example, real):
    """The example with the ids, versions and tabs that there really are; all else stays as it is written."""
    if isinstance(example, dict):
        real = real if isinstance(real, dict) else {}
        return {
            key: real[key] if key in ("version", "tab") else fitted(value, real.get(key))
            for key, value in example.items()
        }
    if isinstance(example, list):
        return [fitted(value, has) for value, has in zip(example, real or example, strict=True)]
    return (real or str(uuid.uuid4())) if is_id(example) else example


def is_id(value) -> bool:
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


def test_every_body_and_every_refusal_has_an_example_of_its_shape():
    for path, ways in published.openapi()["paths"].items():
        for method, it in ways.items():
            if "requestBody" in it:
                published.check_shape(it["requestBody"]["content"], example_of(it["requestBody"]["content"]))
            for status, answer in it["responses"].items():
                examples = answer.get("content", {}).get("application/json", {}).get("examples", {})
                assert examples or int(status) < 300, (method, path, status)
                for each in examples.values():
                    published.check_shape(answer["content"], each["value"])


def test_an_example_of_another_shape_would_be_seen():
    content = operation(("POST", "contact/chats"))["requestBody"]["content"]
    for wrong in ({}, {"routing_point": 5, "client_id": "x"}):
        with pytest.raises(AssertionError):
            published.check_shape(content, wrong)


@pytest.mark.parametrize("endpoint", WITH_BODY, ids=named)
def test_the_call_takes_its_example(scene, endpoint):
    """By whoever may make it; where the state of this chat forbids it, that is said, and nothing of the body."""
    method, route = endpoint
    body, expected = ROWS[endpoint]
    role = min(
        expected, key=lambda each: (expected[each][0] not in (200, 201, 202), expected[each][0] in (401, 404), each)
    )
    sent = fitted(example_of(operation(endpoint)["requestBody"]["content"]), body(scene))
    answer = scene.as_(role)(method, scene.path(route), sent)
    assert (answer.status, answer.code if answer.status >= 400 else None) == expected[role], answer.data


def test_what_may_be_written_in_two_ways_is_taken_in_both(scene):
    """Ids of what the example leaves out: whom a chat passes to, and what a call is about."""
    chat = scene.chat
    to = str(party(chat, scene.world.bo).id)
    assert (
        scene.as_("ana")
        .post(f"interactions/{chat.id}/end", {"version": 10_000, "expect": "pass", "pass_to": to})
        .status
        == 200
    )
