"""Outcome, note, Mark Done, and why this agent."""

import uuid

import pytest

from tests.support import fresh

pytestmark = pytest.mark.django_db

ONE = "interactions/<uuid:interaction>"


@pytest.fixture
def ana(scene):
    return scene.as_("ana")


# --- outcome, note, Mark Done -----------------------------------------------------------------


@pytest.mark.parametrize("codes", [["17"], [str(uuid.uuid4())], "Resolved", None, [None], [[]], ["x"] * 21])
def test_impossible_outcomes_are_refused(scene, ana, codes):
    assert ana.put(scene.path(f"{ONE}/disposition"), {"codes": codes}).status == 400


def test_an_outcome_is_chosen_and_taken_back(scene, ana):
    path, code = scene.path(f"{ONE}/disposition"), str(scene.resolved.id)
    assert ana.put(path, {"codes": [code]}).data["segment"]["disposition"] == [code]
    assert ana.put(path, {"codes": [code, code]}).status == 400
    assert ana.put(path, {"codes": []}).data["segment"]["disposition"] == []


def test_a_note_keeps_its_text_and_has_a_limit(scene, ana):
    path = scene.path(f"{ONE}/note")
    text = "  two lines\n  and spaces  "
    assert ana.put(path, {"text": text}).data["segment"]["note"] == text
    assert ana.put(path, {"text": "x" * 5001}).status == 400
    assert ana.put(path, {"text": ""}).data["segment"]["note"] == ""
    assert ana.put(path, {}).status == 400


def test_mark_done_needs_the_outcome_and_freezes_the_segment(scene, ana):
    scene.as_("contact").post(f"contact/chats/{scene.chat.id}/leave")
    assert ana.post(scene.path(f"{ONE}/done")).code == "disposition_required"
    ana.put(scene.path(f"{ONE}/disposition"), {"codes": [str(scene.resolved.id)]})
    for _ in range(2):
        assert ana.post(scene.path(f"{ONE}/done")).status == 200
    assert fresh(scene.chat).completed_at
    assert ana.get("desk").data["interactions"] == []
    for path, body in (("note", {"text": "late"}), ("disposition", {"codes": []})):
        assert ana.put(scene.path(f"{ONE}/{path}"), body).code == "done"


def test_why_this_agent(scene, ana):
    (decision,) = ana.get(scene.path(f"{ONE}/routing")).data["results"]
    assert (decision["queue"], decision["chosen"]) == ("Billing", "Ana")
    reasons = {each["name"]: each["reason"] for each in decision["candidates"]}
    assert reasons["Ana"] == "longest idle of those who can be asked"
    assert reasons["Bo"] == "is not Ready"
