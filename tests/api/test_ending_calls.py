"""Outcome, note, Mark Done, and why this agent."""

import uuid

import pytest

from interactions.models import DispositionCode, DispositionFolder, DispositionRule
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
    codes = scene.resolved.set
    for given in ([code], [code, code]):
        (chosen,) = ana.put(path, {"codes": given}).data["segment"]["disposition"]
        assert chosen == {"id": code, "name": "Resolved", "set": str(codes.uid)}
    assert ana.put(path, {"codes": []}).data["segment"]["disposition"] == []


def test_each_refused_outcome_has_its_code_and_changes_nothing(scene, ana):
    codes, path = scene.resolved.set, scene.path(f"{ONE}/disposition")
    refund = DispositionFolder.objects.create(set=codes, name="Refund")
    given = DispositionCode.objects.create(set=codes, folder=refund, name="Given")
    spam = DispositionCode.objects.create(set=codes, name="Spam", active=False)
    wrong = {
        (400, "unknown_code"): [uuid.uuid4()],
        (400, "folder_chosen"): [refund.id],
        (400, "too_many_codes"): [given.id, scene.resolved.id],
        (409, "retired_code"): [spam.id],
    }
    before = fresh(scene.chat).version
    for expected, ids in wrong.items():
        answer = ana.put(path, {"codes": [str(id) for id in ids]})
        assert (answer.status, answer.code) == expected
    DispositionRule.objects.update(after_only=True)
    assert ana.put(path, {"codes": [str(given.id)]}).code == "too_early"
    DispositionRule.objects.all().delete()
    assert ana.put(path, {"codes": [str(given.id)]}).code == "no_outcomes"
    assert fresh(scene.chat).version == before


def test_the_set_of_a_rule_is_a_tree_of_what_can_be_chosen(scene, ana):
    codes = scene.resolved.set
    refund = DispositionFolder.objects.create(set=codes, name="Refund", position=1)
    given = DispositionCode.objects.create(set=codes, folder=refund, name="Given")
    DispositionCode.objects.create(set=codes, folder=refund, name="Old", active=False)
    rule = ana.get(scene.path(ONE)).data["segment"]["rule"]
    assert rule == {
        "set": str(codes.uid), "revision": 0, "required": True, "display": "radio", "max": 1, "after_only": False
    }  # fmt: skip
    answer = ana.get(f"disposition-sets/{rule['set']}").data
    assert (answer["id"], answer["revision"]) == (rule["set"], rule["revision"])
    assert [tuple(node.values()) for node in answer["nodes"]] == [
        (str(scene.resolved.id), None, "code", "Resolved"),
        (str(refund.id), None, "folder", "Refund"),
        (str(given.id), str(refund.id), "code", "Given"),
    ]
    assert ana.get(f"disposition-sets/{uuid.uuid4()}").status == 404


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
