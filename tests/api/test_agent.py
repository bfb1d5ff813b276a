"""What the workspace asks: each call does what it says, refuses bad values by name, and says why it cannot."""

import uuid

import pytest

from agents.models import Agent, Reason, Site
from interactions.models import Message
from tests.support import changes_nothing, fresh, party

from .scene import line

pytestmark = pytest.mark.django_db

ONE = "interactions/<uuid:interaction>"


@pytest.fixture
def ana(scene):
    return scene.as_("ana")


def test_the_desk_shows_what_the_agent_works_on(scene, ana):
    desk = ana.get("desk").data
    assert desk["agent"]["nickname"] == "Ana"
    assert [each["id"] for each in desk["interactions"]] == [str(scene.chat.id)]
    assert [choice["label"] for choice in desk["menu"]][-1] == "Logged Off"


def test_the_invited_agent_sees_the_preview_but_not_the_chat(scene):
    desk = scene.as_("tess").get("desk").data
    assert [each["id"] for each in desk["invitations"]] == [str(scene.invitation.id)]
    assert desk["interactions"] == []


# --- me ---------------------------------------------------------------------------------------


def test_a_status_is_set_with_its_reason(scene, ana):
    lunch = Reason.objects.create(name="Lunch")
    answer = ana.post("me/status", {"channel": "chat", "status": "not_ready", "reason": str(lunch.id)})
    (channel,) = answer.data["channels"]
    assert (channel["status"], channel["reason"]["name"]) == ("not_ready", "Lunch")


def test_logging_off_with_chats_open_names_them(scene, ana):
    with changes_nothing(scene.world, scene.chat):
        answer = ana.post("me/status", {"channel": "all", "status": "logged_off"})
    assert (answer.status, answer.code) == (409, "interactions_open")
    assert answer.data["detail"] == {"interactions": [{"id": str(scene.chat.id), "name": "Kim Lee"}]}
    assert "Kim Lee" in answer.data["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "status"),
        ({"status": "gone"}, "status"),
        ({"status": None}, "status"),
        ({"status": ["ready"]}, "status"),
        ({"status": "ready", "channel": "voice"}, "channel"),
        ({"status": "not_ready", "reason": "lunch"}, "reason"),
        ({"status": "ready", "mood": "good"}, "mood"),
    ],
)
def test_a_bad_status_is_refused_by_name(ana, body, field):
    answer = ana.post("me/status", body)
    assert (answer.status, answer.code) == (400, "invalid")
    assert list(answer.data["detail"]) == [field]


def test_a_reason_must_exist_and_belong_to_not_ready(scene, ana):
    lunch, hidden = Reason.objects.create(name="Lunch"), Reason.objects.create(name="Old", active=False)
    assert ana.post("me/status", {"status": "ready", "reason": str(lunch.id)}).status == 400
    for id in (hidden.id, uuid.uuid4()):
        assert ana.post("me/status", {"status": "not_ready", "reason": str(id)}).status == 404


# --- targets ----------------------------------------------------------------------------------


def test_targets_are_found_by_every_word_and_say_what_can_be_done(scene, ana):
    found = ana.get("targets", q="cy net", interaction=scene.chat.id, verb="conference", types="agent").data
    (hit,) = found["results"]
    assert hit["name"] == "Cy Marsh"
    assert hit["presence"]["text"] == "Ready, 3 free"
    assert hit["actions"] == [{"verb": "conference", "label": "Instant Chat Conference", "can": True}]


def test_targets_say_by_name_why_not(scene, ana):
    found = ana.get("targets", interaction=scene.chat.id).data["results"]
    why = {hit["nickname"]: hit["actions"][0]["can"] for hit in found}
    assert why["Bo"] == "Bo is in this chat already."
    assert why["Tess"] == "Tess is invited already."
    assert why["Sue"] == "Sue is Not Ready."
    assert "Ana" not in why


def test_who_is_ready_is_found_before_all_others(scene, ana):
    for number in range(40):
        scene.world.agent(f"a{number}", f"Aaron {number:02}", "Archive")
    found = ana.get("targets").data["results"]
    assert len(found) == 30
    ready = [hit["presence"]["status"] == "ready" for hit in found]
    assert ready == sorted(ready, reverse=True)
    assert {"Cy", "Tess"} <= {hit["nickname"] for hit in found if hit["presence"]["status"] == "ready"}


def test_without_an_interaction_there_is_nothing_to_do_with_them(ana):
    assert {len(hit["actions"]) for hit in ana.get("targets").data["results"]} == {0}


@pytest.mark.parametrize(
    "query", [{"q": "x" * 81}, {"types": "queue"}, {"verb": "call"}, {"interaction": "17"}, {"page": "2"}]
)
def test_bad_questions_for_targets_are_refused(ana, query):
    answer = ana.get("targets", **query)
    assert answer.status == 400
    assert list(answer.data["detail"]) == list(query)


