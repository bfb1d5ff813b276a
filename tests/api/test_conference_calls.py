"""Instant conference, End, Delete From Conference."""

import uuid

import pytest

from agents.models import Agent, Site
from tests.support import changes_nothing, party

from .scene import line

pytestmark = pytest.mark.django_db

ONE = "interactions/<uuid:interaction>"


@pytest.fixture
def ana(scene):
    return scene.as_("ana")


# --- conference and End -----------------------------------------------------------------------


def invite(target) -> dict:
    return {"target": {"type": "agent", "id": str(target.id)}}


def test_the_invitation_is_answered_as_the_inviter_sees_it(scene, ana):
    answer = ana.post(scene.path(f"{ONE}/conference"), {**invite(scene.world.cy), "note": " Router? "})
    assert answer.status == 202
    pending = answer.data["invitation"]
    assert (pending["state"], pending["ringing_at"], pending["cancel"]) == ("ringing", "Cy", True)
    (preview,) = scene.as_("cy").get("desk").data["invitations"]
    assert (preview["from"], preview["note"]) == ("Ana", "Router?")


@pytest.mark.parametrize(
    ("name", "code"),
    [("bo", "already_party"), ("ana", "already_party"), ("tess", "already_invited"), ("sue", "not_ready")],
)
def test_who_cannot_be_invited_is_refused_by_name(scene, ana, name, code):
    target = Agent.objects.get(user__username=name)
    with changes_nothing(scene.world, scene.chat):
        answer = ana.post(scene.path(f"{ONE}/conference"), invite(target))
    assert (answer.status, answer.code) == (409, code)
    assert answer.data["message"].startswith(target.nickname)


@pytest.mark.parametrize(
    ("change", "code"),
    [("absent", "logged_off"), ("full", "at_capacity"), ("crowded", "party_limit"), ("ended", "ended")],
)
def test_what_else_stands_against_an_invitation(scene, ana, change, code):
    world, cy = scene.world, scene.world.cy
    if change == "absent":
        world.absent(cy)
    elif change == "full":
        Agent.objects.filter(pk=cy.pk).update(capacity=0)
    elif change == "crowded":
        Site.objects.update(party_limit=2)
    else:
        scene.as_("contact").post(f"contact/chats/{scene.chat.id}/leave")
    answer = ana.post(scene.path(f"{ONE}/conference"), invite(cy))
    assert (answer.status, answer.code) == (409, code)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"target": None},
        {"target": "cy"},
        {"target": {}},
        {"target": {"type": "pigeon", "id": str(uuid.uuid4())}},
        {"target": {"type": "agent", "id": "cy"}},
        {"target": {"type": "agent", "id": str(uuid.uuid4()), "name": "cy"}},
        {"target": {"type": "agent", "id": str(uuid.uuid4())}, "note": "x" * 501},
    ],
)
def test_bad_invitations_are_refused(scene, ana, body):
    assert ana.post(scene.path(f"{ONE}/conference"), body).status == 400


def test_a_target_that_is_not_there_does_not_exist(scene, ana):
    body = {"target": {"type": "agent", "id": str(uuid.uuid4())}}
    assert ana.post(scene.path(f"{ONE}/conference"), body).status == 404


def end_as_shown(caller, scene, **change):
    shown = caller.get(scene.path(ONE)).data
    offer = shown["end"]
    body = {"version": shown["owner_version"], "expect": offer["expect"], "pass_to": offer["pass_to"]}
    return caller.post(scene.path(f"{ONE}/end"), {**body, **change})


def test_end_does_what_the_button_said(scene, ana):
    answer = end_as_shown(ana, scene)
    assert answer.data["owner"] == str(party(scene.chat, scene.world.bo).id)
    assert answer.data["segment"]["left_at"]
    assert answer.data["end"] is None
    repeated = ana.post(scene.path(f"{ONE}/end"), {"version": 1, "expect": "close"})
    assert (repeated.status, repeated.data["state"]) == (200, "active")


def test_an_end_that_would_do_something_else_is_refused_with_what_it_would_do(scene, ana):
    with changes_nothing(scene.world, scene.chat):
        answer = end_as_shown(ana, scene, expect="close")
    assert (answer.status, answer.code) == (409, "parties_changed")
    assert answer.data["detail"]["end"]["face"] == "Leave, Bo takes over"
    assert answer.data["detail"]["interaction"]["id"] == str(scene.chat.id)


def test_the_last_agent_is_told_so(scene, ana):
    end_as_shown(ana, scene)
    answer = end_as_shown(scene.as_("bo"), scene, expect="leave")
    assert (answer.status, answer.code) == (409, "last_agent")
    assert answer.data["detail"]["end"]["expect"] == "close"
    assert end_as_shown(scene.as_("bo"), scene).code == "invitation_pending"


def test_end_by_a_stale_owner_version_is_refused(scene, ana):
    answer = end_as_shown(ana, scene, version=0)
    assert (answer.status, answer.code) == (409, "stale")


def test_end_to_somebody_who_is_not_there_is_refused(scene, ana):
    answer = end_as_shown(ana, scene, pass_to=str(party(scene.chat, scene.dee).id))
    assert (answer.status, answer.code) == (409, "parties_changed")


@pytest.mark.parametrize(
    "change", [{"version": -1}, {"version": None}, {"version": 2**63}, {"expect": "go"}, {"pass_to": "bo"}, {"x": 1}]
)
def test_a_bad_end_is_refused(scene, ana, change):
    answer = end_as_shown(ana, scene, **change)
    assert answer.status == 400
    assert list(answer.data["detail"]) == list(change)


def test_delete_from_conference(scene, ana):
    bo = party(scene.chat, scene.world.bo)
    shown = ana.get(scene.path(ONE)).data["owner_version"]
    path = scene.path(f"{ONE}/parties/{bo.id}")
    assert ana.delete(path, version=0).code == "stale"
    for query in ({}, {"version": "x"}, {"version": -1}, {"version": shown, "why": "noise"}):
        assert ana.delete(path, **query).status == 400
    answer = ana.delete(path, version=shown)
    (seen,) = [each for each in answer.data["parties"] if each["id"] == str(bo.id)]
    assert seen["connection"] == "ended"
    assert ana.delete(path, version=shown).status == 200
    assert scene.as_("bo").post(scene.path(f"{ONE}/messages"), line()).code == "not_party"


def test_the_owner_and_the_contact_are_not_deleted(scene):
    world, bo = scene.world, scene.as_("bo")
    for who, code in ((world.ana, "is_owner"), (None, "not_allowed")):
        answer = bo.delete(scene.path(f"{ONE}/parties/{party(scene.chat, who).id}"), version=10_000)
        assert (answer.status, answer.code) == (409, code)


def test_a_party_of_another_chat_does_not_exist(scene, ana):
    stranger = party(scene.other, None)
    assert ana.delete(scene.path(f"{ONE}/parties/{stranger.id}"), version=10_000).status == 404
