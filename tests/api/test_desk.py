"""The desk, the agent's own status, targets and invitations."""

import uuid

import pytest

from agents.models import Reason
from tests.support import changes_nothing

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(scene):
    return scene.as_("ana")


def test_the_desk_shows_what_the_agent_works_on(scene, ana):
    desk = ana.get("desk").data
    assert desk["agent"]["nickname"] == "Ana"
    assert [each["id"] for each in desk["interactions"]] == [str(scene.chat.id)]
    assert [choice["label"] for choice in desk["menu"]][-1] == "Log Off"


def test_the_invited_agent_sees_the_preview_but_not_the_chat(scene):
    desk = scene.as_("tess").get("desk").data
    assert [each["id"] for each in desk["invitations"]] == [str(scene.invitation.id)]
    assert desk["interactions"] == []


# --- me ---------------------------------------------------------------------------------------


def test_a_status_is_set_with_its_reason(scene, ana):
    lunch = Reason.objects.create(name="Lunch")
    answer = ana.post("me/status", {"channel": "chat", "status": "not_ready", "reason": str(lunch.id)})
    channel, _voice = answer.data["channels"]
    assert (channel["status"], channel["reason"]["name"]) == ("not_ready", "Lunch")


def test_each_channel_has_a_status_of_its_own(ana):
    def channels(channel, status):
        answer = ana.post("me/status", {"channel": channel, "status": status})
        return {row["channel"]: row["status"] for row in answer.data["channels"]}

    assert channels("voice", "ready") == {"chat": "ready", "voice": "ready"}
    assert channels("chat", "not_ready") == {"chat": "not_ready", "voice": "ready"}
    assert channels("all", "do_not_disturb") == {"chat": "do_not_disturb", "voice": "do_not_disturb"}


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
        ({"status": "ready", "channel": "mail"}, "channel"),
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
    labels = {action["verb"]: action["label"] for action in hit["actions"] if action["can"] is True}
    assert labels == {
        "conference": "Instant Chat Conference",
        "consult_chat": "Start Chat Consultation",
        "consult_voice": "Start Voice Consultation",
        "consult_im": "Start Instant Message Consultation",
        "transfer": "Instant Chat Transfer",
        "call": "Call",
        "message": "Start Instant Message",
    }


def test_targets_say_by_name_why_not(scene, ana):
    found = ana.get("targets", interaction=scene.chat.id).data["results"]
    why = {hit["nickname"]: hit["actions"][0]["can"] for hit in found}
    assert why["Bo"] == "Bo is in this chat already."
    assert why["Tess"] == "Tess is invited already."
    assert why["Sue"] == "Sue is Not Ready."
    assert "Ana" not in why
    agents = [hit for hit in found if hit["type"] == "agent"]
    calls = {hit["nickname"]: action["can"] for hit in agents for action in hit["actions"] if action["verb"] == "call"}
    assert (calls["Bo"], calls["Tess"], calls["Dee"]) == (True, "Tess is in a call.", "Dee is logged off from voice.")


def test_who_is_ready_is_found_before_all_others(scene, ana):
    for number in range(40):
        scene.world.agent(f"a{number}", f"Aaron {number:02}", "Archive")
    found = ana.get("targets", types="agent").data["results"]
    assert len(found) == 30
    ready = [hit["presence"]["status"] == "ready" for hit in found]
    assert ready == sorted(ready, reverse=True)
    assert {"Cy", "Tess"} <= {hit["nickname"] for hit in found if hit["presence"]["status"] == "ready"}


def test_without_an_interaction_what_needs_one_says_so(ana):
    actions = [action for hit in ana.get("targets").data["results"] for action in hit["actions"]]
    said = {verb: {each["can"] for each in actions if each["verb"] == verb} for verb in ("conference", "call")}
    assert said["conference"] == {"Open a chat to invite somebody."}
    assert True in said["call"]


def test_page_by_page_everybody_once(scene, ana):
    for number in range(7):
        scene.world.agent(f"a{number}", f"Aaron {number}", "Archive")
    pages = [ana.get("targets", q="aar", limit="3").data]
    while pages[-1]["next"]:
        pages.append(ana.get("targets", q="aar", limit="3", cursor=pages[-1]["next"]).data)
    assert [[hit["name"][-1] for hit in page["results"]] for page in pages] == [list("012"), list("345"), ["6"]]
    assert {page["counts"]["agent"] for page in pages} == {7}


def test_these_very_targets_as_they_stand_now(scene, ana):
    keys = [f"agent:{scene.world.bo.id}", f"queue:{scene.world.billing.id}", f"skill:{uuid.uuid4()}"]
    hits = ana.get("targets", only=",".join(keys), interaction=scene.chat.id).data["results"]
    assert [hit["name"] for hit in hits] == ["Bo Lind", "Billing"]


BAD_QUESTIONS = [
    {"q": "x" * 81},
    {"types": "queue,pigeon"},
    {"verb": "call"},
    {"interaction": "17"},
    {"page": "2"},
    {"cursor": "x"},
    {"cursor": "W10"},
    {"cursor": "🙂"},
    {"limit": "101"},
    {"only": "agent"},
    {"only": "cat:7"},
    {"grouped": "sometimes"},
]


@pytest.mark.parametrize("query", BAD_QUESTIONS)
def test_bad_questions_for_targets_are_refused(ana, query):
    answer = ana.get("targets", **query)
    assert answer.status == 400
    assert list(answer.data["detail"]) == list(query)


def test_targets_for_a_foreign_chat_do_not_exist(scene):
    assert scene.as_("cy").get("targets", interaction=scene.chat.id).status == 404


@pytest.mark.parametrize("word", ["%", "_", "\\", "'", '"; --', "Ż", "ﷺ", "🙂"])
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