def test_targets_for_a_foreign_chat_do_not_exist(scene):
    assert scene.as_("cy").get("targets", interaction=scene.chat.id).status == 404


@pytest.mark.parametrize("word", ["%", "_", "\\", "'", '"; --', "Ł", "ﷺ", "🙂"])
def test_odd_words_find_only_what_holds_them(ana, word):
    assert ana.get("targets", q=word).data["results"] == []


# --- invitations ------------------------------------------------------------------------------


def test_accept_gives_the_whole_chat(scene):
    answer = scene.as_("tess").post(f"invitations/{scene.invitation.id}/accept")
    assert answer.data["interaction"]["id"] == str(scene.chat.id)
    assert scene.as_("tess").get(f"interactions/{scene.chat.id}").status == 200


@pytest.mark.parametrize(
    ("first", "by", "then"), [("reject", "tess", "accept"), ("cancel", "ana", "accept"), ("accept", "tess", "cancel")]
)
def test_what_is_over_can_no_longer_be_answered(scene, first, by, then):
    path = f"invitations/{scene.invitation.id}"
    assert scene.as_(by).post(f"{path}/{first}").status == 200
    late = scene.as_("ana" if then == "cancel" else "tess").post(f"{path}/{then}")
    assert (late.status, late.code) == (409, "no_longer_available")
    assert late.data["message"]


def test_after_the_contact_left_the_preview_says_so(scene):
    scene.as_("contact").post(f"contact/chats/{scene.chat.id}/leave")
    answer = scene.as_("tess").post(f"invitations/{scene.invitation.id}/accept")
    assert (answer.status, answer.code, answer.data["message"]) == (409, "ended", "The contact has left.")


def test_reject_may_be_forbidden_for_the_site(scene):
    Site.objects.update(reject_allowed=False)
    answer = scene.as_("tess").post(f"invitations/{scene.invitation.id}/reject")
    assert (answer.status, answer.code) == (403, "not_allowed")


# --- the transcript ---------------------------------------------------------------------------


@pytest.fixture
def long_chat(scene):
    for number in range(6):
        scene.world.line(scene.chat, None, f"question {number}")
        scene.world.line(scene.chat, scene.world.ana, f"aside {number}", lane="internal")
    return scene


def test_all_lanes_come_in_the_order_of_time(long_chat, ana):
    answer = ana.get(long_chat.path(f"{ONE}/messages"))
    times = [line["at"] for line in answer.data["results"]]
    assert times == sorted(times)
    assert answer.data["more"] is False
    assert {line["lane"] for line in answer.data["results"]} == {"public", "internal"}


def test_one_lane_is_read_in_pages(long_chat, ana):
    path = long_chat.path(f"{ONE}/messages")
    newest = ana.get(path, lane="internal", limit=2).data
    assert [line["text"] for line in newest["results"]] == ["aside 4", "aside 5"]
    assert newest["more"] is True
    before = ana.get(path, lane="internal", limit=2, before=newest["results"][0]["number"]).data
    assert [line["text"] for line in before["results"]] == ["aside 2", "aside 3"]
    after = ana.get(path, lane="internal", after=before["results"][-1]["number"]).data
    assert [line["text"] for line in after["results"]] == ["aside 4", "aside 5"]


def test_a_lane_that_is_not_there_does_not_exist(long_chat, ana):
    answer = ana.get(long_chat.path(f"{ONE}/messages"), lane=str(uuid.uuid4()))
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"after": 1}, "lane"),
        ({"before": 1}, "lane"),
        ({"lane": "public", "after": -1}, "after"),
        ({"lane": "public", "after": 2**63}, "after"),
        ({"lane": "public", "before": 0}, "before"),
        ({"lane": "public", "after": "x"}, "after"),
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"lane": "x" * 37}, "lane"),
        ({"from": 1}, "from"),
    ],
)
def test_bad_pages_are_refused_by_name(scene, ana, query, field):
    answer = ana.get(scene.path(f"{ONE}/messages"), **query)
    assert (answer.status, answer.code) == (400, "invalid")
    assert list(answer.data["detail"]) == [field]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (line(""), 400),
        (line(" \n\t "), 400),
        (line("\x07\x1b"), 400),
        (line("x" * 2001), 400),
        (line("x" * 2000), 201),
        (line(17), 400),
        (line(None), 400),
        ({"text": "no id"}, 400),
        ({"id": "17", "text": "x"}, 400),
        (line(lane="nowhere"), 404),
        (line(lane="internal"), 201),
        (line(lane=None), 400),
        (line(to="everybody"), 400),
    ],
)
def test_lines_are_taken_or_refused_whole(scene, ana, body, status):
    lines = Message.objects.count()
    answer = ana.post(scene.path(f"{ONE}/messages"), body)
    assert answer.status == status
    assert Message.objects.count() - lines == (status == 201)


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
        {"target": {"type": "queue", "id": str(uuid.uuid4())}},
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
