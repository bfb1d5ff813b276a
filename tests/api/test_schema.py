"""The published documents: valid, complete, and true of what is really answered and sent."""

import json
import re

import jsonschema
import pytest
from django.core.management import call_command

from interactions import asyncapi
from interactions.actions import presence
from interactions.api import docs, forms, shapes
from interactions.frames import ToAgent, ToContact
from tests.support import assert_publishes

from . import published
from .scene import Caller, line, start
from .test_access import endpoints

pytestmark = pytest.mark.django_db


def template(route: str) -> str:
    return "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route)


def test_the_schema_is_valid_and_raises_no_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "schema.yml")


def test_the_schema_is_what_is_served(client):
    answer = client.get("/api/schema/")
    assert answer.status_code == 200
    assert answer.json()["paths"] == published.openapi()["paths"]


def test_the_schema_covers_every_endpoint_and_no_other():
    described = {(method.upper(), path) for path, ways in published.openapi()["paths"].items() for method in ways}
    assert described == {(method, template(route)) for method, route in endpoints()}


def test_every_call_has_words_a_tag_and_documented_errors():
    for path, ways in published.openapi()["paths"].items():
        for method, it in ways.items():
            assert it["description"], path
            assert it["tags"][0] in docs.TAGS
            assert "503" in it["responses"]
            assert method == "get" or method == "delete" or "400" in it["responses"], path
            for one in it["responses"].values():
                assert "$ref" in one["content"]["application/json"]["schema"], f"{path}: a shape without a name"


def test_no_component_is_defined_twice():
    bodies = {name for name, kind in vars(forms).items() if isinstance(kind, type) and issubclass(kind, forms.Strict)}
    answers = {answer.__name__ for answer in shapes.ANSWERS}
    assert answers <= set(published.openapi()["components"]["schemas"])
    assert not answers & bodies


def test_every_pointer_of_both_documents_leads_somewhere():
    for document in (published.openapi(), asyncapi.document()):
        for pointer in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
            node = document
            for step in pointer.split("/"):
                node = node[step]


def test_asyncapi_is_served_and_its_schemas_are_schemas(client):
    document = client.get("/api/asyncapi.json").json()
    assert document == json.loads(json.dumps(asyncapi.document()))
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(("channel", "union"), [("agent", ToAgent), ("contact", ToContact)])
def test_asyncapi_names_every_frame(channel, union):
    named = {
        each["$ref"].rsplit("/", 1)[1] for each in asyncapi.document()["operations"][f"{channel}.send"]["messages"]
    }
    assert named == {kind.__name__ for kind in union.__args__}


def test_the_page_of_the_api_shows_every_call_and_shape(client):
    html = client.get("/api/docs/").content.decode()
    for method, route in endpoints():
        assert f"<code>{template(route)}</code>" in html, (method, route)
    for name in (*published.openapi()["components"]["schemas"], *asyncapi.document()["components"]["schemas"]):
        assert f'id="shape-{name}"' in html
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html


def test_all_answers_and_frames_of_a_lesson_are_as_published(scene):
    """From the start to Mark Done; `Caller` holds each answer, this test each frame against the documents."""
    world, frames = scene.world, []
    world.absent(scene.tess)
    scene.as_("tess").post(f"invitations/{scene.invitation.id}/reject")
    with assert_publishes(world, scene.chat, scene.other) as posts:
        chat, contact = lesson(scene)
        presence.went_away(chat_party(chat), since=world.now, now=world.clock.tick())
        contact.get(f"contact/chats/{chat}")
    for post in posts:
        if not post.control:
            frames.append(json.loads(post.frame))
            published.check_frame("agent" if post.groups[0].startswith("agent.") else "contact", frames[-1])
    assert {"interaction", "invitation", "agent", "message", "gone"} <= {frame["type"] for frame in frames}


def chat_party(chat: str):
    from interactions.models import Party

    return Party.objects.get(interaction=chat, kind=Party.CONTACT).id


def lesson(scene):
    world, ana, bo = scene.world, scene.as_("ana"), scene.as_("bo")
    started = scene.as_("nobody").post("contact/chats", start(name="Lee", fields={"topic": "Billing", "order": "17"}))
    chat, contact = started.data["chat"], Caller(token=started.data["token"])
    contact.post(f"contact/chats/{chat}/messages", line("Are you there?"))
    ana.post("me/beat")
    ana.post("me/status", {"status": "ready"})
    world.offer()
    (ring, *_) = ana.get("desk").data["invitations"]
    one = f"interactions/{ring['interaction']}"
    ana.post(f"invitations/{ring['id']}/accept")
    ana.post(f"{one}/messages", line("Yes"))
    ana.get("targets", q="cy", interaction=ring["interaction"])
    scene.as_("cy").post("me/beat")
    scene.as_("cy").post("me/status", {"status": "ready"})
    invited = ana.post(f"{one}/conference", {"target": {"type": "agent", "id": str(world.cy.id)}}).data["invitation"]
    scene.as_("cy").post(f"invitations/{invited['id']}/accept")
    scene.as_("cy").post(f"{one}/messages", line("psst", lane="internal"))
    shown = ana.get(one).data
    ana.post(f"{one}/end", {"version": shown["owner_version"], "expect": "pass", "pass_to": shown["end"]["pass_to"]})
    ana.put(f"{one}/note", {"text": "passed on"})
    ana.post(f"{one}/done")
    cy = scene.as_("cy")
    shown = cy.get(one).data
    cy.post(f"{one}/end", {"version": shown["owner_version"], "expect": "close"})
    cy.put(f"{one}/disposition", {"codes": [str(scene.resolved.id)]})
    cy.post(f"{one}/done")
    for who in (ana, cy):
        who.get(f"{one}/messages")
        who.get(f"{one}/routing")
    bo.get("desk")
    return chat, contact
