"""The description of the sockets is made from the frames, so it cannot lag behind; it must only hang together."""

import json
from typing import get_args

import msgspec
from django.test import RequestFactory
from django.urls import resolve

from interactions import frames
from interactions.asyncapi import document
from reporting import frames as of_boards


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere():
    for reference in references(document()):
        found = document()
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_every_frame_is_described_and_said_what_for():
    unions = (frames.AgentFrame, frames.ContactFrame, frames.ToAgent, frames.ToContact)
    unions += (of_boards.BoardFrame, of_boards.ToBoard)
    named = {kind.__name__ for union in unions for kind in get_args(union)}
    messages = document()["components"]["messages"]
    assert set(messages) == named
    assert all(messages[name]["name"] for name in named)


def test_nothing_internal_is_in_the_contacts_channel():
    names = set(document()["channels"]["contact"]["messages"])
    assert not names & {"InteractionFrame", "InvitationFrame", "AgentFrameOut", "AgentBeat", "Queues", "Gone"}


def test_it_is_served():
    answer = resolve("/api/asyncapi.json").func(RequestFactory().get("/api/asyncapi.json"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.content) == json.loads(msgspec.json.encode(document()))
