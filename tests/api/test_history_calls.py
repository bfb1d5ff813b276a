"""The contact's other chats: what agents of a chat read, who may, and the trace it leaves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, Role
from core.models import Event
from interactions import history
from interactions.models import DispositionCode, Interaction, Segment
from tests.support import CANARY, fresh, party

pytestmark = pytest.mark.django_db
HISTORY = "interactions/<uuid:interaction>/history"
PAST = f"{HISTORY}/<uuid:past>"


def handled_before(scene) -> Interaction:
    """Another chat of Kim's, which Cy handled and Kit was consulted on, with a note, an outcome and internal lines."""
    world = scene.world
    world.network.agents.set([world.cy])
    chat = world.chat(name="Kim Lee", topic="Network")
    world.offer()
    world.accept(world.cy)
    world.line(chat, None, "It is slow")
    world.line(chat, world.cy, f"{CANARY} for agents", lane="internal")
    beside = world.consulted(chat, world.cy, scene.consultant)
    world.line(chat, scene.consultant, f"{CANARY} beside", lane=str(beside.id))
    world.end(chat, world.cy)
    segment = party(chat, world.cy).segment
    segment.codes.set([DispositionCode.objects.get(name="Resolved")])
    segment.set(note=f"{CANARY} call again")
    Interaction.objects.filter(pk=chat.pk).update(contact=scene.chat.contact)
    return fresh(chat)


def test_the_list_says_who_the_contact_is_and_what_came_of_their_chats(scene):
    past = handled_before(scene)
    answer = scene.as_("ana").get(scene.path(HISTORY)).data
    newest, older = answer["results"]
    assert (newest["id"], older["id"]) == (str(past.id), str(scene.past.id))
    assert (newest["queue"], newest["state"], older["agents"]) == ("Network", "ended", [])
    cy, kit = newest["agents"]
    assert (cy["nickname"], cy["disposition"], cy["note"]) == ("Cy", ["Resolved"], f"{CANARY} call again")
    assert [(each["nickname"], each["consulted"]) for each in (cy, kit)] == [("Cy", False), ("Kit", True)]
    assert (answer["contact"]["name"], answer["contact"]["chats"], answer["more"]) == ("Kim Lee", 3, False)


def test_a_transcript_is_what_both_sides_wrote_and_opening_it_is_kept(scene):
    past = handled_before(scene)
    ana = fresh(scene.world.ana)
    answer = scene.as_("ana").get(scene.path(PAST, past=past.id)).data
    texts = [line["text"] for line in answer["results"]]
    assert "It is slow" in texts and not [text for text in texts if CANARY in text]
    assert {speaker["nickname"] for speaker in answer["parties"]} == {"Kim Lee", "Cy"}
    event = Event.objects.get(name="history.read")
    assert (event.subject, event.version, event.actor) == (ana.id, ana.version + 1, f"agent:{ana.id}")
    assert event.data["read"] == str(past.id) and event.data["interaction"] == str(scene.chat.id)
    rest = scene.as_("ana").get(scene.path(PAST, past=past.id), after=len(texts)).data
    assert (rest["results"], rest["more"], Event.objects.filter(name="history.read").count()) == ([], False, 1)


def test_another_contacts_chat_is_unknown(scene):
    answer = scene.as_("ana").get(scene.path(PAST, past=scene.other.id))
    assert (answer.status, answer.code) == (404, "not_found")
    assert not Event.objects.filter(name="history.read").exists()


def test_a_role_may_keep_it_closed(scene):
    role = Role.objects.create(name="Trainee", allowed=["use_chat"])
    Agent.objects.filter(pk=scene.world.ana.pk).update(role=role)
    for path in (HISTORY, PAST):
        answer = scene.as_("ana").get(scene.path(path))
        assert (answer.status, answer.code) == (403, "not_allowed")
        assert "Trainee" in answer.data["message"]
    assert not Event.objects.filter(name="history.read").exists()


def test_after_mark_done_nothing_more_is_read(scene):
    Segment.objects.filter(agent=scene.dee).update(done_at=scene.world.now)
    for path in (HISTORY, PAST):
        answer = scene.as_("dee").get(scene.path(path))
        assert (answer.status, answer.code) == (409, "done")


def test_many_are_read_page_by_page_for_the_price_of_one(scene, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    ana, path = scene.as_("ana"), scene.path(HISTORY)
    ana.get(path)
    with CaptureQueriesContext(connection) as one:
        ana.get(path)
    for day in (1, 2, 3):
        chat = scene.world.chat(name="Kim Lee")
        moved = {"contact": scene.chat.contact, "created_at": scene.past.created_at - timedelta(days=day)}
        Interaction.objects.filter(pk=chat.pk).update(**moved)
    with CaptureQueriesContext(connection) as many:
        first = ana.get(path).data
    assert len(many) == len(one)
    assert (len(first["results"]), first["more"]) == (2, True)
    rest = ana.get(path, before=first["results"][-1]["created_at"]).data
    assert (len(rest["results"]), rest["more"]) == (2, False)
    assert not {each["id"] for each in first["results"]} & {each["id"] for each in rest["results"]}


def test_a_long_transcript_comes_in_parts(scene, monkeypatch):
    monkeypatch.setattr(history, "LINES", 1)
    path, texts, after = scene.path(PAST), [], 0
    while True:
        part = scene.as_("ana").get(path, after=after).data
        texts += [line["text"] for line in part["results"]]
        if not part["more"]:
            break
        after = part["results"][-1]["number"]
    assert texts[0] == "About last month" and len(texts) == fresh(scene.past).lanes.get(name="public").head
